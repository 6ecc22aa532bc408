/** One table a statement reads, as `EXPLAIN (TYPE IO, FORMAT JSON)` says it. */
export interface TableRead {
  readonly schema: string;
  readonly table: string;
  /** By column: what its values are limited to. Columns without a limit are missing. */
  readonly limits: Readonly<Record<string, (value: string) => boolean>>;
}

interface Marker {
  readonly value?: string;
  readonly bound?: 'EXACTLY' | 'ABOVE' | 'BELOW';
}

interface ColumnConstraint {
  readonly columnName?: string;
  readonly domain?: {
    readonly nullsAllowed?: boolean;
    readonly ranges?: readonly { readonly low?: Marker; readonly high?: Marker }[];
  };
}

interface InputTable {
  readonly table?: { readonly schemaTable?: { readonly schema?: string; readonly table?: string } };
  readonly columnConstraints?: readonly ColumnConstraint[];
  readonly constraint?: { readonly none?: boolean; readonly columnConstraints?: readonly ColumnConstraint[] };
}

/** Reads Trino's IO plan. Undefined when the text is not one; nothing in it is trusted to be there. */
export function parseIoPlan(text: string): readonly TableRead[] | undefined {
  let plan: { readonly inputTableColumnInfos?: readonly InputTable[] };
  try {
    plan = JSON.parse(text);
  } catch {
    return undefined;
  }
  return plan.inputTableColumnInfos?.map((input) => {
    const nothing = input.constraint?.none === true;
    const constraints = input.columnConstraints ?? input.constraint?.columnConstraints ?? [];
    const limits = constraints.flatMap((constraint) => {
      const { columnName, domain } = constraint;
      const ranges = domain?.ranges;
      if (columnName === undefined || ranges === undefined) return [];
      return [[columnName, nothing ? () => false : limitOf(ranges)] as const];
    });
    return {
      schema: input.table?.schemaTable?.schema ?? '',
      table: input.table?.schemaTable?.table ?? '',
      limits: Object.fromEntries(limits),
    };
  });
}

type Ranges = readonly { readonly low?: Marker; readonly high?: Marker }[];

function limitOf(ranges: Ranges): (value: string) => boolean {
  return (value) => ranges.some(({ low = {}, high = {} }) => isAbove(value, low) && isBelow(value, high));
}

function isAbove(value: string, { value: low, bound }: Marker): boolean {
  if (low === undefined) return true;
  const order = compare(value, low);
  return bound === 'ABOVE' ? order > 0 : order >= 0;
}

function isBelow(value: string, { value: high, bound }: Marker): boolean {
  if (high === undefined) return true;
  const order = compare(value, high);
  return bound === 'BELOW' ? order < 0 : order <= 0;
}

/** Numbers as numbers, everything else as Trino orders varchar. */
function compare(a: string, b: string): number {
  const [x, y] = [Number(a), Number(b)];
  if (a !== '' && b !== '' && !Number.isNaN(x) && !Number.isNaN(y)) return x - y;
  return a < b ? -1 : a > b ? 1 : 0;
}
