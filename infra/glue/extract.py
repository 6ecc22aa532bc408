"""Takes a day out of the database through Spark's JDBC source and lands it.

Spark asks a source twice: once for its columns and once for its rows. A UNION ALL inside a derived table would be
built whole in the server's temporary space, both times. So the text given as the table is itself the union, of
derived tables that the server merges and streams; and every part of it holds only while `@dp_read = 1`, which is set
on the connection that reads and not on the one that looks for columns.
"""

from typing import Any
from urllib.parse import quote

from business_day import DayWindow, slices_of
from contracts import Table, sources_of
from source_sql import GUARD, Source, tagged_measure, tagged_rows

# Two texts are equal when their characters are: MySQL's name of that collation, or MariaDB's.
EXACT_COLLATION = (
    "(SELECT collation_name FROM information_schema.collations WHERE collation_name IN"
    " ('utf8mb4_0900_bin', 'utf8mb4_nopad_bin', 'utf8mb4_bin') ORDER BY collation_name = 'utf8mb4_bin' LIMIT 1)"
)
SESSION_VARIABLES = (
    "sql_mode='ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES,NO_UNSIGNED_SUBTRACTION',"
    "time_zone='+00:00',net_write_timeout=600"
)
# The driver sets a collation of its own when it connects: this comes after it.
READING = f"SET @dp_read = 1, SESSION collation_connection = {EXACT_COLLATION}"
# Connector/J's word for: hand over rows as they come, keep none.
STREAM_ROWS = -2147483648
MEASURE_TAG = "measured-"
SNAPSHOT_TAG = "snapshot"


def day_statement(tables: list[Table], day: str, window: DayWindow) -> str:
    """One statement: the rows of every source, what the lake must hold, and the moment, in one read view."""
    sources = sources_of(tables)
    rows = [tagged_rows(source["table"], source, window) for source in sources]
    return _union(rows + _measures(tables, sources, day, window))


def slice_statements(tables: list[Table], window: DayWindow, readers: int) -> list[str]:
    """One statement a reader, each with its share of every source. No snapshot holds them together."""
    sources = sources_of(tables)
    return [
        _union([_share(source, piece, index, readers) for source in sources])
        for index, piece in enumerate(slices_of(window, readers))
    ]


def measure_statement(tables: list[Table], day: str, window: DayWindow) -> str:
    """What the database holds at one later moment: readers' rows that equal it are a consistent snapshot."""
    return _union(_measures(tables, sources_of(tables), day, window))


def read_statement(spark: Any, statement: str, access: dict[str, Any]) -> Any:
    """The statement's `tag, line` rows as a DataFrame of one partition, streamed."""
    return (
        spark.read.format("jdbc")
        .option("url", jdbc_url(access))
        .option("driver", "com.mysql.cj.jdbc.Driver")
        .option("user", access["user"])
        .option("password", access["password"])
        .option("dbtable", statement)
        .option("sessionInitStatement", READING)
        .option("fetchsize", STREAM_ROWS)
        .load()
    )


def jdbc_url(access: dict[str, Any]) -> str:
    options = {
        "sslMode": "REQUIRED",
        "connectionTimeZone": "UTC",
        "characterEncoding": "UTF-8",
        "connectionCollation": "utf8mb4_unicode_520_ci",
        "sessionVariables": SESSION_VARIABLES,
        "connectTimeout": "10000",
        "tcpKeepAlive": "true",
    }
    if "trustStore" in access:
        options |= {
            "sslMode": "VERIFY_IDENTITY",
            "trustCertificateKeyStoreUrl": access["trustStore"],
            "trustCertificateKeyStoreType": "PKCS12",
            "trustCertificateKeyStorePassword": access["trustStorePassword"],
        }
    text = "&".join(f"{name}={_escaped(value)}" for name, value in options.items())
    return f"jdbc:mysql://{access['host']}:{access['port']}/{access['database']}?{text}"


def _measures(
    tables: list[Table], sources: list[Source], day: str, window: DayWindow
) -> list[str]:
    measures = [
        tagged_measure(MEASURE_TAG + table["contract"]["table"], table, sources, day, window)
        for table in tables
    ]
    moment = "SELECT CONVERT(CAST(UTC_TIMESTAMP(6) AS CHAR) USING utf8mb4) AS line"
    return [*measures, f"SELECT '{SNAPSHOT_TAG}' AS tag, n.line AS line FROM ({moment}) n WHERE {GUARD}"]


def _share(source: Source, piece: DayWindow, index: int, readers: int) -> str:
    if "window" in source:
        return tagged_rows(source["table"], source, piece)
    share = f"MOD(CRC32(s.{source['columns'][0]['name']}), {readers}) = {index}"
    return tagged_rows(source["table"], source, piece, share)


def _union(parts: list[str]) -> str:
    """`(…) p0 UNION ALL SELECT tag, line FROM (…) p1 …`: what stands behind Spark's `SELECT tag, line FROM`."""
    return " UNION ALL SELECT tag, line FROM ".join(f"({sql}) p{index}" for index, sql in enumerate(parts))


def _escaped(value: str) -> str:
    return quote(value, safe="")
