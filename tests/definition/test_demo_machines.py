"""The demo machines do what a customer success lead expects of them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from lifecycle_fsm.definition.configuration import compile_configuration
from lifecycle_fsm.domain.cta import CtaOutcome, CtaStatus
from lifecycle_fsm.domain.facts import Facts, account_id_for
from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.domain.moments import to_day, to_ms
from lifecycle_fsm.domain.plan import PlanStatus, SuccessPlan
from lifecycle_fsm.engine.begin import Start, begin
from lifecycle_fsm.engine.evaluate import evaluate
from lifecycle_fsm.engine.machine import Machine
from tests.definition.folders import folder

SIGNED = datetime(2026, 1, 5, 9, tzinfo=UTC)
RENEWAL = date(2027, 1, 5)


def machine(segment: str) -> Machine:
    configuration = compile_configuration(folder("demo")).configuration
    assert configuration is not None
    return configuration.machines[segment]


def day(number: int) -> datetime:
    return SIGNED + timedelta(days=number)


def signed(rules: Machine) -> Lifecycle:
    return begin(rules, Start(account_id_for("ACME"), "ann", SIGNED), SIGNED).lifecycle


def known(at: datetime, renewal_on: date = RENEWAL, **more: Value) -> Facts:
    """What is known of an account that does well, with its measures observed just now."""
    measures = {"setup_completion": 90.0, "usage.wau_ratio": 0.6, "usage.logins_30d": 400.0}
    values: dict[str, Value] = {
        "fact.account.status": "active",
        "fact.account.notice_given": 0,
        "fact.account.contract_start": to_day(SIGNED.date()),
        "fact.account.renewal_on": to_day(renewal_on),
    }
    for key, value in measures.items():
        values |= {f"measure.{key}": value, f"measure.{key}@": to_ms(at)}
    return Facts(values | {key.replace("__", "."): value for key, value in more.items()})


def later(rules: Machine, lifecycle: Lifecycle, facts: Facts, at: datetime) -> Lifecycle:
    return evaluate(rules, lifecycle, facts, at).lifecycle


def with_closed(lifecycle: Lifecycle, reason: str, at: datetime) -> Lifecycle:
    ctas = tuple(
        replace(cta, status=CtaStatus.CLOSED, outcome=CtaOutcome.SUCCESS, closed_at=at) if cta.reason == reason else cta
        for cta in lifecycle.ctas
    )
    return replace(lifecycle, ctas=ctas)


def with_milestones(lifecycle: Lifecycle, milestones: Mapping[str, datetime]) -> Lifecycle:
    return replace(lifecycle, milestones={**lifecycle.milestones, **milestones})


def with_plan(lifecycle: Lifecycle, status: PlanStatus) -> Lifecycle:
    return replace(lifecycle, plans=(SuccessPlan(uuid4(), "onboarding", "Onboarding", status, SIGNED),))


def open_templates(lifecycle: Lifecycle) -> list[str]:
    return [cta.template for cta in lifecycle.ctas if cta.is_open]


def test_the_kickoff_opens_when_the_contract_starts() -> None:
    rules = machine("mid_market")

    lifecycle = later(rules, signed(rules), known(day(0)), day(0))

    assert (lifecycle.stage, open_templates(lifecycle)) == ("new_customer", ["kickoff_call"])
    assert list(lifecycle.milestones) == ["new_customer_signed"]


def test_a_closed_kickoff_leads_to_onboarding_and_its_cta() -> None:
    rules = machine("mid_market")
    lifecycle = later(rules, signed(rules), known(day(0)), day(0))

    lifecycle = later(rules, with_closed(lifecycle, "kickoff", day(9)), known(day(9)), day(9))

    assert (lifecycle.stage, open_templates(lifecycle)) == ("onboarding", ["onboarding"])
    assert lifecycle.milestones["kickoff_done"] == day(9)


def onboarding(rules: Machine) -> Lifecycle:
    lifecycle = with_closed(later(rules, signed(rules), known(day(0)), day(0)), "kickoff", day(9))
    return with_milestones(later(rules, lifecycle, known(day(9)), day(9)), {"first_login": day(12)})


def test_a_completed_success_plan_leads_from_onboarding_to_adoption() -> None:
    rules = machine("mid_market")
    waiting = later(rules, with_plan(onboarding(rules), PlanStatus.ACTIVE), known(day(30)), day(30))

    moved = later(rules, with_plan(waiting, PlanStatus.COMPLETED), known(day(31)), day(31))

    assert (waiting.stage, moved.stage) == ("onboarding", "adoption")
    assert moved.milestones["onboarding"] == day(31)
    assert open_templates(moved) == ["adoption_review"]


def test_an_onboarding_that_takes_too_long_opens_one_cta_and_then_raises_it() -> None:
    rules = machine("mid_market")

    behind = later(rules, onboarding(rules), known(day(56)), day(56))
    stuck = later(rules, behind, known(day(86)), day(86))

    for lifecycle, priority in ((behind, "medium"), (stuck, "high")):
        overdue = [cta.priority for cta in lifecycle.ctas if cta.template == "stage_overdue" and cta.is_open]
        assert overdue == [priority]


def adoption(rules: Machine) -> Lifecycle:
    completed = with_plan(onboarding(rules), PlanStatus.COMPLETED)
    return with_closed(later(rules, completed, known(day(31)), day(31)), "adoption", day(60))


def test_the_renewal_date_leads_to_renewal_and_a_new_one_back_to_adoption() -> None:
    rules = machine("mid_market")

    early = later(rules, adoption(rules), known(day(274)), day(274))
    renewal = later(rules, early, known(day(275)), day(275))
    facts = known(day(340), date(2028, 1, 5), fact__account__contract_renewed_on=to_day(day(340).date()))
    renewed = later(rules, renewal, facts, day(340))

    assert [each.stage for each in (early, renewal, renewed)] == ["adoption", "renewal", "adoption"]
    assert (open_templates(renewal), open_templates(renewed)) == (["renewal"], [])
    assert renewed.milestones["renewal"] == day(340)


def test_a_renewal_date_that_passes_opens_a_cta() -> None:
    rules = machine("mid_market")
    renewal = later(rules, adoption(rules), known(day(300)), day(300))

    lapsed = later(rules, renewal, known(day(366)), day(366))

    assert (lapsed.stage, open_templates(lapsed)) == ("renewal", ["renewal", "lapsed_renewal"])


def test_notice_and_churn_lead_out_of_any_stage_and_close_what_is_open() -> None:
    rules = machine("mid_market")

    noticed = later(rules, onboarding(rules), known(day(40), fact__account__notice_given=1), day(40))
    facts = known(day(70), fact__account__notice_given=1, fact__account__status="churned")
    churned = later(rules, noticed, facts, day(70))

    assert (noticed.stage, open_templates(noticed)) == ("will_churn", ["save"])
    assert (churned.stage, open_templates(churned)) == ("churned", [])


def test_an_account_that_takes_its_notice_back_returns_to_where_it_was() -> None:
    rules = machine("mid_market")
    noticed = later(rules, onboarding(rules), known(day(40), fact__account__notice_given=1), day(40))

    saved = later(rules, noticed, known(day(50), measure__setup_completion=40.0), day(50))

    assert (saved.stage, open_templates(saved)) == ("onboarding", ["onboarding"])


def test_a_small_account_moves_by_data_alone() -> None:
    rules = machine("tech_touch")

    lifecycle = with_milestones(signed(rules), {"first_login": day(2)})
    lifecycle = later(rules, lifecycle, known(day(10)), day(10))
    renewal = later(rules, lifecycle, known(day(306)), day(306))

    assert (lifecycle.stage, renewal.stage) == ("adoption", "renewal")
    assert renewal.ctas == ()
