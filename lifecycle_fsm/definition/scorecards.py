"""The scorecard of a segment, with the stages that weigh differently."""

from collections.abc import Mapping

from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.nodes import Node, TableNode, TextNode
from lifecycle_fsm.definition.scales import number_scale
from lifecycle_fsm.definition.scope import Scope
from lifecycle_fsm.definition.tables import Table, named_entries, read_table
from lifecycle_fsm.definition.values import read_number
from lifecycle_fsm.domain.catalog import MeasureSpec
from lifecycle_fsm.domain.scorecard import RollUp, Scorecard, ScoredMeasure

KEYS = ("roll_up", "measures", "stages")
MEASURE_KEYS = ("weight", "healthy", "neutral")

Scored = Mapping[str, ScoredMeasure]


def read_scorecard(node: Node | None, scope: Scope) -> Scorecard:
    """The scorecard; without one, nothing is scored and health is unknown."""
    table = None if node is None else read_table(node, scope.findings, "a scorecard", KEYS, required=("measures",))
    if table is None:
        return Scorecard(RollUp.WEIGHTED, (), {})
    base = _measures(table.get("measures"), {}, scope)
    broken = _names(table.get("measures")) - base.keys()
    by_stage = {
        stage: tuple(_measures(body, base, scope, broken).values())
        for key, body in named_entries(table.get("stages"), scope.findings, "`stages` of a scorecard")
        if (stage := scope.stage(key)) is not None
    }
    return Scorecard(table.word("roll_up", RollUp) or RollUp.WEIGHTED, tuple(base.values()), by_stage)


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
    required = ("weight", "healthy", "neutral") if base is None else ()
    table = read_table(node, scope.findings, "a measure of a scorecard", MEASURE_KEYS, required)
    if table is None:
        return None
    weight = _weight(table, base)
    healthy = _threshold(table, "healthy", measure, None if base is None else base.healthy)
    neutral = _threshold(table, "neutral", measure, None if base is None else base.neutral)
    if weight is None or healthy is None or neutral is None:
        return None
    if healthy == neutral:
        message = "`healthy` and `neutral` are the same, so it cannot be told whether more or less is better"
        scope.findings.error(Code.SAME_THRESHOLDS, key.span, message)
        return None
    bounds = (measure.minimum, measure.maximum, measure.stale_after_ms)
    return ScoredMeasure(measure.key, weight, healthy, neutral, *bounds)


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


def _threshold(table: Table, key: str, measure: MeasureSpec, inherited: float | None) -> float | None:
    node = table.get(key)
    if node is None:
        return inherited
    return number_scale(measure.unit, measure.minimum, measure.maximum).bound(node, table.findings)
