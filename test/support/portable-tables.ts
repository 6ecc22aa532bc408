import type { LakeContract, LakeTable } from '../../src/lake/contract.ts';

/** A table of every type, whose source is `shapes`, as Parquet; and the same as CSV. */
const SOURCE = {
  table: 'shapes',
  window: { column: 'created_at' },
  columns: [
    { name: 'id', type: 'bigint' },
    { name: 'tiny', type: 'tinyint' },
    { name: 'small', type: 'smallint' },
    { name: 'whole', type: 'int' },
    { name: 'huge', type: 'decimal(20,0)' },
    { name: 'exact', type: 'decimal(38,10)' },
    { name: 'price', type: 'decimal(14,3)' },
    { name: 'born', type: 'date' },
    { name: 'note', type: 'string' },
    { name: 'created_at', type: 'timestamp' },
  ],
} as const;

export const CREATE_SHAPES = `CREATE TABLE shapes (
  id BIGINT NOT NULL, tiny TINYINT, small SMALLINT, whole INT, huge BIGINT UNSIGNED, exact DECIMAL(38,10),
  price DECIMAL(14,3), born DATE, note LONGTEXT CHARACTER SET utf8mb4, created_at DATETIME(6) NOT NULL, KEY (created_at)
) CHARACTER SET utf8mb4`;

const PLAIN: readonly (readonly [name: string, type: string, from: string])[] = [
  ['id', 'bigint', 's.id'],
  ['tiny', 'tinyint', 's.tiny'],
  ['small', 'smallint', 's.small'],
  ['whole', 'int', 's.whole'],
  ['huge', 'decimal(20,0)', 's.huge'],
  ['exact', 'decimal(38,10)', 's.exact'],
  ['price', 'decimal(14,3)', 's.price'],
  ['born', 'date', 's.born'],
  ['note', 'string', 's.note'],
  ['positive', 'boolean', 's.tiny > 0'],
  ['created_at', 'timestamp', 's.created_at'],
];

const ORDERED = 's.id ASC NULLS FIRST, s.whole ASC NULLS FIRST';
/** Where a product or a sum still has 38 digits. */
const SMALL_EXACT = '(CASE WHEN s.exact BETWEEN 0 - 1000 AND 1000 THEN s.exact END)';

