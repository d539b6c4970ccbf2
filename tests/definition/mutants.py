"""Definitions with one random change each: a part deleted, renamed, replaced, or put in another's place."""

from copy import deepcopy
from random import Random

from lifecycle_fsm.definition.document import Document

_TEXTS: list[Document] = ["", "x", "60", "-1", "1.5", "14d", "true", "high", "at_risk"]
_COLLECTIONS: list[Document] = [[], ["x"], ["1", "2"], {}, {"x": "y"}, {"at_least": "1"}]
_WORDS = ("title", "when", "at_least", "is", "in", "fact", "measure", "for", "priority", "open_cta", "key", "to", "xyz")

Place = tuple[Document, str | int]
"""A table or list, and a key or index of it."""


def mutant(original: Document, random: Random) -> Document:
    """The document with one change; the original stays as it is."""
    changed = deepcopy(original)
    places = list(_places(changed))
    inside, at = random.choice(places)
    change = random.choice(("delete", "rename", "replace", "replace", "move"))
    if change == "replace" or (change == "rename" and isinstance(inside, list)):
        _put(inside, at, deepcopy(random.choice(_TEXTS + _COLLECTIONS)))
    elif change == "move":
        elsewhere, there = random.choice(places)
        _put(inside, at, deepcopy(_get(elsewhere, there)))
    else:
        _delete_or_rename(inside, at, random.choice(_WORDS) if change == "rename" else None)
    return changed


def _places(document: Document) -> list[Place]:
    if isinstance(document, str):
        return []
    keys: list[str | int] = list(document) if isinstance(document, dict) else list(range(len(document)))
    below = [place for key in keys for place in _places(_get(document, key))]
    return [*((document, key) for key in keys), *below]


def _get(inside: Document, at: str | int) -> Document:
    return inside[at]  # type: ignore[index] # a place is a collection and what it has


def _put(inside: Document, at: str | int, value: Document) -> None:
    inside[at] = value  # type: ignore[index] # a place is a collection and what it has


def _delete_or_rename(inside: Document, at: str | int, name: str | None) -> None:
    value = inside.pop(at)  # type: ignore[union-attr, arg-type] # a place is a collection and what it has
    if name is not None and isinstance(inside, dict):
        inside[name] = value
