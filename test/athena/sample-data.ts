import { typeOfText } from '../../src/athena/sql/parse-type.ts';
import { duckdbType, type Type, typeText } from '../../src/athena/types/type.ts';
import { platformTables } from './platform-data.ts';

/** A value of the sample tables, by its column's type; rows are arrays, maps are lists of pairs. */
export type Sample = null | boolean | number | string | readonly Sample[];

export interface SampleTable {
  /** `shop` when missing. */
  readonly database?: string;
  readonly name: string;
  /** Names and Trino types, partition keys last. */
  readonly columns: readonly (readonly [string, string])[];
  readonly partitionKeys: readonly string[];
  readonly rows: readonly (readonly Sample[])[];
}

const PAYLOAD_1 = '{"utm":{"source":"google"},"items":[{"sku":"A1","qty":2},{"sku":"B2","qty":1}]}';

/** Tables of the schema `shop` that the cases and the generated queries read. */
const SHOP_TABLES: readonly SampleTable[] = [
  {
    name: 'customers',
    columns: [
      ['customer_id', 'bigint'],
      ['name', 'varchar'],
      ['email', 'varchar'],
    ],
    partitionKeys: [],
    rows: [
      [10, 'Aiko', 'aiko@example.com'],
      [11, 'Bob', 'bob@example.com'],
      [12, '', 'c@other.example'],
      [13, 'Dörte', null],
    ],
  },
  {
    name: 'orders',
    columns: [
      ['order_id', 'bigint'],
      ['customer_id', 'bigint'],
      ['status', 'varchar'],
      ['total', 'decimal(10,2)'],
      ['created_at', 'timestamp(3)'],
      ['payload', 'varchar'],
      ['tags', 'array(varchar)'],
      ['attrs', 'map(varchar,varchar)'],
      ['address', 'row(city varchar,zip varchar)'],
      ['dt', 'varchar'],
      ['region', 'varchar'],
    ],
    partitionKeys: ['dt', 'region'],
    rows: [
      [
        1,
        10,
        'paid',
        '100.00',
        '2024-01-05 23:30:00',
        PAYLOAD_1,
        ['vip', 'new'],
        [
          ['channel', 'web'],
          ['lang', 'ja'],
        ],
        ['Tokyo', '100'],
        '2024-01-05',
        'jp',
      ],
      [
        2,
        11,
        'paid',
        '50.10',
        '2024-01-31 01:00:00',
        '{"utm":{"source":"google"}}',
        ['sale'],
        [['channel', 'app']],
        ['Osaka', '530'],
        '2024-01-31',
        'jp',
      ],
      [
        3,
        12,
        'refunded',
        '25.55',
        '2024-02-01 00:00:00',
        '{"utm":{}}',
        [],
        [],
        ['Berlin', null],
        '2024-02-01',
        'eu',
      ],
      [4, 13, 'paid', null, '2024-02-10 12:34:56.789', null, null, null, null, '2024-02-10', 'eu'],
      [
        5,
        10,
        'cancelled',
        '75.25',
        '2024-02-29 23:59:59',
        '{"utm":{"source":"bing"},"items":[]}',
        ['vip'],
        [['channel', 'web']],
        ['Paris', '75'],
        '2024-02-29',
        'eu',
      ],
    ],
  },
  {
    name: 'scratch',
    columns: [
      ['order_id', 'bigint'],
      ['status', 'varchar'],
    ],
    partitionKeys: [],
    rows: [],
  },
  {
    name: 'facts',
    columns: [
      ['id', 'bigint'],
      ['tiny', 'tinyint'],
      ['small', 'smallint'],
      ['whole', 'integer'],
      ['big', 'bigint'],
      ['amount', 'decimal(10,2)'],
      ['rate', 'decimal(18,6)'],
      ['single', 'real'],
      ['ratio', 'double'],
      ['flag', 'boolean'],
      ['word', 'varchar'],
      ['short', 'varchar(5)'],
      ['day', 'date'],
      ['moment', 'timestamp(3)'],
      ['numbers', 'array(integer)'],
      ['words', 'array(varchar)'],
      ['counts', 'map(varchar,integer)'],
      ['place', 'row(city varchar,code integer)'],
      ['doc', 'varchar'],
    ],
    partitionKeys: [],
    rows: facts(),
  },
];

/** The case tables in `shop`, and the platform's in `lake`. */
export const SAMPLE_TABLES: readonly SampleTable[] = [...SHOP_TABLES, ...platformTables()];

export function databaseOf(table: SampleTable): string {
  return table.database ?? 'shop';
}

