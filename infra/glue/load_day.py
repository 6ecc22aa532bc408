"""One day on Spark: extract, land, transform, write below the run's own prefix, read again, measure, check.

It never touches what is published. Tables are worked on side by side: Spark takes jobs from several threads.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Callable

from business_day import DayWindow, day_window
from contracts import Table, sources_of
from extract import (
    MEASURE_TAG,
    SNAPSHOT_TAG,
    day_statement,
    measure_statement,
    read_statement,
    slice_statements,
)
from lake_keys import landing_prefix, run_prefix
from landing import show_landed
from measure import measure_of, measure_table
from source_sql import sources_read
from table_files import WRITERS, show_table

# Landed text shrinks to a fifth or less as zstd Parquet: files stay below some 128 MB.
LANDED_BYTES_PER_FILE = 512 << 20
BAD_ROWS_SHOWN = 5
TABLES_AT_A_TIME = 4


@dataclass(frozen=True)
class DayRequest:
    day: str
    run_id: str
    tables: list[Table]
    readers: int = 1

    @property
    def window(self) -> DayWindow:
        return day_window(self.day)


@dataclass(frozen=True)
class DayWork:
    """`files` lists what lies below a key; `notify` takes an event's name and its fields."""

    spark: Any
    access: dict[str, Any]
    files: Any
    notify: Callable[..., None]


def load_day(request: DayRequest, work: DayWork) -> dict[str, Any]:
    """Gives what dp calls a loaded day: the snapshot's time and, by table, files, measures and checks."""
    landed = extract_day(request, work)
    show_run_params(request, work.spark)
    landed_bytes = _show_sources(request, landed, work)
    rows = {name: measure["rows"] for name, measure in landed.measures.items()}
    with ThreadPoolExecutor(TABLES_AT_A_TIME) as pool:
        written = list(pool.map(lambda table: _write_and_measure(table, request, landed_bytes, work), request.tables))
    checks = check_tables(request.tables, work.spark)
    for table in request.tables:
        work.notify("checked", table=table["contract"]["table"], rows=rows[table["contract"]["table"]])
    tables = []
    for table, (files, measure), checked in zip(request.tables, written, checks):
        name = table["contract"]["table"]
        prefix = run_prefix(name, request.day, request.run_id)
        source = landed.measures[name]
        tables.append(
            {"table": name, "prefix": prefix, "files": files, "source": source, "lake": measure, "checks": checked}
        )
    return {"snapshotAt": landed.snapshot_at, "tables": tables}


@dataclass(frozen=True)
class Landed:
    prefix: str
    snapshot_at: str
    measures: dict[str, dict[str, Any]]


def extract_day(request: DayRequest, work: DayWork) -> Landed:
    """Lands the day's rows and learns what the lake must hold."""
    prefix = landing_prefix(request.day, request.run_id)
    if request.readers == 1:
        statement = day_statement(request.tables, request.day, request.window)
        _land(read_statement(work.spark, statement, work.access), work.files.uri(prefix))
        lines = _read_notes(request.tables, prefix, work)
    else:
        shares = [
            read_statement(work.spark, statement, work.access)
            for statement in slice_statements(request.tables, request.window, request.readers)
        ]
        together = shares[0]
        for share in shares[1:]:
            together = together.union(share)
        _land(together, work.files.uri(prefix))
        # Measured after the last reader has ended: rows equal to it are the rows of that one moment.
        after = measure_statement(request.tables, request.day, request.window)
        lines = {row.tag: row.line for row in read_statement(work.spark, after, work.access).collect()}
    measures = {}
    for table in request.tables:
        contract = table["contract"]
        measure = measure_of(contract, lines[MEASURE_TAG + contract["table"]].split("|"))
        measures[contract["table"]] = measure
        work.notify("measured", table=contract["table"], rows=measure["rows"])
    return Landed(prefix, lines[SNAPSHOT_TAG], measures)


def _land(rows: Any, uri: str) -> None:
    rows.write.mode("errorifexists").partitionBy("tag").option("lineSep", "\n").text(uri)


