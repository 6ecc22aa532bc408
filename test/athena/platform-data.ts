import type { Sample, SampleTable } from './sample-data.ts';

/** Tables shaped as the platform publishes them, small and the same every time, for queries as analysts write them. */
export function platformTables(): readonly SampleTable[] {
  const items = orderItems();
  return [
    table('customers', CUSTOMER_COLUMNS, customers()),
    table('products', PRODUCT_COLUMNS, products()),
    table('orders', ORDER_COLUMNS, orders(items)),
    table('order_items', ITEM_COLUMNS, items.map(itemRow)),
    table('daily_sales', SALES_COLUMNS, dailySales(items)),
  ];
}

type Columns = SampleTable['columns'];

function table(name: string, columns: Columns, rows: readonly (readonly Sample[])[]): SampleTable {
  return {
    database: 'lake',
    name,
    columns: [...columns, ['dt', 'date']],
    partitionKeys: ['dt'],
    rows,
  };
}

const STAMPS: Columns = [
  ['created_at', 'timestamp(3)'],
  ['updated_at', 'timestamp(3)'],
];
const CUSTOMER_COLUMNS: Columns = [
  ['id', 'bigint'],
  ['name', 'varchar'],
  ['name_kana', 'varchar'],
  ['email', 'varchar'],
  ['prefecture', 'varchar'],
  ['birth_date', 'date'],
  ...STAMPS,
];
const PRODUCT_COLUMNS: Columns = [
  ['id', 'bigint'],
  ['sku', 'varchar'],
  ['name', 'varchar'],
  ['category', 'varchar'],
  ['price', 'decimal(14,2)'],
  ['stock', 'integer'],
  ['active', 'boolean'],
  ...STAMPS,
];
const ORDER_COLUMNS: Columns = [
  ['id', 'bigint'],
  ['customer_id', 'bigint'],
  ['status', 'varchar'],
  ['channel', 'varchar'],
  ['payment_method', 'varchar'],
  ['total_amount', 'decimal(14,2)'],
  ['note', 'varchar'],
  ...STAMPS,
];
const ITEM_COLUMNS: Columns = [
  ['id', 'bigint'],
  ['order_id', 'bigint'],
  ['line_number', 'integer'],
  ['product_id', 'bigint'],
  ['quantity', 'integer'],
  ['unit_price', 'decimal(14,2)'],
  ['line_amount', 'decimal(14,2)'],
  ...STAMPS,
];
const SALES_COLUMNS: Columns = [
  ['product_id', 'bigint'],
  ['orders', 'bigint'],
  ['quantity', 'bigint'],
  ['revenue', 'decimal(18,2)'],
];

const SNAPSHOTS: readonly string[] = ['2024-11-30', '2024-12-15'];
const NAMES: readonly (readonly [string, string | null, string | null])[] = [
  ['佐藤 花子', 'サトウ ハナコ', '東京都'],
  ['鈴木 一郎', 'スズキ イチロウ', '大阪府'],
  ['高橋 健', null, '北海道'],
  ['田中 美咲', 'タナカ ミサキ', '東京都'],
  ['O’Brien "Bob"', null, null],
  ['渡辺 悠', 'ワタナベ ユウ', '京都府'],
  ['ｶﾞﾗｽ 太郎', 'ｶﾞﾗｽ ﾀﾛｳ', '東京都'],
  ['👩‍👧 家族', null, '沖縄県'],
];
const GOODS: readonly (readonly [string, string, number])[] = [
  ['煎茶 100g', 'tea', 1080],
  ['抹茶 30g', 'tea', 2160],
  ['湯呑み', 'cup', 1650],
  ['急須', 'pot', 8800],
  ['Mug, "large"', 'cup', 990],
  ['ほうじ茶', 'tea', 540],
];
const STATUSES: readonly string[] = ['paid', 'shipped', 'delivered', 'cancelled', 'refunded', 'pending'];
const CHANNELS: readonly string[] = ['web', 'app', 'phone'];
const NOTES: readonly (string | null)[] = [
  null,
  '',
  '{"gift":true,"tags":["noshi","wrap"],"utm":{"source":"google"}}',
  '  のし希望  ',
  'call 03-1234-5678 before 10:30',
  '{"gift":false,"tags":[],"utm":{"source":"bing","medium":"cpc"}}',
];