/** What the lint lets pass, each in its own column. */
const FUNCTIONS: typeof PLAIN = [
  ['id', 'bigint', 's.id'],
  ['rounded', 'decimal(14,2)', 's.price'],
  ['negated', 'decimal(14,2)', '0 - s.price'],
  ['amount', 'decimal(24,2)', 'CAST(s.tiny AS DECIMAL(20,0)) * s.price'],
  ['label', 'string', "COALESCE(s.note, 'none') || '/' || CAST(s.tiny AS STRING)"],
  ['characters', 'int', 'CHAR_LENGTH(s.note)'],
  ['beginning', 'string', 'SUBSTRING(s.note, 1, 2)'],
  ['year', 'int', 'EXTRACT(YEAR FROM s.born)'],
  ['hour', 'int', 'EXTRACT(HOUR FROM s.created_at)'],
  ['jst', 'timestamp', "CAST(s.created_at + INTERVAL '9' HOUR AS TIMESTAMP)"],
  ['jst_day', 'date', "CAST(s.created_at + INTERVAL '9' HOUR AS DATE)"],
  ['next_month', 'date', "CAST(s.born + INTERVAL '1' MONTH AS DATE)"],
  ['magnitude', 'decimal(14,3)', 'ABS(s.price)'],
  ['absent', 'int', 'NULLIF(s.whole, 0)'],
  [
    'place',
    'bigint',
    'ROW_NUMBER() OVER (PARTITION BY s.tiny ORDER BY s.id ASC NULLS FIRST, s.whole ASC NULLS FIRST)',
  ],
  ['previous', 'bigint', 'LAG(s.id) OVER (ORDER BY s.id ASC NULLS FIRST, s.whole ASC NULLS FIRST)'],
  ['best', 'decimal(14,3)', 'MAX(s.price) OVER (PARTITION BY s.tiny)'],
  [
    'kind',
    'string',
    "CASE WHEN s.whole IS NULL THEN 'none' WHEN s.whole BETWEEN 0 AND 9 THEN 'digit' ELSE 'more' END",
  ],
  ['next', 'bigint', 's.tiny + 1 - s.whole'],
  ['opposite', 'int', '0 - s.tiny'],
  ['remainder', 'bigint', 's.whole % NULLIF(s.tiny, 0)'],
  ['fraction', 'decimal(14,3)', 's.price % 2'],
  ['nearest', 'bigint', 'CAST(s.price AS DECIMAL(20,0))'],
  ['twice', 'decimal(21,0)', 's.huge + s.huge'],
  ['below', 'decimal(21,0)', 's.huge - 1'],
  ['product', 'decimal(38,10)', `CAST(s.tiny AS DECIMAL(20,0)) * ${SMALL_EXACT}`],
  ['sum_of_scales', 'decimal(38,10)', `${SMALL_EXACT} + s.price`],
  ['either', 'decimal(38,10)', 'CASE WHEN s.tiny > 0 THEN s.price ELSE s.whole END'],
  ['exact_text', 'string', 's.exact'],
  ['day_text', 'string', 's.born'],
  ['is_a', 'boolean', "s.note = 'a'"],
  ['is_not_upper', 'boolean', "NOT (s.note = 'A')"],
  ['sorts_low', 'boolean', "s.note < 'b'"],
  ['is_one_of', 'boolean', "s.note IN ('a', 'é', 'NULL')"],
  ['is_between', 'boolean', "s.note BETWEEN 'A' AND 'z'"],
  ['not_empty', 'string', "NULLIF(s.note, '')"],
  ['begins', 'boolean', "s.note LIKE 'a%'"],
  ['is_single', 'boolean', "s.note LIKE '_'"],
  ['has_no_upper', 'boolean', "s.note NOT LIKE '%A%'"],
  ['truth', 'boolean', 's.tiny'],
  ['text_place', 'bigint', 'DENSE_RANK() OVER (ORDER BY s.note ASC NULLS FIRST)'],
  ['greatest_text', 'string', 'MAX(s.note) OVER (PARTITION BY s.tiny)'],
  [
    'running',
    'decimal(38,3)',
    `SUM(s.price) OVER (PARTITION BY s.tiny ORDER BY ${ORDERED} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)`,
  ],
  ['two_before', 'bigint', `LAG(s.id, 2) OVER (ORDER BY ${ORDERED})`],
  ['rest_of_it', 'string', 'SUBSTRING(s.note, 2)'],
  ['nothing_of_it', 'string', 'SUBSTRING(s.note, 2, 0)'],
  ['ratio_is_high', 'boolean', 'CAST(s.whole AS DOUBLE) / CAST(NULLIF(s.tiny, 0) AS DOUBLE) > 0.5'],
  ['born_before', 'boolean', 's.created_at >= CAST(s.born AS TIMESTAMP)'],
  ['year_ago', 'date', "CAST(s.born - INTERVAL '1' YEAR AS DATE)"],
];

/** Tables beside the shop's that hold every type and every function the lint lets pass, and one that stays empty. */
export function portableTables(): LakeTable[] {
  const plain = selectOf(PLAIN);
  return [
    table({ name: 'shapes', format: 'parquet', columns: PLAIN, transform: plain, source: true }),
    table({ name: 'shapes_text', format: 'csv', columns: PLAIN, transform: plain }),
    table({ name: 'shape_functions', format: 'parquet', columns: FUNCTIONS, transform: selectOf(FUNCTIONS) }),
    table({ name: 'no_shapes', format: 'parquet', columns: PLAIN, transform: `${plain}WHERE s.id < 0\n` }),
    table({ name: 'no_shapes_text', format: 'csv', columns: PLAIN, transform: `${plain}WHERE s.id < 0\n` }),
    table({ name: 'shape_totals', format: 'parquet', columns: TOTALS, transform: TOTALS_SQL }),
    table({ name: 'notes', format: 'csv', columns: NOTES, transform: NOTES_SQL }),
    table({ name: 'same_notes', format: 'parquet', columns: SAME_NOTES, transform: SAME_NOTES_SQL }),
  ];
}