def _read_notes(tables: list[Table], prefix: str, work: DayWork) -> dict[str, str]:
    tags = [SNAPSHOT_TAG, *[MEASURE_TAG + table["contract"]["table"] for table in tables]]
    notes = {}
    for tag in tags:
        [file] = work.files.list_below(f"{prefix}tag={tag}/")
        notes[tag] = work.files.read(file["key"]).decode().removesuffix("\n")
    return notes


def show_run_params(request: DayRequest, spark: Any) -> None:
    window = request.window
    spark.sql(
        f"SELECT CAST('{request.day}' AS DATE) AS dt, CAST('{window.from_utc}' AS TIMESTAMP) AS lo_utc, "
        f"CAST('{window.to_utc}' AS TIMESTAMP) AS hi_utc"
    ).createOrReplaceTempView("run_params")


def _show_sources(request: DayRequest, landed: Landed, work: DayWork) -> dict[str, int]:
    """Gives the landed bytes of each source."""
    sizes = {}
    for source in sources_of(request.tables):
        name = source["table"]
        prefix = f"{landed.prefix}tag={name}/"
        files = work.files.list_below(prefix)
        sizes[name] = sum(file["bytes"] for file in files)
        show_landed(work.spark, source, work.files.uri(prefix), exists=len(files) > 0)
        own = next(t["contract"]["table"] for t in request.tables if t["contract"].get("source") == source)
        work.notify("extracted", table=name, rows=landed.measures[own]["rows"])
    return sizes


def write_table(
    table: Table, request: DayRequest, landed_bytes: dict[str, int], work: DayWork
) -> list[dict[str, Any]]:
    """Runs the transform and writes its rows where nothing is yet; gives the files, read again for their rows."""
    contract = table["contract"]
    prefix = run_prefix(contract["table"], request.day, request.run_id)
    read = sum(landed_bytes.get(source, 0) for source in sources_read(table["transform"]))
    rows = work.spark.sql(table["transform"]).coalesce(1 + read // LANDED_BYTES_PER_FILE)
    WRITERS[contract["format"]](rows, contract, prefix, work.files)
    counts = show_table(contract, work.files.uri(prefix), work.spark)
    found = [
        {**file, "rows": counts.get(file["key"].rsplit("/", 1)[-1], 0)} for file in work.files.list_below(prefix)
    ]
    work.notify("written", table=contract["table"], rows=sum(file["rows"] for file in found))
    return found


def _write_and_measure(
    table: Table, request: DayRequest, landed_bytes: dict[str, int], work: DayWork
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    return write_table(table, request, landed_bytes, work), measure_table(work.spark, table["contract"])


def check_tables(tables: list[Table], spark: Any) -> list[list[dict[str, Any]]]:
    """Runs all checks in one query, then looks at the bad rows, if there are any: each query costs a second."""
    checks = [check for table in tables for check in table["checks"]]
    counts = _count_bad_rows([check["sql"] for check in checks], spark)
    bad_rows = iter(counts)
    return [[_judged(check, next(bad_rows), spark) for check in table["checks"]] for table in tables]


def _count_bad_rows(queries: list[str], spark: Any) -> list[int]:
    if not queries:
        return []
    counted = " UNION ALL ".join(
        f"SELECT {index} AS at, count(*) AS bad_rows FROM ({sql}\n) AS bad" for index, sql in enumerate(queries)
    )
    found = {row["at"]: row["bad_rows"] for row in spark.sql(counted).collect()}
    return [found[index] for index in range(len(queries))]


def _judged(check: dict[str, Any], bad_rows: int, spark: Any) -> dict[str, Any]:
    examples: list[str] = []
    if bad_rows > 0:
        bad = spark.sql(f"SELECT * FROM ({check['sql']}\n) AS bad LIMIT {BAD_ROWS_SHOWN}")
        examples = bad.toJSON().collect()
    known = {key: check[key] for key in ("name", "severity", "says")}
    return {**known, "badRows": bad_rows, "examples": examples}
