export const ORDER_STATUSES = ['pending', 'paid', 'shipped', 'delivered', 'cancelled', 'refunded'] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

const NEXT: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
  pending: ['paid', 'cancelled'],
  paid: ['shipped', 'cancelled', 'refunded'],
  shipped: ['delivered', 'refunded'],
  delivered: ['refunded'],
  cancelled: [],
  refunded: [],
};

export function mayBecome(from: OrderStatus, to: OrderStatus): boolean {
  return NEXT[from].includes(to);
}

/** The goods of these orders go back on the shelf. */
export function returnsStock(status: OrderStatus): boolean {
  return status === 'cancelled' || status === 'refunded';
}

/** Hundredths of a yen, exact at any size the database can hold. */
export function parseMoney(text: string): bigint {
  return BigInt(text.replace('.', ''));
}

export function formatMoney(hundredths: bigint): string {
  const digits = hundredths.toString().padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** What DECIMAL(14,2) holds: 999999999999.99. */
export const MONEY_MAX = 99_999_999_999_999n;
