"""What differs between two versions of a segment, as text."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from lifecycle_fsm.definition.diff import Change, Edit, Part, PartDiff
from lifecycle_fsm.services.planning.content import Meaning, SegmentPlan, Sense

LONGEST = 110
"""Longer texts of a part are cut; the JSON form has them whole."""

_SIGNS = {Change.ADDED: "+", Change.REMOVED: "-", Change.CHANGED: "~"}
_WORDS = {Part.CTA_RULE: "ctas", Part.SCORED_MEASURE: "scorecard", Part.CATALOG: "catalog"}
_PLACES = {Part.MILESTONE: "milestones", Part.ALERT: "alerts", Part.CTA_RULE: "ctas"}
_SENSES = {
    Sense.SAME: "means the same",
    Sense.TIGHTER: "tighter: true for fewer accounts",
    Sense.LOOSER: "looser: true for more accounts",
    Sense.DIFFERENT: "different: true for some more accounts and for some fewer",
    Sense.NOT_DECIDED: "whether it means something else was not decided",
}


def changes_text(segment: SegmentPlan) -> Iterator[str]:
    """Each part that differs, its values, and what that means; parts that change alike share their lines."""
    meanings = {meaning.key: meaning for meaning in segment.meanings}
    for parts in _alike(segment.parts):
        first = parts[0]
        yield f"{_SIGNS[first.change]} {_WORDS.get(first.part, first.part.value)} {_keys(parts)}"
        yield from (f"    {line}" for edit in first.edits for line in _edit(edit))
        yield from (f"    {line}" for line in _meaning(first, meanings))


def _alike(parts: tuple[PartDiff, ...]) -> Iterator[list[PartDiff]]:
    groups: dict[object, list[PartDiff]] = defaultdict(list)
    for each in parts:
        name = each.key.rpartition(".")[2] if each.part is Part.TRANSITION else each.key
        groups[each.part, name, each.change, each.edits].append(each)
    yield from groups.values()


def _keys(parts: list[PartDiff]) -> str:
    if len(parts) == 1:
        return parts[0].key
    stages = ", ".join(each.key.rpartition(".")[0] for each in parts)
    return f"{parts[0].key.rpartition('.')[2]} out of {stages}"


def _edit(edit: Edit) -> Iterator[str]:
    match edit:
        case Edit("", None, after):
            yield _cut(after or "")
        case Edit("", before, None):
            yield _cut(before or "")
        case Edit(path, before, after):
            yield f"{path}: {_cut(before or 'nothing')} → {_cut(after or 'nothing')}"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _meaning(part: PartDiff, meanings: Mapping[str, Meaning]) -> Iterator[str]:
    if part.part not in (Part.SEGMENT, Part.TRANSITION, Part.MILESTONE, Part.ALERT, Part.CTA_RULE):
        return
    key = f"{_PLACES[part.part]}.{part.key}" if part.part in _PLACES else part.key
    for name, prefix in ((key, ""), (f"{key}.clear_when", "clearing is ")):
        meaning = meanings.get(name)
        if meaning is not None:
            yield f"{prefix}{_SENSES[meaning.sense]}"
            yield from (f"  {line}" for line in _examples(meaning))


def _examples(meaning: Meaning) -> Iterator[str]:
    examples = (
        ("gained", meaning.gained),
        ("lost", meaning.lost),
        ("gained, where the answer was unknown", meaning.gained_from_unknown),
        ("lost, since the answer is then unknown", meaning.lost_to_unknown),
    )
    for word, row in examples:
        if row is not None:
            yield f"{word}: {', '.join(f'{key} = {value}' for key, value in row.items())}"
