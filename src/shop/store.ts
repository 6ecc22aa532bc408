import type { OrderStatus } from './order-rules.ts';

/** Where the shop's rows are. Times are UTC text in ISO form, money is decimal text. */
export interface ShopStore {
  /** Throws when the database cannot be asked. */
  ping(): Promise<void>;
  /** Active products by id, after a given one. */
  listProducts(request: ProductRequest): Promise<Product[]>;
  findProduct(id: number): Promise<Product | undefined>;
  /** The new id, or undefined when the e-mail address belongs to somebody. */
  createCustomer(draft: CustomerFields): Promise<number | undefined>;
  updateCustomer(id: number, change: Partial<CustomerFields>): Promise<'done' | 'absent' | 'email-taken'>;
  findCustomer(id: number): Promise<Customer | undefined>;
  findOrder(id: number): Promise<Order | undefined>;
  /** Newest first, older than a given one. */
  listOrders(request: { customerId: number } & PageRequest): Promise<OrderSummary[]>;
  /** Housekeeping: drops keys that nobody retries any more, now and then. Never fails. */
  forgetOldKeys(): Promise<void>;
  /**
   * All of `work` or nothing. It may run again when the database resolves a deadlock against it, so it must not do
   * anything outside.
   */
  change<T>(work: (transaction: ShopTransaction) => Promise<T>): Promise<T>;
}

/** What changes inside one transaction. Rows are always locked in the order: key, order, products by id. */
export interface ShopTransaction {
  /** Claims each key for its request. Gives those that were used before, and for what. */
  claimKeys(claims: readonly KeyClaim[]): Promise<ReadonlyMap<string, UsedKey>>;
  /** Gives back keys that this transaction claimed. */
  freeKeys(keys: readonly string[]): Promise<void>;
  rememberOrders(placed: readonly { readonly key: string; readonly orderId: number }[]): Promise<void>;
  /** Locks the products until the end, and tells the database's time. */
  lockProducts(ids: readonly number[]): Promise<{ now: string; products: LockedProduct[] }>;
  addStock(changes: readonly StockChange[]): Promise<void>;
  /** The new ids in the same order, or undefined when one of the customers does not exist. `now` as lockProducts told it. */
  insertOrders(orders: readonly NewOrder[], now: string): Promise<readonly number[] | undefined>;
  insertItems(
    orders: readonly { readonly orderId: number; readonly lines: readonly NewLine[] }[],
    now: string,
  ): Promise<void>;
  lockOrder(id: number): Promise<{ status: OrderStatus } | undefined>;
  orderedQuantities(orderId: number): Promise<{ productId: number; quantity: number }[]>;
  setStatus(orderId: number, status: OrderStatus): Promise<void>;
}

export interface PageRequest {
  readonly after?: number;
  readonly limit: number;
}

export interface ProductRequest extends PageRequest {
  readonly search?: string;
  readonly category?: string;
}

export interface Product {
  readonly id: number;
  readonly sku: string;
  readonly name: string;
  readonly category: string;
  readonly price: string;
  readonly stock: number;
  readonly active: boolean;
  readonly updatedAt: string;
}

export interface CustomerFields {
  readonly name: string;
  readonly nameKana: string | null;
  readonly email: string | null;
  readonly prefecture: string | null;
  readonly birthDate: string | null;
}

export interface Customer extends CustomerFields {
  readonly id: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface OrderSummary {
  readonly id: number;
  readonly customerId: number;
  readonly status: OrderStatus;
  readonly channel: string;
  readonly paymentMethod: string | null;
  readonly totalAmount: string;
  readonly note: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface OrderLine {
  readonly lineNumber: number;
  readonly productId: number;
  readonly quantity: number;
  readonly unitPrice: string;
  readonly lineAmount: string;
}

export interface Order extends OrderSummary {
  readonly items: readonly OrderLine[];
}

export interface KeyClaim {
  readonly key: string;
  readonly requestHash: string;
}

export interface UsedKey {
  readonly requestHash: string;
  readonly orderId: number;
}

export interface LockedProduct {
  readonly id: number;
  readonly price: string;
  readonly stock: number;
  readonly active: boolean;
}

/** `by` is negative when goods leave. */
export interface StockChange {
  readonly productId: number;
  readonly by: number;
}

export interface NewOrder {
  readonly customerId: number;
  readonly channel: string;
  readonly paymentMethod: string | null;
  readonly totalAmount: string;
  readonly note: string | null;
}

export type NewLine = OrderLine;
