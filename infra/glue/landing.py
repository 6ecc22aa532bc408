"""Reads what has landed back as typed rows: `src_<table>`."""

from typing import Any

from contracts import spark_type
from source_sql import ESCAPES, FIELD_END, NULL_TEXT, Source


def show_landed(spark: Any, source: Source, folder: str, exists: bool) -> None:
    """Shows a source's landed lines under `src_<table>`, with the contract's types. No folder means no rows."""
    names = [column["name"] for column in source["columns"]]
    if exists:
        lines = spark.read.option("lineSep", "\n").text(folder)
        rows = lines.selectExpr(f"split(value, '[{FIELD_END}]', -1) AS f").selectExpr(
            *[f"{_typed(index, column)} AS {column['name']}" for index, column in enumerate(source["columns"])]
        )
    else:
        types = ", ".join(f"{column['name']} {reckoned_type(column['type'])}" for column in source["columns"])
        rows = spark.createDataFrame([], types).select(*names)
    rows.createOrReplaceTempView(f"src_{source['table']}")


def reckoned_type(type_: str) -> str:
    """Whole numbers of every width are reckoned with as BIGINT, as MySQL does; the output's CAST narrows them."""
    return "bigint" if type_ in ("tinyint", "smallint", "int") else spark_type(type_)


def _typed(index: int, column: dict[str, str]) -> str:
    text = f"nullif(f[{index}], '{NULL_TEXT}')"
    if column["type"] == "string":
        return _unescaped(text)
    return f"CAST({text} AS {reckoned_type(column['type'])})"


def _unescaped(text: str) -> str:
    for _, code, written in reversed(ESCAPES):
        text = f"replace({text}, '{written}', chr({code}))"
    return text