function customers(): Sample[][] {
  return SNAPSHOTS.flatMap((dt, load) =>
    NAMES.slice(0, NAMES.length - 1 + load).map(([name, kana, prefecture], index) => [
      index + 1,
      name,
      kana,
      index % 4 === 3 ? null : `user${index + 1}@${index % 2 === 0 ? 'example.com' : 'Shop.Example.JP'}`,
      prefecture,
      index === 5 ? null : `${1970 + index * 4}-0${(index % 9) + 1}-2${index % 9}`,
      moment(index * 31, 9),
      moment(index * 31 + load, 10),
      dt,
    ]),
  );
}

function products(): Sample[][] {
  return SNAPSHOTS.flatMap((dt, load) =>
    GOODS.map(([name, category, price], index) => [
      index + 1,
      `SKU-${String(index + 1).padStart(4, '0')}`,
      name,
      category,
      money(price + load * 10),
      (index * 37) % 50,
      index !== 4,
      moment(index, 1),
      moment(index + load, 2),
      dt,
    ]),
  );
}

interface OrderItem {
  readonly id: number;
  readonly order: number;
  readonly line: number;
  readonly product: number;
  readonly quantity: number;
}

const ORDERS = 60;
const MINUTES_PER_DAY = 1440;

function orderItems(): OrderItem[] {
  const lines = Array.from({ length: ORDERS }, (_, order) =>
    Array.from({ length: (order % 3) + 1 }, (_, line) => ({ order: order + 1, line: line + 1 })),
  ).flat();
  return lines.map(({ order, line }, index) => ({
    id: index + 1,
    order,
    line,
    product: ((order * 5 + line * 3) % GOODS.length) + 1,
    quantity: ((order + line) % 4) + 1,
  }));
}

function amount(item: OrderItem): number {
  return item.quantity * (GOODS[item.product - 1]?.[2] ?? 0);
}

/** Days since the first order: gaps, bursts, a year's distance. */
function dayOf(order: number): number {
  return order <= 10 ? order * 3 : 340 + ((order * order) % 53);
}

function orders(items: readonly OrderItem[]): Sample[][] {
  return Array.from({ length: ORDERS }, (_, index) => {
    const id = index + 1;
    const total = items.filter((item) => item.order === id).reduce((sum, item) => sum + amount(item), 0);
    return [
      id,
      ((id * 7) % NAMES.length) + 1,
      STATUSES[(id * id) % STATUSES.length] ?? null,
      CHANNELS[id % CHANNELS.length] ?? null,
      id % 5 === 0 ? null : id % 2 === 0 ? 'card' : 'konbini',
      money(total),
      NOTES[id % NOTES.length] ?? null,
      moment(dayOf(id), (id * 7) % 24),
      moment(dayOf(id) + (id % 4), (id * 7) % 24),
      japaneseDay(id),
    ];
  });
}

function itemRow(item: OrderItem): Sample[] {
  const at = moment(dayOf(item.order), (item.order * 7) % 24);
  const price = money(GOODS[item.product - 1]?.[2] ?? 0);
  return [
    item.id,
    item.order,
    item.line,
    item.product,
    item.quantity,
    price,
    money(amount(item)),
    at,
    at,
    japaneseDay(item.order),
  ];
}

function dailySales(items: readonly OrderItem[]): Sample[][] {
  const groups = Map.groupBy(items, (item) => `${japaneseDay(item.order)}|${item.product}`);
  return [...groups].map(([key, group]) => {
    const [dt = '', product = ''] = key.split('|');
    return [
      Number(product),
      new Set(group.map((item) => item.order)).size,
      group.reduce((sum, item) => sum + item.quantity, 0),
      money(group.reduce((sum, item) => sum + amount(item), 0)),
      dt,
    ];
  });
}

const FIRST_DAY = Date.UTC(2023, 10, 28);
const MILLIS_PER_MINUTE = 60_000;

function moment(days: number, hour: number): string {
  const millis =
    FIRST_DAY + (days * MINUTES_PER_DAY + hour * 60 + (days % 60)) * MILLIS_PER_MINUTE + days * 7;
  return new Date(millis).toISOString().replace('T', ' ').replace('Z', '');
}

/** The day on Japan's calendar, nine hours ahead. */
function japaneseDay(order: number): string {
  const utc = Date.parse(`${moment(dayOf(order), (order * 7) % 24).replace(' ', 'T')}Z`);
  return new Date(utc + 9 * 60 * MILLIS_PER_MINUTE).toISOString().slice(0, 10);
}

function money(yen: number): string {
  return `${yen}.00`;
}
