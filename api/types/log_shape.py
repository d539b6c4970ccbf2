"""Pages of history that the database writes as JSON: which selections it can, and how they are told to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from api.asked import Asked
from api.types.enums import EffectKind
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.services.account_lines import Shape, Word

_RECORD: Mapping[str, str] = {
    "seq": "seq",
    "kind": "kind",
    "fromStageKey": "from_stage",
    "toStageKey": "to_stage",
    "transition": "transition",
    "trigger": "trigger",
    "subject": "subject",
    "cause": "cause",
    "actor": "actor",
    "onBehalfOf": "on_behalf_of",
    "effectiveAt": "effective_at",
    "recordedAt": "recorded_at",
    "machineDigest": "machine",
    "commandId": "command_id",
    "evaluator": "evaluator",
    "prevHash": "prev_hash",
    "hash": "hash",
}
_EFFECT: Mapping[str, str] = {
    "kind": "did",
    "template": "template",
    "milestone": "milestone",
    "plan": "plan",
    "field": "field",
    "channel": "channel",
    "message": "message",
}


def _is_upper(*enums: type[Enum]) -> bool:
    """Whether GraphQL's names are the stored words in capitals, as the database writes them."""
    return all(each.name == str(each.value).upper() for enum in enums for each in enum)


_WRITABLE = _is_upper(RecordKind, Cause, EffectKind)


@dataclass(frozen=True, slots=True)
class LogPage:
    """A field `history` that the database can write: the shape of its nodes, and what stands around them."""

    shape: Shape
    parts: tuple[Asked, ...]

    def text(self, nodes: str, revision: int, size: int) -> str:
        """The connection as JSON; history is numbered without gaps, so that the revision says how long it is."""
        more = "true" if revision > size else "false"
        return f"{{{','.join([_part(each, nodes, more) for each in self.parts])}}}"


def log_page(asked: tuple[Asked, ...]) -> LogPage | None:
    """The newest page of which this is asked; None where rows as such do not answer it."""
    if not _WRITABLE or not all(map(_is_part, asked)):
        return None
    nodes = [each for each in asked if each.name == "nodes"]
    if len(nodes) != 1:
        return None
    shape = _shape(nodes[0].below, _RECORD)
    return None if shape is None else LogPage(shape, asked)


def _is_part(asked: Asked) -> bool:
    if asked.name == "pageInfo":
        return all(each.name in {"hasNextPage", "hasPreviousPage", "__typename"} for each in asked.below)
    return asked.name in {"nodes", "__typename"}


def _part(asked: Asked, nodes: str, more: str) -> str:
    if asked.name == "__typename":
        return f'"{asked.key}":"{asked.type_name}"'
    if asked.name == "nodes":
        return f'"{asked.key}":[{nodes}]'
    values = {"hasNextPage": more, "hasPreviousPage": "false", "__typename": '"PageInfo"'}
    inside = ",".join([f'"{each.key}":{values[each.name]}' for each in asked.below])
    return f'"{asked.key}":{{{inside}}}'


def _shape(fields: Sequence[Asked], words: Mapping[str, str]) -> Shape | None:
    found = [_word(each, words) for each in fields]
    return tuple(each for each in found if each is not None) if all(found) else None


def _word(asked: Asked, words: Mapping[str, str]) -> Word | None:
    if asked.name == "__typename":
        return Word(asked.key, f"={asked.type_name}")
    if asked.name == "effects" and words is _RECORD:
        below = _shape(asked.below, _EFFECT)
        return None if below is None else Word(asked.key, "effects", below)
    word = words.get(asked.name)
    return None if word is None else Word(asked.key, word)