const TOTALS: typeof PLAIN = [
  ['tiny', 'tinyint', ''],
  ['rows_of_it', 'bigint', ''],
  ['notes', 'bigint', ''],
  ['total', 'decimal(38,3)', ''],
  ['first_day', 'date', ''],
  ['last_at', 'timestamp', ''],
];
const TOTALS_SQL = `WITH known AS (
  SELECT s.tiny, s.note, s.price, s.born, s.created_at FROM src_shapes s WHERE s.id IS NOT NULL
)
SELECT CAST(k.tiny AS TINYINT) AS tiny,
       CAST(COUNT(*) AS BIGINT) AS rows_of_it,
       CAST(COUNT(k.note) AS BIGINT) AS notes,
       CAST(COALESCE(SUM(k.price), 0) AS DECIMAL(38,3)) AS total,
       CAST(MIN(k.born) AS DATE) AS first_day,
       CAST(MAX(k.created_at) AS TIMESTAMP) AS last_at
FROM known k
GROUP BY k.tiny
`;

/** Texts as keys: grouped, counted and joined by what they are, not by what a collation makes of them. */
const NOTES: typeof PLAIN = [
  ['note', 'string', ''],
  ['rows_of_it', 'bigint', ''],
  ['births', 'bigint', ''],
  ['first_at', 'timestamp', ''],
];
const NOTES_SQL = `SELECT CAST(s.note AS STRING) AS note,
       CAST(COUNT(*) AS BIGINT) AS rows_of_it,
       CAST(COUNT(DISTINCT s.born) AS BIGINT) AS births,
       CAST(MIN(s.created_at) AS TIMESTAMP) AS first_at
FROM src_shapes s GROUP BY s.note HAVING COUNT(*) >= 1
`;
const SAME_NOTES: typeof PLAIN = [
  ['id', 'bigint', ''],
  ['others', 'bigint', ''],
  ['best', 'decimal(14,3)', ''],
];
const SAME_NOTES_SQL = `SELECT CAST(a.id AS BIGINT) AS id,
       CAST(COUNT(DISTINCT b.note) AS BIGINT) AS others,
       CAST((SELECT MAX(c.price) FROM src_shapes c WHERE c.tiny > 0) AS DECIMAL(14,3)) AS best
FROM src_shapes a, src_shapes b
WHERE a.note = b.note AND a.whole NOT IN (SELECT d.whole FROM src_shapes d WHERE d.whole IS NOT NULL AND d.whole < 0)
GROUP BY a.id
`;

function selectOf(columns: typeof PLAIN): string {
  const outputs = columns.map(([name, type, from]) => `CAST(${from} AS ${type.toUpperCase()}) AS ${name}`);
  return `SELECT ${outputs.join(',\n       ')}\nFROM src_shapes s\n`;
}

function table(input: {
  readonly name: string;
  readonly format: LakeContract['format'];
  readonly columns: typeof PLAIN;
  readonly transform: string;
  readonly source?: boolean;
}): LakeTable {
  const { name, format, columns, transform, source } = input;
  const head = { name: 'key_is_unique', severity: 'error', says: 'No two rows share a key.' } as const;
  const key = columns[0]?.[0] ?? '';
  return {
    contract: {
      table: name,
      description: 'For tests.',
      format,
      load: 'day',
      partitionKey: { name: 'dt', type: 'date' },
      keys: [key],
      columns: columns.map(([column, type]) => ({ name: column, type, nullable: true })),
      sums: columns
        .filter(([column, type]) => column !== 'exact' && /decimal|int/.test(type))
        .map(([column]) => column),
      ...(source === true ? { source: SOURCE } : {}),
      checks: [head],
    },
    transform,
    checks: [{ ...head, sql: `SELECT t.${key} FROM ${name} t GROUP BY t.${key} HAVING COUNT(*) > 1\n` }],
  };
}
