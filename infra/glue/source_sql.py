"""What the job asks the database, in MySQL's words: the same texts as src/etl/source-sql.ts makes.

test/spark compares the two, text for text.
"""

from typing import Any, Optional

from business_day import DayWindow
from contracts import Table
from sql_tokens import Token, match_brackets, tokens_of

FIELD_END = "|"
NULL_TEXT = "~N"
# What BIGINT UNSIGNED is in the lake.
UNSIGNED = "decimal(20,0)"
# In the order in which they are written; read back in the opposite order.
ESCAPES = [("7E", 0x7E, "~0"), ("0A", 0x0A, "~1"), ("0D", 0x0D, "~2"), ("7C", 0x7C, "~3"), ("00", 0x00, "~4")]
HASH_DIGITS = 15
# Holds on the connection that reads, and not on the one that only asks for columns; see extract.py.
GUARD = "@dp_read = 1"

Source = dict[str, Any]

_MYSQL_TYPES = {
    "bigint": "SIGNED",
    "int": "SIGNED",
    "smallint": "SIGNED",
    "tinyint": "SIGNED",
    "boolean": "SIGNED",
    "string": "CHAR",
    "timestamp": "DATETIME(6)",
}


def extract_sql(source: Source, window: DayWindow) -> str:
    """Each row of the source as one line of the landed file, made by the server."""
    return f"SELECT {_line(source)} FROM {_rows_of(source, window)}"


def measure_sql(table: Table, sources: list[Source], day: str, window: DayWindow) -> str:
    """Rows, checksum and sums that the lake must hold, by the database's own count."""
    views, values = _measured(table, sources, day, window)
    return f"WITH {', '.join(views)} SELECT {', '.join(values)} FROM measured"


def tagged_rows(tag: str, source: Source, window: DayWindow, only: Optional[str] = None) -> str:
    """The lines of extract_sql as `tag, line`. `only` narrows them to one reader's share."""
    rows = _rows_of(source, window)
    conditions = GUARD if only is None else f"{GUARD} AND {only}"
    joiner = "AND" if "window" in source else "WHERE"
    # One collation for all parts of a union, whatever the columns' own are.
    line = f"CONVERT({_line(source)} USING utf8mb4)"
    return f"SELECT '{tag}' AS tag, {line} AS line FROM {rows} {joiner} {conditions}"


def tagged_measure(tag: str, table: Table, sources: list[Source], day: str, window: DayWindow) -> str:
    """The values of measure_sql as one `tag, line`, fields between `|`."""
    views, values = _measured(table, sources, day, window)
    line = f"WITH {', '.join(views)} SELECT CONCAT_WS('|', {', '.join(values)}) AS line FROM measured"
    return f"SELECT '{tag}' AS tag, CONVERT(m.line USING utf8mb4) AS line FROM ({line}) m WHERE {GUARD}"


def sources_read(transform: str) -> set[str]:
    """The sources a transform reads, by its `src_…` names."""
    return {token.word[4:] for token in tokens_of(transform) if token.word.startswith("src_")}


def mysql_text(transform: str) -> str:
    """The portable transform in MySQL's words: types in CAST, truth, which is a number, and NULLS FIRST/LAST differ."""
    tokens = tokens_of(transform)
    types = _cast_types(tokens)
    truths = _truths(tokens, types)
    words = []
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        if index in types:
            words.append(_MYSQL_TYPES.get(token.word, token.text))
        elif index in truths:
            words.append(truths[index])
        elif token.word == "nulls" and following is not None and following.word in ("first", "last"):
            continue
        elif index > 0 and tokens[index - 1].word == "nulls":
            continue
        else:
            # MySQL takes `COUNT (` for a column unless the bracket follows at once.
            called = following is not None and following.word == "(" and token.kind == "word"
            words.append(token.text if called else f"{token.text} ")
    return "".join(words).strip()


def _line(source: Source) -> str:
    fields = ", ".join(_field(column["name"], column["type"]) for column in source["columns"])
    return f"CONCAT_WS('{FIELD_END}', {fields})"


def _field(name: str, type_: str) -> str:
    column = f"s.{name}"
    return f"IFNULL({_with_escapes(column) if type_ == 'string' else column}, '{NULL_TEXT}')"


