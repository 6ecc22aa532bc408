"""Splits portable SQL into its tokens, as src/lake/tokens.ts does."""

import re
from dataclasses import dataclass

_PIECES = re.compile(
    r"(?P<blank>\s+|--[^\n]*|/\*.*?\*/)"
    r"|(?P<string>'(?:[^']|'')*')"
    r'|(?P<quoted>"(?:[^"]|"")*"|`[^`]*`)'
    r"|(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<word>[^\W\d][\w$]*)"
    r"|(?P<operator><=>|<>|!=|<=|>=|\|\||::|.)",
    re.DOTALL,
)


@dataclass(frozen=True)
class Token:
    """`word` is lower-case for names and keywords, else the text. `at` is where it starts."""

    kind: str
    text: str
    word: str
    at: int


def tokens_of(sql: str) -> list[Token]:
    found = []
    for match in _PIECES.finditer(sql):
        kind, text = match.lastgroup or "operator", match.group()
        if kind != "blank":
            found.append(Token(kind, text, text.lower() if kind == "word" else text, match.start()))
    return found


def match_brackets(tokens: list[Token]) -> list[int]:
    """For each bracket the index of its partner; -1 elsewhere."""
    partner = [-1] * len(tokens)
    opened: list[int] = []
    for index, token in enumerate(tokens):
        if token.text == "(":
            opened.append(index)
        elif token.text == ")" and opened:
            start = opened.pop()
            partner[start], partner[index] = index, start
    return partner
