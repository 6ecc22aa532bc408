import * as z from 'zod';
import { ORDER_STATUSES } from './order-rules.ts';

/** The largest id: what a JSON number holds exactly, far below BIGINT's end. */
const ID_MAX = Number.MAX_SAFE_INTEGER;
export const PAGE_LIMIT_MAX = 100;
const PAGE_LIMIT_DEFAULT = 20;
const QUANTITY_MAX = 999;
export const ITEMS_MAX = 50;

/** No control characters, and something to see. Ends are anchored and every part is one class: linear to match. */
const VISIBLE_LINE = /^[^\u0000-\u001f\u007f]*[^\u0000-\u0020\u007f\u3000][^\u0000-\u001f\u007f]*$/;
const EMAIL = /^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,8}$/;
const MONEY = /^\d{1,12}\.\d{2}$/;

/** JSON Schema counts characters, JavaScript counts UTF-16 units; this counts as JSON Schema and MySQL do. */
function text(limits: { least: number; most: number; pattern?: RegExp }) {
  const { least, most, pattern } = limits;
  const bounds = { minLength: least, maxLength: most, ...(pattern ? { pattern: pattern.source } : {}) };
  return z
    .string()
    .refine((value) => value.isWellFormed(), 'has half a character (a lone surrogate)')
    .refine((value) => within(value, least, most), `must have ${least} to ${most} characters`)
    .refine((value) => pattern?.test(value) ?? true, `must match ${pattern?.source}`)
    .meta({ openapi: { type: 'string', ...bounds } });
}

function within(value: string, least: number, most: number): boolean {
  if (value.length > 2 * most) return false;
  const characters = [...value].length;
  return characters >= least && characters <= most;
}

/** A whole number in a path or query, where everything is text. */
function integerText(limits: { least: number; most: number }) {
  const { least, most } = limits;
  return z
    .string()
    .regex(/^[1-9]\d{0,15}$/, `must be a whole number from ${least} to ${most}`)
    .transform(Number)
    .refine((value) => value >= least && value <= most, `must be a whole number from ${least} to ${most}`)
    .meta({ openapi: { type: 'integer', minimum: least, maximum: most } });
}

const id = z.int().min(1).max(ID_MAX);
const pathId = integerText({ least: 1, most: ID_MAX });
const money = z.string().regex(MONEY).meta({ description: 'Yen, with two digits behind the point.' });
const time = z.string().meta({
  description: 'UTC, with microseconds.',
  openapi: { type: 'string', format: 'date-time' },
});
const name = text({ least: 1, most: 100, pattern: VISIBLE_LINE });
const email = text({ least: 3, most: 254, pattern: EMAIL });
const prefecture = text({ least: 1, most: 10, pattern: VISIBLE_LINE });
const birthDate = z.iso
  .date()
  .refine((day) => day >= '0001-01-01', 'must be a calendar day')
  .meta({
    openapi: { type: 'string', format: 'date' },
  });
const nullable = <T extends z.ZodType>(schema: T) => schema.nullable();

export const pageQuery = z.object({
  cursor: z
    .string()
    .regex(/^[1-9][0-9]{0,14}$/, 'must be the nextCursor of an earlier page')
    .optional()
    .meta({ description: 'nextCursor of the page before; leave it out for the first page.' }),
  limit: integerText({ least: 1, most: PAGE_LIMIT_MAX })
    .optional()
    .meta({ description: `Rows of a page; ${PAGE_LIMIT_DEFAULT} when left out.` }),
});

export const productQuery = pageQuery.extend({
  search: text({ least: 1, most: 100 })
    .optional()
    .meta({ description: 'Part of the name, or the beginning of the SKU.' }),
  category: text({ least: 1, most: 50 }).optional(),
});

export const productPath = z.object({ productId: pathId });
export const customerPath = z.object({ customerId: pathId });
export const orderPath = z.object({ orderId: pathId });

export const product = z
  .object({
    id,
    sku: z.string(),
    name: z.string(),
    category: z.string(),
    price: money,
    stock: z.int().min(0),
    active: z.boolean(),
    updatedAt: time,
  })
  .meta({ id: 'Product' });

export const customerDraft = z
  .strictObject({
    name,
    nameKana: nullable(name).optional(),
    email: nullable(email).optional(),
    prefecture: nullable(prefecture).optional(),
    birthDate: nullable(birthDate).optional(),
  })
  .meta({ id: 'CustomerDraft' });

export const customerChange = customerDraft.partial().meta({
  id: 'CustomerChange',
  description: 'Fields that are left out stay as they are; null empties one.',
});

export const customer = z
  .object({
    id,
    name: z.string(),
    nameKana: z.string().nullable(),
    email: z.string().nullable(),
    prefecture: z.string().nullable(),
    birthDate: z.string().nullable(),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'Customer' });

const status = z.enum(ORDER_STATUSES).meta({ id: 'OrderStatus' });

export const orderDraft = z
  .strictObject({
    customerId: id,
    items: z
      .array(z.strictObject({ productId: id, quantity: z.int().min(1).max(QUANTITY_MAX) }))
      .min(1)
      .max(ITEMS_MAX),
    channel: z.enum(['web', 'app', 'store', 'phone']).optional(),
    paymentMethod: nullable(
      z.enum(['card', 'konbini', 'qr', 'bank_transfer', 'cash_on_delivery']),
    ).optional(),
    note: nullable(text({ least: 0, most: 1000 })).optional(),
  })
  .meta({ id: 'OrderDraft' });

export const orderHeaders = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,128}$/, 'must be 1 to 128 letters, digits, - or _')
    .optional()
    .meta({ description: 'Made by the client, new for each order: a retry with it never orders twice.' }),
});

export const statusChange = z
  .strictObject({ status: z.enum(['paid', 'shipped', 'delivered']) })
  .meta({ id: 'StatusChange' });

export const orderSummary = z
  .object({
    id,
    customerId: id,
    status,
    channel: z.string(),
    paymentMethod: z.string().nullable(),
    totalAmount: money,
    note: z.string().nullable(),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'OrderSummary' });

export const order = orderSummary
  .extend({
    items: z.array(
      z.object({
        lineNumber: z.int().min(1),
        productId: id,
        quantity: z.int().min(1),
        unitPrice: money,
        lineAmount: money,
      }),
    ),
  })
  .meta({ id: 'Order' });

export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    requestId: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details.' });

export const health = z.object({ status: z.literal('ok') }).meta({ id: 'Health' });

/** A page of `schema`. Its `nextCursor` is null on the last one. */
export function pageOf<T extends z.ZodType>(schema: T) {
  return z.object({
    items: z.array(schema),
    nextCursor: z.string().nullable().meta({ description: 'null on the last page.' }),
  });
}

/** What a page asks of the store, from a checked query. */
export function pageRequest(query: z.output<typeof pageQuery>): { after?: number; limit: number } {
  const limit = query.limit ?? PAGE_LIMIT_DEFAULT;
  return query.cursor === undefined ? { limit } : { after: Number(query.cursor), limit };
}
