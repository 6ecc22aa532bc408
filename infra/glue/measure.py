"""Counts, sums and the checksum of rows, as docs/decisions/0003-checksum.md describes them."""

from typing import Any

from contracts import Contract, column_scale

# The 60 bits of a row's hash are summed in two halves: whole numbers stay fast, and no sum overflows.
LOW_BITS = 30


def measure_table(spark: Any, contract: Contract) -> dict[str, Any]:
    """Measures the rows shown under the table's own name."""
    text = f"concat_ws('|', {', '.join(_text(column) for column in contract['columns'])})"
    hashed = f"CAST(conv(left(sha1({text}), 15), 16, 10) AS BIGINT)"
    sums = ", ".join(["0 AS nothing", *[f"CAST({name} AS {_wide(contract, name)}) AS {name}" for name in contract["sums"]]])
    totals = "".join(f", CAST(coalesce(sum({name}), 0) AS STRING)" for name in contract["sums"])
    row = spark.sql(
        f"SELECT count(*), coalesce(sum(shiftright(h, {LOW_BITS})), 0), "
        f"coalesce(sum(h & {(1 << LOW_BITS) - 1}), 0){totals} "
        f"FROM (SELECT {hashed} AS h, {sums} FROM {contract['table']})"
    ).first()
    checksum = (int(row[1]) << LOW_BITS) + int(row[2])
    return measure_of(contract, [str(row[0]), str(checksum), *[str(value) for value in row[3:]]])


def measure_of(contract: Contract, texts: list[str]) -> dict[str, Any]:
    """A measured row of texts: rows, checksum, then the sums in the contract's order."""
    sums = {
        name: _with_scale(text, column_scale(contract, name))
        for name, text in zip(contract["sums"], texts[2:])
    }
    return {"rows": int(texts[0]), "checksum": texts[1], "sums": sums}


def differences(source: dict[str, Any], lake: dict[str, Any]) -> list[str]:
    """What differs between two measures, in words; empty when they are equal."""
    found = []
    if source["rows"] != lake["rows"]:
        found.append(f"{source['rows']} rows in the database, {lake['rows']} in the lake")
    for column, total in source["sums"].items():
        if total != lake["sums"].get(column):
            other = lake["sums"].get(column, "missing")
            found.append(f"sum of {column} is {total} in the database, {other} in the lake")
    if not found and source["checksum"] != lake["checksum"]:
        found.append("the same number of rows and equal sums, but other values (the checksums differ)")
    return found


def _wide(contract: Contract, name: str) -> str:
    return f"DECIMAL(38,{column_scale(contract, name)})"


def _text(column: dict[str, Any]) -> str:
    name, type_ = column["name"], column["type"]
    if type_ == "string":
        text = f"replace(replace({name}, '~', '~0'), '|', '~3')"
    elif type_ == "timestamp":
        text = f"date_format({name}, 'yyyy-MM-dd HH:mm:ss.SSSSSS')"
    elif type_ == "boolean":
        text = f"CAST(CAST({name} AS INT) AS STRING)"
    else:
        text = f"CAST({name} AS STRING)"
    return f"coalesce({text}, '~N')"


def _with_scale(text: str, scale: int) -> str:
    """`0` and `0.00` are the same sum: the side that had no rows writes it short."""
    whole, _, fraction = text.partition(".")
    return whole if scale == 0 else f"{whole}.{fraction.ljust(scale, '0')}"
