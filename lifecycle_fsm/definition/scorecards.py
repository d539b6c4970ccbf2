"""The scorecard of a segment: a shared one refined, or its own, with the stages that weigh differently."""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from itertools import pairwise

from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.diagnostics import Findings
from lifecycle_fsm.definition.nodes import Node, TableNode, TextNode
from lifecycle_fsm.definition.scales import number_scale
from lifecycle_fsm.definition.scope import Scope
from lifecycle_fsm.definition.tables import Table, named_entries, read_table
from lifecycle_fsm.definition.values import read_number
from lifecycle_fsm.domain.catalog import MeasureSpec, MeasureType
from lifecycle_fsm.domain.scorecard import (
    BEST,
    HEALTHY_FROM,
    NEUTRAL_FROM,
    WORST,
    Grade,
    Missing,
    RollUp,
    Scheme,
    Scorecard,
    ScoredMeasure,
    ScoreGroup,
)

RULE_KEYS = ("roll_up", "groups", "missing", "scheme", "grades")
KEYS = ("uses", *RULE_KEYS, "measures", "stages")
SHARED_KEYS = (*RULE_KEYS, "measures")
MEASURE_KEYS = ("weight", "healthy", "neutral")
GROUP_KEYS = ("group", "weight", "roll_up")
GRADE_KEYS = ("grade", "at_least")

Scored = Mapping[str, ScoredMeasure]


class MissingWord(StrEnum):
    """What is made of missing measures, where one word says it."""

    LEAVE_OUT = Missing.LEAVE_OUT.value
    WORST = Missing.WORST.value


EMPTY = Scorecard(RollUp.WEIGHTED, (), {})


def read_scorecard(node: Node | None, scope: Scope) -> Scorecard:
    """The scorecard; without one, nothing is scored and health is unknown."""
    required = () if isinstance(node, TableNode) and node.get("uses") is not None else ("measures",)
    table = None if node is None else read_table(node, scope.findings, "a scorecard", KEYS, required)
    if table is None:
        return EMPTY
    shared = _used(table, scope)
    if shared is None:
        return EMPTY
    card = _refined(table, shared, scope)
    base = {measure.key: measure for measure in card.measures}
    broken = _names(table.get("measures")) - base.keys()
    by_stage = {
        stage: tuple(_measures(body, base, scope, broken).values())
        for key, body in named_entries(table.get("stages"), scope.findings, "`stages` of a scorecard")
        if (stage := scope.stage(key)) is not None
    }
    card = replace(card, by_stage=by_stage)
    _check_groups(card, table, scope.findings)
    return card


def read_shared(node: Node, scope: Scope) -> Scorecard | None:
    """A scorecard of the catalog, which segments refine; None after a report."""
    table = read_table(node, scope.findings, "a shared scorecard", SHARED_KEYS, required=("measures",))
    if table is None:
        return None
    card = _refined(table, EMPTY, scope)
    return card if card.measures else None


def _used(table: Table, scope: Scope) -> Scorecard | None:
    """The shared scorecard that a segment starts from; an empty one where it names none."""
    node = table.get("uses")
    if node is None:
        return EMPTY
    known = scope.vocabulary.scorecards
    return scope.vocabulary.look_up(known, Code.UNKNOWN_SCORECARD, node, scope.findings)


def _refined(table: Table, shared: Scorecard, scope: Scope) -> Scorecard:
    """What a table says laid over a scorecard; what it does not say stays."""
    measures = _measures(table.get("measures"), {each.key: each for each in shared.measures}, scope)
    missing, above = _missing(table) or (shared.missing, shared.unknown_above)
    return Scorecard(
        roll_up=table.word("roll_up", RollUp) or shared.roll_up,
        measures=tuple(measures.values()),
        by_stage={},
        groups=_groups(table) if table.get("groups") is not None else shared.groups,
        missing=missing,
        unknown_above=above,
        scheme=table.word("scheme", Scheme) or shared.scheme,
        grades=_grades(table, shared.grades),
    )


def _names(node: Node | None) -> frozenset[str]:
    return frozenset(entry.key.text for entry in node.entries) if isinstance(node, TableNode) else frozenset()


def _measures(node: Node | None, base: Scored, scope: Scope, broken: frozenset[str] = frozenset()) -> Scored:
    """Lay the measures of a table over those of the base; a weight of 0 takes one out."""
    scored = dict(base)
    for key, body in named_entries(node, scope.findings, "the measures of a scorecard"):
        measure = None if key.text in broken else scope.measure(key)
        found = None if measure is None else _measure(key, body, measure, base.get(measure.key), scope)
        if found is not None:
            scored[found.key] = found
    return {key: measure for key, measure in scored.items() if measure.weight > 0}


