"""What differs between two versions of a segment's rules, part by part, found by stable keys."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from lifecycle_fsm.definition.document import Document
from lifecycle_fsm.definition.render import document
from lifecycle_fsm.definition.scorecards import RULE_KEYS
from lifecycle_fsm.engine.machine import Machine

SECTIONS = ("reasons", "measures", "facts", "milestones", "plans", "playbooks", "templates", "calendars")
"""The sections of the catalog, in the order in which they are compared."""


class Change(StrEnum):
    """What became of a part."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class Part(StrEnum):
    """What kind of part it is."""

    SEGMENT = "segment"
    STAGE = "stage"
    TRANSITION = "transition"
    MILESTONE = "milestone"
    ALERT = "alert"
    CTA_RULE = "cta_rule"
    SCORED_MEASURE = "scored_measure"
    CATALOG = "catalog"


@dataclass(frozen=True, slots=True)
class Edit:
    """
    One value that differs, in the words of the language.

    `path` names it inside its part, such as `when.all.0.at_least`; empty for the part
    itself. `before` is None for what was added, `after` for what was removed.
    """

    path: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class PartDiff:
    """
    One part that was added, removed or changed.

    `key` is stable: a stage's, an alert's, a measure's or a CTA template's own, `stage.transition` for a
    transition, `section.entry` for the catalog, the segment's name for its title, rule,
    rank, initial stage, time zone, arrivals, and the order of its stages.
    """

    part: Part
    key: str
    change: Change
    edits: tuple[Edit, ...]


Parts = dict[tuple[Part, str], Document]
"""The parts of a machine by kind and key, in the order of the text."""


def diff(before: Machine | None, after: Machine | None) -> tuple[PartDiff, ...]:
    """
    Compare two versions; None stands for a segment that is not there.

    Parts come in the order of `Part`, those of the later version first in each kind.
    Equal machines give an empty result.
    """
    old, new = _parts(before), _parts(after)
    found = (_compare(part, key, old.get((part, key)), new.get((part, key))) for part, key in {**new, **old})
    return tuple(sorted((each for each in found if each is not None), key=lambda each: list(Part).index(each.part)))


def _compare(part: Part, key: str, before: Document | None, after: Document | None) -> PartDiff | None:
    if before == after:
        return None
    if before is None:
        return PartDiff(part, key, Change.ADDED, (Edit("", None, written(after)),))
    if after is None:
        return PartDiff(part, key, Change.REMOVED, (Edit("", written(before), None),))
    return PartDiff(part, key, Change.CHANGED, tuple(_edits("", before, after)))


def _edits(path: str, before: Document | None, after: Document | None) -> Iterator[Edit]:
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in {**before, **after}:
            yield from _edits(_below(path, key), before.get(key), after.get(key))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, pair in enumerate(zip(before, after, strict=True)):
            yield from _edits(_below(path, str(index)), *pair)
    else:
        yield Edit(path, *(None if each is None else written(each) for each in (before, after)))


def _below(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def written(value: Document | None) -> str:
    """A value on one line, in the flow style of YAML."""
    match value:
        case None:
            return ""
        case str():
            return value
        case list():
            return f"[{', '.join(written(item) for item in value)}]"
        case dict():
            return f"{{{', '.join(f'{key}: {written(item)}' for key, item in value.items())}}}"


def _parts(machine: Machine | None) -> Parts:
    if machine is None:
        return {}
    whole = document(machine)
    segment, catalog = _table(whole["segment"]), _table(whole["catalog"])
    return {
        (Part.SEGMENT, machine.segment): _frame(segment, whole["order"]),
        **_stages(segment),
        **{(Part.MILESTONE, key): dated for key, dated in _table(segment.get("milestones")).items()},
        **{(Part.ALERT, key): alert for key, alert in _table(segment.get("alerts")).items()},
        **{(Part.CTA_RULE, key): rule for key, rule in _table(segment.get("ctas")).items()},
        **_scored(_table(segment.get("scorecard"))),
        **_entries(catalog),
    }


def _frame(segment: Mapping[str, Document], order: Document) -> Document:
    """What is said about the segment as a whole."""
    own = ("title", "rank", "applies_to", "initial", "calendar", "time_zone", "arrivals")
    frame = {key: segment[key] for key in own if key in segment}
    scorecard = _table(segment.get("scorecard"))
    rules = {key: scorecard[key] for key in RULE_KEYS if key in scorecard}
    return {**frame, **rules, "order": _table(order)["stages"]}


def _stages(segment: Mapping[str, Document]) -> Parts:
    parts: Parts = {}
    for key, stage in _table(segment["stages"]).items():
        rest = dict(_table(stage))
        transitions = rest.pop("transitions", [])
        parts[Part.STAGE, key] = rest
        for transition in transitions if isinstance(transitions, list) else []:
            table = _table(transition)
            parts[Part.TRANSITION, f"{key}.{table['key']}"] = table
    return parts


def _scored(scorecard: Mapping[str, Document]) -> Parts:
    base = {(Part.SCORED_MEASURE, key): scored for key, scored in _table(scorecard.get("measures")).items()}
    for stage, measures in _table(scorecard.get("stages")).items():
        base |= {(Part.SCORED_MEASURE, f"{stage}.{key}"): scored for key, scored in _table(measures).items()}
    return base


def _entries(catalog: Mapping[str, Document]) -> Parts:
    return {
        (Part.CATALOG, f"{section}.{key}"): entry
        for section in SECTIONS
        for key, entry in _table(catalog.get(section)).items()
    }


def _table(value: Document | None) -> dict[str, Document]:
    return value if isinstance(value, dict) else {}
