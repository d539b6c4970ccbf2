"""Subjects of a definition, such as `measure: usage.logins_30d`, to what a leaf reads."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.nodes import Node, TextNode, spoken
from lifecycle_fsm.definition.scales import (
    COUNT,
    DAYS,
    SPAN,
    Scale,
    fact_scale,
    number_scale,
    text_scale,
)
from lifecycle_fsm.definition.scope import Scope
from lifecycle_fsm.definition.selectors import STAGE_ENTRY, Since, describe, read_selector
from lifecycle_fsm.definition.tables import Table
from lifecycle_fsm.definition.values import read_duration, read_text
from lifecycle_fsm.definition.vocabulary import HEALTH
from lifecycle_fsm.domain import fields
from lifecycle_fsm.domain.article import one
from lifecycle_fsm.domain.catalog import FactSpec, MeasureSpec
from lifecycle_fsm.domain.fields import Field, FieldKind
from lifecycle_fsm.domain.moments import format_duration
from lifecycle_fsm.domain.plan import PlanStatus
from lifecycle_fsm.domain.scorecard import BEST, WORST, Band
from lifecycle_fsm.engine.machine import stage_age_at_least
from lifecycle_fsm.guards.model import Freshness, Reading, Subject, SubjectKind

Written = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A subject with the values that it may be compared with."""

    subject: Subject
    scale: Scale


def freshness_of(field: Field, stale_after_ms: int | None) -> Freshness | None:
    """How long a value counts as known, None for ever."""
    return None if stale_after_ms is None else Freshness(fields.observed_field(field), stale_after_ms)


def read_measure(table: Table, node: Node, scope: Scope) -> Asked | None:
    """`measure: key`, the health score too, with an optional `change_over`."""
    measure = _health_score() if isinstance(node, TextNode) and node.text == HEALTH else scope.measure(node)
    window = table.read("change_over", read_duration)
    if measure is None or (window is None and table.get("change_over") is not None):
        return None
    kind = SubjectKind.HEALTH if measure.key == HEALTH else SubjectKind.MEASURE
    field = fields.HEALTH_SCORE if measure.key == HEALTH else measure.field
    fresh = freshness_of(field, measure.stale_after_ms)
    written: Written = (("measure", measure.key),)
    if window is None:
        subject = Subject(kind, field, Reading.VALUE, measure.title, measure.unit, written, fresh)
        return Asked(subject, number_scale(measure.unit, measure.minimum, measure.maximum))
    span = format_duration(window)
    title, written = f"{measure.title}, change over {span}", (*written, ("change_over", span))
    subject = Subject(kind, fields.change_field(field, window), Reading.VALUE, title, measure.unit, written, fresh)
    return Asked(subject, _change_scale(measure))


def _health_score() -> MeasureSpec:
    return MeasureSpec(HEALTH, "health score", "points", WORST, BEST)


def _change_scale(measure: MeasureSpec) -> Scale:
    if measure.minimum is None or measure.maximum is None:
        return number_scale(measure.unit)
    extent = measure.maximum - measure.minimum
    return number_scale(measure.unit, -extent, extent)


def read_fact(_table: Table, node: Node, scope: Scope) -> Asked | None:
    """`fact: key`, compared as its kind allows."""
    fact = scope.fact(node)
    if fact is None:
        return None
    field = fields.fact_field(fact.key, fact.kind)
    written = (("fact", fact.key),)
    fresh = freshness_of(field, fact.stale_after_ms)
    subject = Subject(SubjectKind.FACT, field, Reading.VALUE, fact.title, fact.unit, written, fresh)
    return Asked(subject, fact_scale(fact.kind, fact.unit, fact.one_of))


def read_band(_table: Table, node: Node, scope: Scope) -> Asked | None:
    """`health: band`, compared with the names of the bands."""
    if not isinstance(node, TextNode) or node.text != "band":
        message = f"`health` reads the band: write `health: band`, or `measure: {HEALTH}` for the score"
        scope.findings.error(Code.INVALID_VALUE, node.span, f"{message}; here stands {spoken(node)}")
        return None
    written = (("health", "band"),)
    subject = Subject(SubjectKind.HEALTH, fields.HEALTH_BAND, Reading.VALUE, "health band", None, written)
    return Asked(subject, text_scale(tuple(Band)))


def read_milestone(table: Table, node: Node, scope: Scope) -> Asked | None:
    """`milestone: key`, at any time or `since: stage_entry`."""
    milestone = scope.milestone(node)
    since = table.word("since", Since)
    if milestone is None:
        return None
    if since is None:
        written: Written = (("milestone", milestone.key),)
        return _milestone(fields.milestone_field(milestone.key), milestone.title, written)
    written = (("milestone", milestone.key), ("since", STAGE_ENTRY))
    return _milestone(fields.fresh_milestone_field(milestone.key), f"{milestone.title} since stage entry", written)


def _milestone(field: Field, title: str, written: Written) -> Asked:
    return Asked(Subject(SubjectKind.MILESTONE, field, Reading.VALUE, title, None, written), SPAN)


