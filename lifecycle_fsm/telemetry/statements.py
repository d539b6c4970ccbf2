"""SQL as traces show it: without values, in few words, and the tables that it is about."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from lifecycle_fsm.telemetry.traces import NOTHING, Attributes, Inside, Kind, Nothing, Span, here

LONGEST = 2_000
"""Characters of a statement that are shown."""

_MOST_TABLES = 3
_TEXTS = re.compile(r"'(?:[^']|'')*'")
_NUMBERS = re.compile(r"(?<![\w$.:%?\"])\d+(?:\.\d+)?(?![\w.\"])")
_BOUND = r"(?:\?|\$\d+|%s|%\(\w+\)s|:\w+)(?:::[\w\[\] ]+)?"
_LISTS = re.compile(rf"\(\s*{_BOUND}(?:\s*,\s*{_BOUND})+\s*\)")
_ROWS = re.compile(r"\(\?\)(?:\s*,\s*\(\?\))+")
_FIRST = re.compile(r"\s*(\w+)")
_VERB = re.compile(r"\b(INSERT|UPDATE|DELETE|MERGE)\b", re.IGNORECASE)
_TABLE = re.compile(r'\b(?:FROM|JOIN|INTO|UPDATE|COPY)\s+(?:ONLY\s+)?"?([a-z_][\w.]*)', re.IGNORECASE)
_NAMED = re.compile(r'"?(\w+)"?(?:\s*\([^()]*\))?\s+AS\s+(?:NOT\s+)?(?:MATERIALIZED\s*)?\(', re.IGNORECASE)
_NO_TABLES = frozenset({"select", "lateral", "unnest", "set", "stdin", "values", "json_each", "generate_series"})


@dataclass(frozen=True, slots=True)
class Described:
    """A statement: its span's name, and its attributes."""

    name: str
    attributes: Mapping[str, object]


@lru_cache(maxsize=2_048)
def described(text: str) -> Described:
    """
    Describe a statement.

    Its name is what it does and up to three tables, as in `SELECT account_state cta`.
    Source: OpenTelemetry semantic conventions for database spans.
    """
    plain = normal(text)
    operation, tables = _operation(plain), _tables(plain)
    name = " ".join((operation, *tables[:_MOST_TABLES]))
    return Described(
        name,
        {
            "db.operation.name": operation,
            "db.collection.name": tables[0] if len(tables) == 1 else None,
            "db.query.summary": name,
            "db.query.text": plain if len(plain) <= LONGEST else f"{plain[: LONGEST - 1]}…",
        },
    )


def normal(text: str) -> str:
    """A statement without values: each is `?`, lists of them are one, spaces too."""
    plain = _NUMBERS.sub("?", _TEXTS.sub("?", " ".join(text.split())))
    return _ROWS.sub("(?)", _LISTS.sub("(?)", plain))


def within_statement(text: str, place: Attributes, size: int = 1) -> Inside | Nothing:
    """A span around a statement at a place; `size` is how often it is executed at once."""
    above = here()
    return NOTHING if above is None else Inside(begin_statement(above, text, place, size))


def begin_statement(above: Span, text: str, place: Attributes, size: int) -> Span:
    """The span of a statement as a part of another one."""
    found = described(text)
    batch = {"db.operation.batch.size": size} if size > 1 else {}
    return above.child(found.name, {**place, **found.attributes, **batch}, Kind.CLIENT)


def _operation(text: str) -> str:
    first = _FIRST.match(text)
    word = "" if first is None else first[1].upper()
    if word == "WITH":
        verb = _VERB.search(text)
        return "SELECT" if verb is None else verb[1].upper()
    return word or "STATEMENT"


def _tables(text: str) -> list[str]:
    own = {name.lower() for name in _NAMED.findall(text)} | _NO_TABLES
    return list(dict.fromkeys(name.lower() for name in _TABLE.findall(text) if name.lower() not in own))
