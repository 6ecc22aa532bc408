export type ShopTable = 'customers' | 'products' | 'orders' | 'order_items';

/** Parents before children: the order in which the tables must be filled. */
export const shopTables: readonly ShopTable[] = ['customers', 'products', 'orders', 'order_items'];

/** One row, its values in the order of the table's columns below. Decimals and times are text, exact. */
export interface ShopRow {
  readonly table: ShopTable;
  readonly values: readonly (string | number | null)[];
}

/** The columns of the migrations, in their order. */
export const shopColumns: Readonly<Record<ShopTable, readonly string[]>> = {
  customers: ['id', 'name', 'name_kana', 'email', 'prefecture', 'birth_date', 'created_at', 'updated_at'],
  products: ['id', 'sku', 'name', 'category', 'price', 'stock', 'active', 'created_at', 'updated_at'],
  orders: [
    'id',
    'customer_id',
    'status',
    'channel',
    'payment_method',
    'total_amount',
    'note',
    'created_at',
    'updated_at',
  ],
  order_items: [
    'id',
    'order_id',
    'line_number',
    'product_id',
    'quantity',
    'unit_price',
    'line_amount',
    'created_at',
    'updated_at',
  ],
};