def read_stage_age(_table: Table, _node: Node, _scope: Scope) -> Asked:
    """`stage_age: {at_least: 14d}`, the time since the present stage was entered."""
    return Asked(stage_age_at_least(0).subject, SPAN)


def read_visits(_table: Table, node: Node, scope: Scope) -> Asked | None:
    """`visits: stage`, how often it was entered."""
    stage = scope.stage(node)
    if stage is None:
        return None
    title = f"visits to {(scope.stages or {}).get(stage, stage)}"
    written = (("visits", stage),)
    subject = Subject(SubjectKind.VISITS, fields.visits_field(stage), Reading.VALUE, title, None, written)
    return Asked(subject, COUNT)


def read_ctas(_table: Table, node: Node, scope: Scope) -> Asked | None:
    """`ctas: {…}`, how many CTAs are like that."""
    selector = read_selector(node, scope)
    if selector is None:
        return None
    written = (("ctas", selector.key),)
    field = fields.ctas_field(selector.key)
    return Asked(Subject(SubjectKind.CTAS, field, Reading.VALUE, describe(selector), None, written), COUNT)


def read_plan(_table: Table, node: Node, scope: Scope) -> Asked | None:
    """`plan: type`, the status of the newest success plan of that type."""
    plan = scope.plan(node)
    if plan is None:
        return None
    title = f"success plan {scope.vocabulary.catalog.plans[plan].title}"
    written = (("plan", plan),)
    subject = Subject(SubjectKind.PLAN, fields.plan_field(plan), Reading.VALUE, title, None, written)
    return Asked(subject, text_scale(tuple(PlanStatus)))


def read_plan_progress(_table: Table, node: Node, scope: Scope) -> Asked | None:
    """`plan_progress: type`, the percentage of objectives met in the newest success plan of that type."""
    plan = scope.plan(node)
    if plan is None:
        return None
    title = f"progress of success plan {scope.vocabulary.catalog.plans[plan].title}"
    written = (("plan_progress", plan),)
    field = fields.plan_progress_field(plan)
    subject = Subject(SubjectKind.PLAN_PROGRESS, field, Reading.VALUE, title, "%", written)
    return Asked(subject, number_scale("%", 0, 100))


def read_days_until(_table: Table, node: Node, scope: Scope) -> Asked | None:
    """`days_until: date fact or milestone`, negative once it has passed."""
    return _days(SubjectKind.DAYS_UNTIL, Reading.DAYS_UNTIL, "until", node, scope)


def read_days_since(_table: Table, node: Node, scope: Scope) -> Asked | None:
    """`days_since: date fact or milestone`, negative while it lies ahead."""
    return _days(SubjectKind.DAYS_SINCE, Reading.DAYS_SINCE, "since", node, scope)


def _days(kind: SubjectKind, reading: Reading, word: str, node: Node, scope: Scope) -> Asked | None:
    key = read_text(node, scope.findings)
    found = _dated(key, node, scope) if key is not None else None
    if key is None or found is None:
        return None
    field, title, fresh = found
    written = ((kind.value, key),)
    return Asked(Subject(kind, field, reading, f"days {word} {title}", "d", written, fresh), DAYS)


def _dated(key: str, node: Node, scope: Scope) -> tuple[Field, str, Freshness | None] | None:
    catalog = scope.vocabulary.catalog
    milestone, fact = catalog.milestones.get(key), catalog.facts.get(key)
    if milestone is not None:
        return fields.milestone_field(key), milestone.title, None
    if fact is not None and _is_dated(fact):
        field = fields.fact_field(key, fact.kind)
        return field, fact.title, freshness_of(field, fact.stale_after_ms)
    if fact is not None:
        scope.findings.error(Code.UNKNOWN_DATE, node.span, f"the fact {key!r} is {one(fact.kind)}, not a date")
    else:
        dates = [name for name, spec in catalog.facts.items() if _is_dated(spec)]
        known = dict.fromkeys([*dates, *catalog.milestones])
        scope.vocabulary.report_unknown(key, known, Code.UNKNOWN_DATE, node, scope.findings)
    return None


def _is_dated(fact: FactSpec) -> bool:
    return fact.kind in {FieldKind.DAY, FieldKind.INSTANT}


def read_came_from(_table: Table, _node: Node, scope: Scope) -> Asked:
    """`came_from: {is: stage}`, the stage before the present one."""
    written = (("came_from", ""),)
    subject = Subject(SubjectKind.CAME_FROM, fields.CAME_FROM, Reading.VALUE, "stage before", None, written)
    return Asked(subject, text_scale(tuple(scope.stages or ())))


SubjectReader = Callable[[Table, Node, Scope], Asked | None]

SUBJECTS: Mapping[str, SubjectReader] = {
    "measure": read_measure,
    "fact": read_fact,
    "health": read_band,
    "milestone": read_milestone,
    "stage_age": read_stage_age,
    "visits": read_visits,
    "ctas": read_ctas,
    "plan": read_plan,
    "plan_progress": read_plan_progress,
    "days_until": read_days_until,
    "days_since": read_days_since,
    "came_from": read_came_from,
}
