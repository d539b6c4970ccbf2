"""Small values for tests: each builder shows only what the test is about."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

from lifecycle_fsm.domain.catalog import Catalog, MilestoneSpec
from lifecycle_fsm.domain.cta import CtaTemplate, CtaType, Priority, Task
from lifecycle_fsm.domain.cta_rules import DueIn
from lifecycle_fsm.domain.effects import Effect
from lifecycle_fsm.domain.facts import Facts, account_id_for
from lifecycle_fsm.domain.fields import (
    HEALTH_SCORE,
    STAGE_ENTERED_AT,
    Value,
    ctas_field,
    measure_field,
    milestone_field,
)
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.domain.moments import DAY_MS
from lifecycle_fsm.domain.scorecard import RollUp, Scorecard, ScoredMeasure
from lifecycle_fsm.engine.machine import Alert, Assignment, Machine, Stage, Transition, TransitionKind
from lifecycle_fsm.guards.model import ALWAYS, Guard, Known, Leaf, Reading, Subject, SubjectKind, Within

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ACCOUNT: UUID = account_id_for("ACME")


def day(number: float) -> datetime:
    """That many days after the Monday on which every test begins."""
    return MONDAY + timedelta(days=number)


def usage(low: float | None = None, high: float | None = None, *, below: float | None = None) -> Leaf:
    """A condition on the measure `usage`."""
    subject = Subject(
        SubjectKind.MEASURE, measure_field("usage"), Reading.VALUE, "usage", None, (("measure", "usage"),)
    )
    return Leaf(subject, Within(low, below if below is not None else high, high_open=below is not None))


def health(low: float) -> Leaf:
    """A condition on the health score."""
    subject = Subject(
        SubjectKind.HEALTH, HEALTH_SCORE, Reading.VALUE, "health score", None, (("measure", "health.score"),)
    )
    return Leaf(subject, Within(low))


def reached(milestone: str) -> Leaf:
    """The milestone is reached."""
    subject = Subject(
        SubjectKind.MILESTONE,
        milestone_field(milestone),
        Reading.VALUE,
        f"milestone {milestone}",
        None,
        (("milestone", milestone),),
    )
    return Leaf(subject, Known())


def stage_age(days: float) -> Leaf:
    """The present stage is at least that old."""
    subject = Subject(
        SubjectKind.STAGE_AGE, STAGE_ENTERED_AT, Reading.ELAPSED, "time in stage", "d", (("stage_age", ""),)
    )
    return Leaf(subject, Within(int(days * DAY_MS)))


def ctas(selector_key: str, at_least: int = 1) -> Leaf:
    """At least so many CTAs are chosen by the selector."""
    subject = Subject(
        SubjectKind.CTAS,
        ctas_field(selector_key),
        Reading.VALUE,
        f"CTAs ({selector_key})",
        None,
        (("ctas", selector_key),),
    )
    return Leaf(subject, Within(at_least))


def a_template(key: str = "kickoff", **changes: object) -> CtaTemplate:
    """A CTA template whose identity is its key."""
    values: dict[str, object] = {
        "key": key,
        "title": key.replace("_", " ").capitalize(),
        "type": CtaType.LIFECYCLE,
        "reason": key,
        "priority": Priority.MEDIUM,
        "due_in": DueIn(14),
        "owners": ("csm",),
        "fallback_owner": "lead",
        "identity": key,
        "tasks": (Task("call", "Call", 2),),
    }
    return CtaTemplate(**{**values, **changes})  # type: ignore[arg-type] # names of fields, checked by the constructor


def a_transition(
    key: str,
    source: str,
    target: str,
    when: Guard = ALWAYS,
    *triggers: str,
    priority: int = 0,
    effects: tuple[Effect, ...] = (),
    min_dwell_ms: int = 0,
    after_ms: int | None = None,
) -> Transition:
    """A transition that data fires unless triggers are named."""
    return Transition(
        key,
        source,
        target,
        TransitionKind.ADVANCE,
        triggers or ("auto",),
        when,
        priority=priority,
        effects=effects,
        min_dwell_ms=min_dwell_ms,
        after_ms=after_ms,
    )


def a_machine(
    *transitions: Transition,
    stages: tuple[Stage, ...] = (),
    templates: tuple[CtaTemplate, ...] = (),
    alerts: tuple[Alert, ...] = (),
    measures: tuple[ScoredMeasure, ...] = (ScoredMeasure("usage", 1.0, 50.0, 20.0, 0.0, 100.0),),
) -> Machine:
    """A machine with the stages that its transitions name, the first source being initial."""
    named = {stage.key: stage for stage in stages}
    keys = dict.fromkeys([*named, *(key for each in transitions for key in (each.source, each.target))])
    return Machine(
        segment="test",
        title="Test",
        initial=transitions[0].source if transitions else next(iter(keys)),
        stages={key: named.get(key, Stage(key, key.capitalize())) for key in keys},
        transitions=transitions,
        scorecard=Scorecard(RollUp.WEIGHTED, measures, {}),
        catalog=Catalog(
            templates={template.key: template for template in templates},
            milestones={key: MilestoneSpec(key, key) for key in ("kickoff_done", "first_value")},
        ),
        assignment=Assignment(None),
        alerts=alerts,
        digest="test",
    )


def a_lifecycle(stage: str, entered_at: datetime = MONDAY, **changes: object) -> Lifecycle:
    """An account in a stage, with no history."""
    values: dict[str, object] = {
        "account_id": ACCOUNT,
        "segment": "test",
        "machine": "test",
        "stage": stage,
        "entered_at": entered_at,
        "visits": {stage: 1},
        "csm": "ada",
    }
    return Lifecycle(**{**values, **changes})  # type: ignore[arg-type] # names of fields, checked by the constructor


def facts(values: Mapping[str, Value] | None = None, /, **measures: float) -> Facts:
    """What is known: measures by name, anything else by field key."""
    return Facts({**(values or {}), **{f"measure.{key}": value for key, value in measures.items()}})