def _measure(
    key: TextNode, node: Node, measure: MeasureSpec, base: ScoredMeasure | None, scope: Scope
) -> ScoredMeasure | None:
    usual = usual_thresholds(measure)
    required = () if base is not None else ("weight",) if usual is not None else ("weight", "healthy", "neutral")
    table = read_table(node, scope.findings, "a measure of a scorecard", MEASURE_KEYS, required)
    if table is None:
        return None
    inherited = usual if base is None else (base.healthy, base.neutral)
    weight = _weight(table, base)
    healthy, neutral = (_threshold(table, MEASURE_KEYS[place + 1], measure, inherited, place) for place in (0, 1))
    if weight is None or healthy is None or neutral is None:
        return None
    if healthy == neutral:
        message = "`healthy` and `neutral` are the same, so it cannot be told whether more or less is better"
        scope.findings.error(Code.SAME_THRESHOLDS, key.span, message)
        return None
    bounds = (measure.minimum, measure.maximum, measure.stale_after_ms)
    return ScoredMeasure(measure.key, weight, healthy, neutral, *bounds, measure.group, measure.is_derived)


def usual_thresholds(measure: MeasureSpec) -> tuple[float, float] | None:
    """Healthy and neutral of a measure whose values mean the same everywhere: a flag, a choice, points of 0-100."""
    if measure.type is MeasureType.FLAG:
        return 1.0, 0.5
    is_score = measure.is_derived and (measure.minimum, measure.maximum) == (WORST, BEST)
    return (HEALTHY_FROM, NEUTRAL_FROM) if measure.type is MeasureType.CHOICE or is_score else None


def _weight(table: Table, base: ScoredMeasure | None) -> float | None:
    node = table.get("weight")
    if node is None:
        return None if base is None else base.weight
    weight = read_number(node, table.findings)
    if weight is None or weight > 0 or (weight == 0 and base is not None):
        return weight
    allowed = "is above 0" if base is None else "is 0 (does not count here) or above"
    table.findings.error(Code.OUTSIDE_RANGE, node.span, f"a weight {allowed}")
    return None


def _threshold(
    table: Table, key: str, measure: MeasureSpec, inherited: tuple[float, float] | None, place: int
) -> float | None:
    node = table.get(key)
    if node is None:
        return None if inherited is None else inherited[place]
    return number_scale(measure.unit, measure.minimum, measure.maximum).bound(node, table.findings)


def _missing(table: Table) -> tuple[Missing, float] | None:
    """`leave_out`, `worst`, or `{unknown_above: share}`."""
    node = table.get("missing")
    if node is None or not isinstance(node, TableNode):
        word = table.word("missing", MissingWord)
        return None if word is None else (Missing(word.value), 1.0)
    share = read_table(node, table.findings, "`missing`", ("unknown_above",), required=("unknown_above",))
    bound = None if share is None else share.read("unknown_above", number_scale("ratio", 0.0, 1.0).bound)
    return None if bound is None else (Missing.UNKNOWN, float(bound))


def _groups(table: Table) -> tuple[ScoreGroup, ...]:
    groups: dict[str, ScoreGroup] = {}
    for node in table.items("groups"):
        group = _group(node, table.findings)
        if group is not None and group.name in groups:
            table.findings.error(Code.DUPLICATE_KEY, node.span, f"the group {group.name!r} stands here twice")
        elif group is not None:
            groups[group.name] = group
    return tuple(groups.values())


def _group(node: Node, findings: Findings) -> ScoreGroup | None:
    table = read_table(node, findings, "a group", GROUP_KEYS, required=("group", "weight"))
    if table is None:
        return None
    name, weight = table.text("group"), _weight(table, None)
    return (
        None
        if name is None or weight is None
        else ScoreGroup(name, weight, table.word("roll_up", RollUp) or RollUp.WEIGHTED)
    )


def _check_groups(card: Scorecard, table: Table, findings: Findings) -> None:
    """With groups, every measure belongs to one of them."""
    if not card.groups:
        return
    names = {group.name for group in card.groups}
    strays = [f"{each.key!r}: {each.group or 'none'}" for each in card.everywhere() if each.group not in names]
    if strays:
        there_are = f"`groups` has: {', '.join(sorted(names))}"
        message = f"measures of the scorecard have another `group` ({', '.join(strays)}); {there_are}"
        findings.error(Code.UNKNOWN_GROUP, (table.get("groups") or table.node).span, message)


def _grades(table: Table, shared: tuple[Grade, ...]) -> tuple[Grade, ...]:
    """Grades, best first, down to one that begins at 0."""
    node = table.get("grades")
    grades = (
        shared
        if node is None
        else tuple(grade for item in table.items("grades") if (grade := _grade(item, table.findings)) is not None)
    )
    place = node or table.get("scheme")
    if place is None or (not grades and table.word("scheme", Scheme) is not Scheme.GRADE):
        return grades
    bounds = [grade.at_least for grade in grades]
    falling = all(better > worse for better, worse in pairwise(bounds))
    if not bounds or bounds[-1] != WORST or not falling or len({grade.name for grade in grades}) < len(grades):
        message = "grades have names of their own and come best first, each beginning lower, the last one at 0"
        table.findings.error(Code.WRONG_GRADES, place.span, message)
    return grades


def _grade(node: Node, findings: Findings) -> Grade | None:
    table = read_table(node, findings, "a grade", GRADE_KEYS, required=GRADE_KEYS)
    if table is None:
        return None
    name, bound = table.text("grade"), table.read("at_least", number_scale("points", WORST, BEST).bound)
    return None if name is None or bound is None else Grade(name, float(bound))
