"""Compares the database's columns with what the contracts read, before anything is written."""

import re
from typing import Any, Optional

from extract import jdbc_url
from source_sql import Source

COLUMNS = (
    "(SELECT CAST(table_name AS CHAR) AS t, CAST(column_name AS CHAR) AS c, CAST(column_type AS CHAR) AS k "
    "FROM information_schema.columns WHERE table_schema = DATABASE()) found"
)


def find_drift(sources: list[Source], spark: Any, access: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Sentences: what is broken, so that nothing can be loaded, and what nobody asked for and is left out."""
    reader = spark.read.format("jdbc").option("url", jdbc_url(access)).option("dbtable", COLUMNS)
    rows = reader.option("user", access["user"]).option("password", access["password"]).load().collect()
    actual: dict[str, dict[str, str]] = {}
    for table, column, kind in rows:
        actual.setdefault(table, {})[column] = kind.lower()
    broken, extra = [], []
    for source in sources:
        columns = actual.get(source["table"])
        broken += broken_columns(source, columns)
        extra += extra_columns(source, columns or {})
    return broken, extra


def broken_columns(source: Source, actual: Optional[dict[str, str]]) -> list[str]:
    table = source["table"]
    if actual is None:
        return [f"The table {table} is missing."]
    broken = []
    for column in source["columns"]:
        name, wanted = column["name"], column["type"]
        if name not in actual:
            broken.append(f"The column {table}.{name} ({wanted}) is missing.")
        elif hive_type(actual[name]) != wanted:
            broken.append(f"The column {table}.{name} is {actual[name]}, and the contract reads {wanted}.")
    return broken


def extra_columns(source: Source, actual: dict[str, str]) -> list[str]:
    known = {column["name"] for column in source["columns"]}
    return [
        f"The column {source['table']}.{name} ({kind}) is in no contract and is left out."
        for name, kind in actual.items()
        if name not in known
    ]


def hive_type(server: str) -> str:
    """The type that a landed column of the server's type has; the server's words for kinds that are not loaded."""
    unsigned = "unsigned" in server
    kind = re.match(r"[a-z]*", server).group()  # type: ignore[union-attr]
    if re.search(r"^(var)?char$|text$|^enum$|^set$|^json$", kind):
        return "string"
    if kind in ("datetime", "timestamp"):
        return "timestamp"
    if kind == "bigint":
        return "decimal(20,0)" if unsigned else "bigint"
    if kind in ("int", "mediumint"):
        return "bigint" if unsigned else "int"
    if kind in ("smallint", "tinyint"):
        return "int" if unsigned else kind
    if kind == "decimal":
        found = re.match(r"decimal\(\d+,\d+\)", server)
        return found.group() if found else server
    return "date" if kind == "date" else server
