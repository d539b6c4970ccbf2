"""History written as JSON by PostgreSQL itself, so that no row of it becomes an object here."""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple


class Word(NamedTuple):
    """A key of a JSON object and what stands under it: a word of `LOG_WORDS`, or `=Text` for a fixed text."""

    key: str
    word: str
    below: tuple["Word", ...] = ()


Shape = tuple[Word, ...]
"""The keys of each JSON object, in order; keys are names of GraphQL, which need no escape."""

EFFECTS = "effects"

_TEXT = "coalesce(to_json({0})::text, 'null')"
_UPPER = "'\"' || upper({0}) || '\"'"
_NUMBER = "{0}::text"
_BYTES = "'\"' || encode({0}, 'hex') || '\"'"
# Milliseconds as ISO 8601 in UTC, with a fraction only where there is one.
_SECONDS = "rtrim(to_json(to_timestamp({0} / 1000) AT TIME ZONE 'UTC')::text, '\"') || 'Z\"'"
_FRACTION = 'to_char(to_timestamp({0} / 1000.0) AT TIME ZONE \'UTC\', \'"\\""YYYY-MM-DD"T"HH24:MI:SS.MS"Z\\""\')'
_INSTANT = f"CASE WHEN {{0}} % 1000 = 0 THEN {_SECONDS} ELSE {_FRACTION} END"

LOG_WORDS: Mapping[str, str] = {
    "seq": _NUMBER.format("l.seq"),
    "kind": _UPPER.format("l.kind"),
    "cause": _UPPER.format("l.cause"),
    **{
        name: _TEXT.format(f"l.{name}")
        for name in (
            "from_stage",
            "to_stage",
            "transition",
            "trigger",
            "subject",
            "actor",
            "on_behalf_of",
            "machine",
            "evaluator",
            "command_id",
        )
    },
    "effective_at": _INSTANT.format("l.effective_at"),
    "recorded_at": _INSTANT.format("l.recorded_at"),
    "prev_hash": _BYTES.format("l.prev_hash"),
    "hash": _BYTES.format("l.hash"),
}
"""What may stand in an object of a history row, as expressions over `transition_log l`."""

EFFECT_WORDS: Mapping[str, str] = {
    "did": _UPPER.format("e.note ->> 'did'"),
    **{
        name: _TEXT.format(f"e.note ->> '{name}'")
        for name in ("template", "milestone", "plan", "field", "channel", "message")
    },
}
"""What may stand in an object of an effect, as expressions over a note `e.note`."""


@lru_cache(maxsize=256)
def newest_as_json(shape: Shape, count: str) -> str:
    """
    The expression of the newest rows of the account `s`, newest first, as the inside of a JSON list.

    `count` is the expression of how many.
    """
    return (
        f"coalesce((SELECT string_agg({_object(shape)}, ',' ORDER BY l.seq DESC) FROM transition_log l "  # noqa: S608 - our own words
        f"WHERE l.account_id = s.account_id AND l.seq > s.state_version - {count}), '')"
    )


def _object(shape: Shape) -> str:
    parts: list[str] = []
    for place, each in enumerate(shape):
        parts.append(f"'{'{' if place == 0 else ','}\"{each.key}\":'")
        parts.append(_value(each))
    return " || ".join([*parts, "'}'"])


def _value(word: Word) -> str:
    if word.word == EFFECTS:
        return _effects(word.below)
    if word.word.startswith("="):
        return f"'\"{word.word[1:]}\"'"
    return f"({LOG_WORDS.get(word.word) or EFFECT_WORDS[word.word]})"


def _effects(shape: Shape) -> str:
    return (
        f"'[' || coalesce((SELECT string_agg({_object(shape)}, ',' ORDER BY e.place) "  # noqa: S608 - our own words
        "FROM jsonb_array_elements(l.effects::jsonb) WITH ORDINALITY AS e (note, place)), '') || ']'"
    )
