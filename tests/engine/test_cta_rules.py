"""What CTAs do by themselves, and what their templates lay down."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from lifecycle_fsm.domain.catalog import FactSpec
from lifecycle_fsm.domain.cta import CloseSource, Cta, CtaOutcome, CtaStatus, CtaTemplate, CtaType, Priority, Task
from lifecycle_fsm.domain.cta_rules import CSM_LEAD, DueIn, FromDate, OwnerFromFact, SubjectRule
from lifecycle_fsm.domain.cta_selector import CtaSelector
from lifecycle_fsm.domain.effects import OpenCta, OpenPlan
from lifecycle_fsm.domain.facts import Facts
from lifecycle_fsm.domain.fields import CSM_LEAD_FIELD, FieldKind, ctas_field
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.domain.moments import DAY_MS
from lifecycle_fsm.domain.plan import Completion, Objective, PlanStatus, PlanType
from lifecycle_fsm.engine.evaluate import evaluate
from lifecycle_fsm.engine.machine import Alert, CtaRule, Machine, RecurFrom, Recurrence, Stage
from lifecycle_fsm.engine.outcomes import CtaClosed, CtaOpened, CtaSuppressed, CtaWoken, PlanKept, PlanMoved
from lifecycle_fsm.engine.perform import perform
from lifecycle_fsm.guards.model import Leaf, Reading, Subject, SubjectKind, Within
from tests.builders import a_lifecycle, a_machine, a_template, day, facts, usage

SPONSOR = FactSpec("sponsor", "Sponsor", FieldKind.TEXT)
CONTRACT = FactSpec("contract", "Contract", FieldKind.TEXT)
RENEWAL = FactSpec("renewal_on", "Renewal", FieldKind.DAY)


def a_catalogued(*templates: CtaTemplate, rules: tuple[CtaRule, ...] = (), plans: tuple[PlanType, ...] = ()) -> Machine:
    """A machine of one stage with these templates, CTA rules and plan types."""
    machine = a_machine(stages=(Stage("adoption", "Adoption"),), templates=templates)
    catalog = replace(
        machine.catalog,
        facts={spec.key: spec for spec in (SPONSOR, CONTRACT, RENEWAL)},
        plans={plan.key: plan for plan in plans},
    )
    return replace(machine, catalog=catalog, cta_rules=rules)


def opened(machine: Machine, known: Facts, lifecycle: Lifecycle | None = None) -> Lifecycle:
    """The account after an effect that opens the only template."""
    (template,) = machine.catalog.templates
    start = lifecycle or a_lifecycle("adoption")
    raised = replace(start, revision=start.revision + 1)
    return perform(machine, raised, [OpenCta(template)], day(0), facts=known).lifecycle


def ended(lifecycle: Lifecycle, as_of: datetime, outcome: CtaOutcome = CtaOutcome.SUCCESS) -> Lifecycle:
    """The account once its newest CTA is closed."""
    last = replace(lifecycle.ctas[-1], status=CtaStatus.CLOSED, outcome=outcome, closed_at=as_of)
    return lifecycle.with_cta(last)


def snoozed(lifecycle: Lifecycle, until: datetime) -> Lifecycle:
    """The account with its newest CTA resting."""
    return lifecycle.with_cta(replace(lifecycle.ctas[-1], snoozed_until=until))


@pytest.mark.parametrize(
    ("known", "csm", "owner"),
    [
        ({"fact.sponsor": "sam", CSM_LEAD_FIELD: "lea"}, "ada", "ada"),
        ({"fact.sponsor": "sam", CSM_LEAD_FIELD: "lea"}, None, "lea"),
        ({"fact.sponsor": "sam"}, None, "sam"),
        ({}, None, "Ops"),
    ],
)
def test_the_first_owner_rule_that_names_somebody_owns_it(known: dict[str, str], csm: str | None, owner: str) -> None:
    template = a_template(owners=("csm", CSM_LEAD, OwnerFromFact("sponsor")), fallback_owner="Ops")

    after = opened(a_catalogued(template), Facts(known), lifecycle=a_lifecycle("adoption", csm=csm))

    assert [cta.owner for cta in after.ctas] == [owner]


def test_nobody_owns_it_where_no_rule_names_anybody() -> None:
    template = a_template(owners=("csm",), fallback_owner=None)

    after = opened(a_catalogued(template), facts(), lifecycle=a_lifecycle("adoption", csm=None))

    assert [cta.owner for cta in after.ctas] == ["unassigned"]


@pytest.mark.parametrize(
    ("rule", "renewal", "due_at"),
    [
        ("due_before", 100, day(70)),
        ("due_before", 30, day(14)),
        ("due_before", None, day(14)),
        ("due_after", -7, day(23)),
        ("due_after", 5, day(35)),
        ("due_after", -30, day(14)),
        ("due_after", None, day(14)),
    ],
)
def test_a_date_fact_decides_when_it_is_due_where_that_lies_ahead(
    rule: str, renewal: int | None, due_at: datetime
) -> None:
    by = FromDate("renewal_on", DueIn(30))
    template = a_template(due_before=by) if rule == "due_before" else a_template(due_after=by)
    midnight = day(0).replace(hour=0)
    known = {} if renewal is None else {"fact.renewal_on": int(midnight.timestamp() * 1000) // DAY_MS + renewal}

    (cta,) = opened(a_catalogued(template), facts(known)).ctas

    assert cta.due_at == (due_at if due_at == day(14) else due_at.replace(hour=0))
    assert cta.first_due_at == cta.due_at


def test_business_days_leave_out_the_week_end_for_the_cta_and_its_tasks() -> None:
    template = a_template(due_in=DueIn(5, business=True), tasks=(Task("call", "Call", 4, business=True),))

    (cta,) = opened(a_catalogued(template), facts()).ctas

    assert (cta.due_at, cta.tasks[0].due_at) == (day(7), day(4))


def test_subjects_take_places_of_their_own() -> None:
    machine = a_catalogued(a_template(subject=SubjectRule("contract", "contract")))
    first = opened(machine, facts({"fact.contract": "C-1"}))

    second = opened(machine, facts({"fact.contract": "C-2"}), lifecycle=first)
    again = opened(machine, facts({"fact.contract": "C-2"}), lifecycle=second)

    assert [(cta.identity, cta.subject) for cta in again.ctas] == [
        ("kickoff/contract:C-1", "contract:C-1"),
        ("kickoff/contract:C-2", "contract:C-2"),
    ]


def test_a_place_rests_after_its_cta_was_closed() -> None:
    machine = a_catalogued(a_template(cool_down_ms=10 * DAY_MS))
    before = ended(opened(machine, facts()), day(3))

    early = perform(machine, replace(before, revision=2), [OpenCta("kickoff")], day(12))
    late = perform(machine, replace(before, revision=2), [OpenCta("kickoff")], day(13))

    assert early.done == (CtaSuppressed("kickoff", "kickoff", "1.0", snoozed=False, until=day(13)),)
    assert len(late.lifecycle.ctas) == 2


def test_a_snoozed_cta_keeps_its_place_and_wakes_exactly_at_its_instant() -> None:
    machine = a_catalogued(a_template())
    resting = snoozed(opened(machine, facts()), day(5))

    taken = perform(machine, replace(resting, revision=2), [OpenCta("kickoff")], day(4))
    before = evaluate(machine, resting, facts(), day(5) - timedelta(milliseconds=1))
    after = evaluate(machine, resting, facts(), day(5))

    assert taken.done == (CtaSuppressed("kickoff", "kickoff", "1.0", snoozed=True, until=day(5)),)
    assert (before.steps, before.next_check_at) == ((), day(5))
    assert [(step.kind, step.done) for step in after.steps] == [(RecordKind.CTA_WOKEN, (CtaWoken("1.0"),))]
    assert after.lifecycle.ctas[0].snoozed_until is None


def test_a_rule_closes_what_its_condition_says_and_nothing_that_is_closed() -> None:
    rule = CtaRule("kickoff", usage(10), CtaOutcome.RECOVERED)
    machine = a_catalogued(a_template(), rules=(rule,))
    before = opened(machine, facts())

    low = evaluate(machine, before, facts(usage=9), day(1))
    high = evaluate(machine, before, facts(usage=10), day(1))
    again = evaluate(machine, high.lifecycle, facts(usage=10), day(2))

    assert (low.steps, again.steps) == ((), ())
    assert [step.done for step in high.steps] == [(CtaClosed("1.0", CtaOutcome.RECOVERED),)]
    assert (high.lifecycle.ctas[0].close_source, high.lifecycle.ctas[0].closed_seq) == (CloseSource.RULE, 2)


@pytest.mark.parametrize(
    ("since", "due"),
    [(RecurFrom.CLOSING, day(33)), (RecurFrom.OPENING, day(30)), (RecurFrom.STAGE_ENTRY, day(30))],
)
def test_a_cta_recurs_at_its_instant_and_once(since: RecurFrom, due: datetime) -> None:
    machine = a_catalogued(a_template(), rules=(CtaRule("kickoff", recur=Recurrence(30 * DAY_MS, since)),))
    before = ended(opened(machine, facts()), day(3))

    early = evaluate(machine, before, facts(), due - timedelta(milliseconds=1))
    now = evaluate(machine, before, facts(), due)

    assert (early.steps, early.next_check_at) == ((), due)
    assert [type(done) for step in now.steps for done in step.done] == [CtaOpened]
    assert [cta.cause_key for cta in now.lifecycle.ctas] == ["1.0", "2.0"]
    assert evaluate(machine, now.lifecycle, facts(), due).steps == ()


def test_a_schedule_lets_dates_pass_while_one_is_open() -> None:
    rule = CtaRule("kickoff", recur=Recurrence(30 * DAY_MS, RecurFrom.STAGE_ENTRY))
    machine = a_catalogued(a_template(), rules=(rule,))
    before = ended(opened(machine, facts()), day(65))

    after = evaluate(machine, before, facts(), day(66))

    assert (after.steps, after.next_check_at) == ((), day(90))


def test_a_recurring_cta_waits_for_the_end_of_its_rest() -> None:
    template = a_template(cool_down_ms=40 * DAY_MS)
    machine = a_catalogued(template, rules=(CtaRule("kickoff", recur=Recurrence(30 * DAY_MS)),))
    before = ended(opened(machine, facts()), day(0))

    early, late = (evaluate(machine, before, facts(), day(number)) for number in (35, 40))

    assert (early.steps, early.next_check_at) == ((), day(40))
    assert len(late.lifecycle.ctas) == 2


def test_a_recurring_cta_rests_while_another_template_has_its_place() -> None:
    other = a_template("other", identity="kickoff")
    machine = a_catalogued(a_template(), other, rules=(CtaRule("kickoff", recur=Recurrence(DAY_MS)),))
    closed = replace(an_open(), status=CtaStatus.CLOSED, outcome=CtaOutcome.SUCCESS, closed_at=day(0))
    standing = replace(an_open(), cause_key="1.1", template="other")

    after = evaluate(machine, a_lifecycle("adoption", ctas=(closed, standing)), facts(), day(9))

    assert after.steps == ()


def an_open() -> Cta:
    """An open CTA of the template `kickoff`."""
    (cta,) = opened(a_catalogued(a_template()), facts()).ctas
    return cta


GOALS = a_template("goals", type=CtaType.OBJECTIVE)
TRAIN = a_template("train", type=CtaType.OBJECTIVE, priority=Priority.LOW)
GROWTH = PlanType(
    "growth",
    "Growth",
    DueIn(60),
    Completion.WITH_OBJECTIVES,
    (Objective("goals", DueIn(7)), Objective("train", required=False)),
)


def test_a_plan_opens_with_its_objectives_once() -> None:
    machine = a_catalogued(GOALS, TRAIN, plans=(GROWTH,))
    start = a_lifecycle("adoption", revision=1)

    first = perform(machine, start, [OpenPlan("growth")], day(0))
    second = perform(machine, replace(first.lifecycle, revision=2), [OpenPlan("growth")], day(1))

    (plan,) = second.lifecycle.plans
    assert (plan.status, plan.due_at, plan.key, plan.owner) == (PlanStatus.ACTIVE, day(60), "1.0", "ada")
    assert [(cta.cause_key, cta.identity, cta.due_at, cta.required) for cta in second.lifecycle.ctas] == [
        ("1.1", "plan:1.0/goals", day(7), True),
        ("1.2", "plan:1.0/train", day(14), False),
    ]
    assert second.done == (PlanKept("growth", "1.0"),)


@pytest.mark.parametrize(
    ("outcome", "status", "left"),
    [
        (CtaOutcome.SUCCESS, PlanStatus.COMPLETED, [CtaStatus.CLOSED, CtaStatus.CLOSED]),
        (CtaOutcome.FAILED, PlanStatus.ACTIVE, [CtaStatus.CLOSED, CtaStatus.NEW]),
    ],
)
def test_a_plan_completes_with_its_required_objectives(
    outcome: CtaOutcome, status: PlanStatus, left: list[CtaStatus]
) -> None:
    machine = a_catalogued(GOALS, TRAIN, plans=(GROWTH,))
    active = perform(machine, a_lifecycle("adoption", revision=1), [OpenPlan("growth")], day(0)).lifecycle
    met = replace(active.ctas[0], status=CtaStatus.CLOSED, outcome=outcome, closed_at=day(3))

    after = evaluate(machine, active.with_cta(met), facts(), day(3))

    assert [plan.status for plan in after.lifecycle.plans] == [status]
    assert [cta.status for cta in after.lifecycle.ctas] == left
    if status is PlanStatus.COMPLETED:
        moved, closed = after.steps[0].done
        assert moved == PlanMoved("1.0", "growth", PlanStatus.ACTIVE, PlanStatus.COMPLETED)
        assert closed == CtaClosed("1.2", CtaOutcome.SUPERSEDED)
        assert after.lifecycle.ctas[1].close_source is CloseSource.PLAN


def test_an_account_is_due_when_a_cta_grows_out_of_the_age_that_is_counted() -> None:
    key = CtaSelector(reasons=("kickoff",), younger_than_ms=30 * DAY_MS).key
    subject = Subject(SubjectKind.CTAS, ctas_field(key), Reading.VALUE, "CTAs", None, (("ctas", key),))
    alert = Alert("busy", "Busy", (), Leaf(subject, Within(low=1)))
    machine = replace(a_catalogued(a_template(reason="kickoff")), alerts=(alert,))
    lifecycle = opened(machine, facts())

    first = evaluate(machine, lifecycle, facts(), day(0), Cause.AUTOMATIC)
    assert first.next_check_at is not None
    second = evaluate(machine, first.lifecycle, facts(), first.next_check_at, Cause.DEADLINE)

    assert ([step.kind for step in first.steps], first.next_check_at) == ([RecordKind.ALERT_OPENED], day(30))
    assert [step.kind for step in second.steps] == [RecordKind.ALERT_CLEARED]