/** Rows with every kind of edge: NULL, zero, negative, the largest, empty, other alphabets, ends of months. */
function facts(): Sample[][] {
  const wholes = [0, 1, -1, 7, 100, 2147483647, -2147483648, null];
  const amounts = ['0.00', '1.50', '-2.25', '99999999.99', '0.01', '10.00', null];
  const rates = ['0.333333', '-1.500000', '2.000000', null, '123456789.123456'];
  const ratios = [0, 0.5, -1.25, 1e10, 2.5, 3.5, null, 1e-7];
  const words = ['apple', '', 'Ünïcödé', '日本語', 'a,b', 'x_y%z', null, ' padded ', '12', 'A1b22'];
  const days = ['2024-01-31', '2024-02-29', '2023-12-31', '1999-01-01', '2024-03-10', null];
  const moments = [
    '2024-01-31 23:59:59.999',
    '2024-02-29 12:00:00',
    '1970-01-01 00:00:00',
    '2023-07-04 05:06:07.5',
    null,
  ];
  const lists: Sample[] = [[1, 2, 3], [], [null, 5], null, [3, 3, 1]];
  const texts: Sample[] = [['a', 'b'], [], ['x', null, 'x'], null];
  const maps: Sample[] = [
    [
      ['a', 1],
      ['b', 2],
    ],
    [],
    [['k', null]],
    null,
  ];
  const docs = [
    '{"a":1,"b":[1,2.5,"x"],"c":{"d":null}}',
    '[1,"2",true]',
    'not json',
    '"text"',
    null,
    '{"a":"5","A":true}',
  ];
  const at = (list: readonly Sample[], index: number): Sample => list[index % list.length] ?? null;
  return Array.from({ length: 24 }, (_, n) => [
    n + 1,
    at([1, -128, 127, null, 5], n),
    at([10, -32768, 32767, null], n),
    at(wholes, n),
    at([5, 9007199254740992, -3, null, 0, 1000000007], n + 1),
    at(amounts, n),
    at(rates, n),
    at([0.5, -1.5, null, 3.25], n),
    at(ratios, n),
    at([true, false, null], n),
    at(words, n),
    at(['one', 'two', null, 'three', ''], n),
    at(days, n),
    at(moments, n),
    at(lists, n),
    at(texts, n),
    at(maps, n),
    at([['Kyoto', 1], ['', null], null], n),
    at(docs, n),
  ]);
}

/** A value as SQL, in either dialect. */
export function sampleSql(value: Sample, type: Type, dialect: 'trino' | 'duckdb'): string {
  const name = dialect === 'trino' ? typeText(type) : duckdbType(type);
  return `CAST(${bare(value, type, dialect)} AS ${name})`;
}

function bare(value: Sample, type: Type, dialect: 'trino' | 'duckdb'): string {
  if (value === null) return 'NULL';
  if (!Array.isArray(value))
    return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : numberSql(value);
  const items = value as readonly Sample[];
  const trino = dialect === 'trino';
  if (type.base === 'row') {
    const fields = type.fields.map((field, index) => sampleSql(items[index] ?? null, field.type, dialect));
    return trino
      ? `ROW(${fields.join(', ')})`
      : `{${type.fields.map((field, index) => `'${field.name}': ${fields[index]}`).join(', ')}}`;
  }
  if (type.base === 'map') {
    const pairs = items as readonly (readonly Sample[])[];
    const keys = pairs.map((pair) => sampleSql(pair[0] ?? null, type.key, dialect)).join(', ');
    const values = pairs.map((pair) => sampleSql(pair[1] ?? null, type.value, dialect)).join(', ');
    return trino ? `MAP(ARRAY[${keys}], ARRAY[${values}])` : `MAP([${keys}], [${values}])`;
  }
  if (type.base !== 'array') throw new Error(`a list for the type ${type.base}`);
  const list = items.map((item) => sampleSql(item, type.element, dialect)).join(', ');
  return trino ? `ARRAY[${list}]` : `[${list}]`;
}

function numberSql(value: Sample): string {
  return typeof value === 'number' && !Number.isInteger(value) ? `${value.toExponential()}` : String(value);
}

/** Statements that make the tables in Trino's memory. */
export function trinoSetup(): string[] {
  return SAMPLE_TABLES.map((table) => {
    const columns = table.columns.map(([name, type]) => [name, typeOfText(type)] as const);
    const names = columns.map(([name]) => name).join(', ');
    const rows = table.rows.map(
      (row) =>
        `(${columns.map(([, type], index) => sampleSql(row[index] ?? null, type, 'trino')).join(', ')})`,
    );
    const nothing = `(${columns.map(([, type]) => sampleSql(null, type, 'trino')).join(', ')})`;
    const values = rows.length === 0 ? nothing : rows.join(', ');
    return `CREATE TABLE awsdatacatalog.${databaseOf(table)}.${table.name} AS SELECT * FROM (VALUES ${values}) AS t(${names})${rows.length === 0 ? ' WHERE false' : ''}`;
  });
}
