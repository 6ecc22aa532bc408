"""Writes a table's rows as Parquet or CSV and reads them again. CSV is the one DuckDB writes: texts always
quoted, quotes doubled, NULL an empty field, a header in each file."""

from typing import Any

from contracts import Contract, spark_type
from failures import wrong_schema

# However narrow the rows, no Parquet file grows past this.
ROWS_PER_FILE_MAX = 20_000_000
# The bits of monotonically_increasing_id that count rows within a partition.
ROW_OF_PARTITION = (1 << 33) - 1
CSV_READING = {
    "header": "true",
    "multiLine": "true",
    "quote": '"',
    "escape": '"',
    # Else it is the character 0, which texts may hold; this one is no character at all.
    "charToEscapeQuoteEscaping": "\uffff",
    "ignoreLeadingWhiteSpace": "false",
    "ignoreTrailingWhiteSpace": "false",
    "enforceSchema": "false",
    "mode": "FAILFAST",
    # What an empty field is read as; an empty text is quoted, and read as itself.
    "nullValue": "\u0001NULL\u0001",
    "emptyValue": "",
}


def write_parquet(rows: Any, contract: Contract, prefix: str, files: Any) -> None:
    rows.write.mode("errorifexists").option("maxRecordsPerFile", ROWS_PER_FILE_MAX).parquet(files.uri(prefix))


def write_csv(rows: Any, contract: Contract, prefix: str, files: Any) -> None:
    """Lines made by SQL: Spark's own CSV writer leaves a lone carriage return without quotes."""
    header = ",".join(_quoted_name(column) for column in contract["columns"])
    fields = ", ".join(_csv_field(column) for column in contract["columns"])
    first = f"(monotonically_increasing_id() & {ROW_OF_PARTITION}) = 0"
    lines = rows.selectExpr(f"concat_ws(',', {fields}) AS line", f"{first} AS is_first").selectExpr(
        f"CASE WHEN is_first THEN concat('{header}', chr(10), line) ELSE line END AS value"
    )
    lines.write.mode("errorifexists").option("lineSep", "\n").text(files.uri(prefix))
    # Spark names its text files .txt; nobody reads below this prefix yet.
    written = files.list_below(prefix)
    for index, file in enumerate(file for file in written if file["bytes"] > 0):
        files.rename(file["key"], f"{prefix}part-{index:05d}.csv")
    files.delete([file["key"] for file in written if file["bytes"] == 0])
    if all(file["bytes"] == 0 for file in written):
        files.write(f"{prefix}part-00000.csv", f"{header}\n".encode())


WRITERS = {"parquet": write_parquet, "csv": write_csv}


def show_table(contract: Contract, uri: str, spark: Any) -> dict[str, int]:
    """Shows written files under the table's name, and makes sure they have the contract's columns.

    Gives the rows of each file by its name.
    """
    columns = contract["columns"]
    wanted = [(column["name"], spark_type(column["type"])) for column in columns]
    if contract["format"] == "parquet":
        raw = rows = spark.read.parquet(uri)
    else:
        texts = ", ".join(f"{column['name']} STRING" for column in columns)
        raw = spark.read.options(**CSV_READING).schema(texts).csv(uri)
        rows = raw.selectExpr(*[f"CAST({name} AS {type_}) AS {name}" for name, type_ in wanted])
    if rows.dtypes != wanted:
        raise wrong_schema(contract["table"], _columns(rows.dtypes), _columns(wanted))
    rows.createOrReplaceTempView(contract["table"])
    counted = raw.groupBy("_metadata.file_name").count().collect()
    return {row["file_name"]: row["count"] for row in counted}


def _columns(pairs: list[tuple[str, str]]) -> str:
    return ", ".join(f"{name} {type_}" for name, type_ in pairs)


def _csv_field(column: dict[str, Any]) -> str:
    name = column["name"]
    if column["type"] == "string":
        return f"""coalesce(concat('"', replace({name}, '"', '""'), '"'), '')"""
    return f"coalesce(CAST({name} AS STRING), '')"


def _quoted_name(column: dict[str, Any]) -> str:
    return f'"{column["name"]}"' if column["type"] == "string" else column["name"]