def _with_escapes(column: str) -> str:
    for hex_, _, text in ESCAPES:
        column = f"REPLACE({column}, _utf8mb4 x'{hex_}', '{text}')"
    return column


def _measured(
    table: Table, sources: list[Source], day: str, window: DayWindow
) -> tuple[list[str], list[str]]:
    contract, transform = table["contract"], table["transform"]
    named = {token.word for token in tokens_of(transform)}
    views = [
        f"src_{source['table']} AS (SELECT {_columns(source)} FROM {_rows_of(source, window)})"
        for source in sources
        if f"src_{source['table']}" in named
    ]
    definitions, final = _flattened(transform)
    sums = [f"COALESCE(SUM({name}), 0)" for name in contract["sums"]]
    values = ["COUNT(*)", _checksum(contract["columns"]), *sums]
    return [_run_params(day, window), *views, *definitions, f"measured AS ({final})"], values


def _checksum(columns: list[dict[str, Any]]) -> str:
    text = f"CONCAT_WS('|', {', '.join(_checksum_text(column) for column in columns)})"
    return f"COALESCE(SUM(CAST(CONV(LEFT(SHA1({text}), {HASH_DIGITS}), 16, 10) AS UNSIGNED)), 0)"


def _checksum_text(column: dict[str, Any]) -> str:
    name = column["name"]
    text = f"REPLACE(REPLACE({name}, '~', '~0'), '|', '~3')" if column["type"] == "string" else name
    return f"IFNULL({text}, '~N')"


def _columns(source: Source) -> str:
    """Texts that are equal only when their characters are, and unsigned numbers without MySQL's own limits."""
    return ", ".join(_column(column["name"], column["type"]) for column in source["columns"])


def _column(name: str, type_: str) -> str:
    if type_ == "string":
        return f"CAST(s.{name} AS CHAR) AS {name}"
    return f"CAST(s.{name} AS DECIMAL(20,0)) AS {name}" if type_ == UNSIGNED else f"s.{name}"


def _rows_of(source: Source, window: DayWindow) -> str:
    table, limits = source["table"], source.get("window")
    if limits is None:
        return f"{table} s"
    column, join = limits["column"], limits.get("join")
    name = "s" if join is None else "w"
    inside = (
        f"{name}.{column} >= '{window.from_utc}' AND {name}.{column} < '{window.to_utc}'"
    )
    if join is None:
        return f"{table} s WHERE {inside}"
    return f"{table} s JOIN {limits['of']} w ON w.{join['references']} = s.{join['column']} WHERE {inside}"


def _run_params(day: str, window: DayWindow) -> str:
    return (
        f"run_params AS (SELECT CAST('{day}' AS DATE) AS dt, CAST('{window.from_utc}' AS DATETIME(6)) AS lo_utc, "
        f"CAST('{window.to_utc}' AS DATETIME(6)) AS hi_utc)"
    )


def _flattened(transform: str) -> tuple[list[str], str]:
    """The transform's own WITH beside the sources', since MariaDB shows no outer WITH to an inner one."""
    sql = mysql_text(transform)
    tokens = tokens_of(sql)
    if not tokens or tokens[0].word != "with":
        return [], sql
    depth = 0
    for token in tokens:
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth == 0 and token.word == "select":
            return [sql[len("with") : token.at]], sql[token.at :]
    return [], sql


def _cast_types(tokens: list[Token]) -> set[int]:
    partner = match_brackets(tokens)
    found = set()
    for index, token in enumerate(tokens[:-1]):
        if token.word == "cast" and tokens[index + 1].text == "(":
            opened, close = index + 1, partner[index + 1]
            last_as = [at for at in range(opened + 1, close) if tokens[at].word == "as"]
            if last_as:
                found.add(last_as[-1] + 1)
    return found


def _truths(tokens: list[Token], types: set[int]) -> dict[int, str]:
    """The brackets and the AS of each CAST to BOOLEAN, as what MySQL takes for it."""
    partner = match_brackets(tokens)
    opened = {close: index for index, close in enumerate(partner) if close > index}
    found = {}
    for at in types:
        if tokens[at].word == "boolean":
            found[opened[at + 1]] = "(("
            found[at - 1] = ") <> 0 AS "
    return found
