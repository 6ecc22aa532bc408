import type { Catalog, CatalogTable } from '../platform/catalog.ts';

/** Words of Athena's SQL that are worth a Tab. */
const KEYWORDS =
  'SELECT FROM WHERE GROUP BY HAVING ORDER LIMIT OFFSET WITH AS JOIN LEFT RIGHT INNER CROSS ON USING UNION ALL DISTINCT CASE WHEN THEN ELSE END AND OR NOT NULL IS IN BETWEEN LIKE EXISTS DATE TIMESTAMP INTERVAL CAST ASC DESC NULLS FIRST LAST OVER PARTITION ROWS VALUES SHOW TABLES COLUMNS PARTITIONS DESCRIBE EXPLAIN UNNEST';
const FUNCTIONS =
  'abs approx_distinct approx_percentile arbitrary array_agg array_distinct array_join array_sort avg bool_and bool_or cardinality cast ceil coalesce concat contains count count_if current_date current_timestamp date_add date_diff date_format date_parse date_trunc day day_of_week dense_rank element_at extract filter first_value floor format format_datetime from_iso8601_timestamp from_unixtime greatest hour if json_extract json_extract_scalar json_format json_parse lag last_value lead least length listagg lower lpad ltrim map_agg max max_by md5 min min_by minute mod month ntile nullif parse_datetime percent_rank power quarter rank regexp_extract regexp_like regexp_replace replace reverse round row_number rpad rtrim second sequence sha256 split split_part sqrt stddev strpos substr sum to_iso8601 to_unixtime transform trim try try_cast upper url_extract_host variance week with_timezone year';

export interface CompleterInput {
  readonly database: string;
  readonly catalog: () => Promise<Catalog>;
}

/** What Tab offers after a line: tables behind FROM and JOIN, else columns, tables, functions and keywords. */
export function openCompleter(input: CompleterInput): (line: string) => Promise<[string[], string]> {
  let loading: Promise<CatalogTable[]> | undefined;
  return async (line) => {
    const word = /[\w.$"]*$/.exec(line)?.[0] ?? '';
    // A catalog that is away must not end the prompt: keywords can still be completed.
    loading ??= (async () => (await input.catalog()).listTables(input.database))().catch(() => []);
    return [matches(await loading, line.slice(0, line.length - word.length), word), word];
  };
}

function matches(tables: readonly CatalogTable[], before: string, word: string): string[] {
  const names = tables.map((table) => table.name);
  const starts = (candidate: string): boolean => candidate.toLowerCase().startsWith(word.toLowerCase());
  if (/(\b(FROM|JOIN|DESCRIBE|TABLE)\s+|\\d\s+)$/i.test(before)) return names.filter(starts);
  if (word === '') return [];
  const columns = tables.flatMap((table) =>
    [...table.columns, ...table.partitionKeys].map((column) => column.name),
  );
  const keywords = /^[a-z]/.test(word) ? KEYWORDS.toLowerCase() : KEYWORDS;
  const all = [...columns, ...names, ...FUNCTIONS.split(' '), ...keywords.split(' ')];
  return [...new Set(all.filter(starts))].sort();
}
