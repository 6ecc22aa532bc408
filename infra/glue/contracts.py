"""Reads the tables of the lake: the same files, byte for byte, that DuckDB runs."""

import hashlib
import json
from typing import Any, Callable

Contract = dict[str, Any]
Table = dict[str, Any]


def read_tables(names: list[str], read: Callable[[str], str]) -> list[Table]:
    """`names` are the files below the definitions, `read` gives a file's text.

    A table is {contract, transform, checks}; tables with a source come first, days before snapshots.
    """
    folders = sorted(
        {name.split("/")[0] for name in names if name.endswith("/contract.json") and name.count("/") == 1}
    )
    tables = [read_table(folder, read) for folder in folders]
    return sorted(tables, key=lambda table: (_order(table["contract"]), table["contract"]["table"]))


def read_table(folder: str, read: Callable[[str], str]) -> Table:
    contract = json.loads(read(f"{folder}/contract.json"))
    checks = [
        {**check, "sql": read(f"{folder}/checks/{check['name']}.sql")} for check in contract["checks"]
    ]
    return {"contract": contract, "transform": read(f"{folder}/transform.sql"), "checks": checks}


def sources_of(tables: list[Table]) -> list[dict[str, Any]]:
    return [table["contract"]["source"] for table in tables if "source" in table["contract"]]


def definition_hash(table: Table) -> str:
    """SHA-256 of the table as JSON, as dp writes it: tells by which rules a partition was made."""
    text = json.dumps(table, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def spark_type(hive_type: str) -> str:
    """Hive's word in Spark's: a timestamp has no zone, everywhere in the lake."""
    return "timestamp_ntz" if hive_type == "timestamp" else hive_type


def column_scale(contract: Contract, name: str) -> int:
    """The digits after the point that a sum of the column is written with."""
    found = next((column["type"] for column in contract["columns"] if column["name"] == name), "")
    return int(found[:-1].split(",")[1]) if found.startswith("decimal") else 0


def _order(contract: Contract) -> int:
    if "source" not in contract:
        return 2
    return 0 if contract["load"] == "day" else 1
