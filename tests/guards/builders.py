"""Leaves for tests of guards."""

from lifecycle_fsm.domain.catalog import YES_OR_NO
from lifecycle_fsm.domain.fields import (
    HEALTH_SCORE,
    STAGE_ENTERED_AT,
    FieldKind,
    ctas_field,
    fact_field,
    measure_field,
    milestone_field,
    observed_field,
    plan_field,
)
from lifecycle_fsm.domain.moments import DAY_MS
from lifecycle_fsm.guards.model import Freshness, Known, Leaf, OneOf, Reading, Subject, SubjectKind, Test

AS_OF = 20_477 * DAY_MS
"""2026-01-24, midnight."""
TODAY = 20_477


def health(test: Test) -> Leaf:
    written = (("measure", "health.score"),)
    return Leaf(Subject(SubjectKind.HEALTH, HEALTH_SCORE, Reading.VALUE, "health score", None, written), test)


def setup(test: Test, stale_after_ms: int | None = None) -> Leaf:
    field = measure_field("setup_completion")
    freshness = None if stale_after_ms is None else Freshness(observed_field(field), stale_after_ms)
    written = (("measure", "setup_completion"),)
    subject = Subject(SubjectKind.MEASURE, field, Reading.VALUE, "setup completion", "%", written, freshness)
    return Leaf(subject, test)


def trained(test: Test) -> Leaf:
    """Whether people were trained: 1 for yes and 0 for no."""
    field, written = measure_field("trained"), (("measure", "trained"),)
    return Leaf(Subject(SubjectKind.MEASURE, field, Reading.VALUE, "trained", YES_OR_NO, written), test)


def stage_age(test: Test) -> Leaf:
    written = (("stage_age", ""),)
    return Leaf(Subject(SubjectKind.STAGE_AGE, STAGE_ENTERED_AT, Reading.ELAPSED, "time in stage", "d", written), test)


def kickoff(test: Test | None = None) -> Leaf:
    field, written = milestone_field("kickoff_done"), (("milestone", "kickoff_done"),)
    subject = Subject(SubjectKind.MILESTONE, field, Reading.VALUE, "milestone Kickoff done", None, written)
    return Leaf(subject, test or Known())


def risks(test: Test) -> Leaf:
    field = ctas_field("type=risk,status=open")
    subject = Subject(SubjectKind.CTAS, field, Reading.VALUE, "open risk CTAs", None, (("ctas", field.key),))
    return Leaf(subject, test)


def plan(*statuses: str, negated: bool = False) -> Leaf:
    field = plan_field("onboarding")
    subject = Subject(SubjectKind.PLAN, field, Reading.VALUE, "onboarding plan", None, (("plan", "onboarding"),))
    return Leaf(subject, OneOf(statuses, negated))


def arr(test: Test) -> Leaf:
    field = fact_field("account.arr", FieldKind.NUMBER)
    subject = Subject(SubjectKind.FACT, field, Reading.VALUE, "ARR", "EUR", (("fact", "account.arr"),))
    return Leaf(subject, test)


def renewal(test: Test, reading: Reading = Reading.DAYS_UNTIL, kind: FieldKind = FieldKind.DAY) -> Leaf:
    field = fact_field("contract.renewal", kind)
    subject = Subject(SubjectKind.DAYS_UNTIL, field, reading, "days until renewal", "d", (("days_until", field.key),))
    return Leaf(subject, test)
