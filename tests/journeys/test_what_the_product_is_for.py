"""The list that the product is judged by, line by line, on the machines of the demo."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from lifecycle_fsm.domain.cta import CtaOutcome, CtaType, Priority
from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.domain.pace import Pace
from lifecycle_fsm.domain.paging import PageRequest
from lifecycle_fsm.domain.plan import PlanStatus
from lifecycle_fsm.domain.scorecard import Band
from lifecycle_fsm.services.ctas import CloseCta, close_cta
from lifecycle_fsm.services.evaluate import evaluate_waiting
from lifecycle_fsm.services.history import page_history
from lifecycle_fsm.services.milestones import ReachMilestone, reach_milestone
from lifecycle_fsm.services.plans import ChangePlan, change_plan
from tests.worlds import ADMIN, CSM, Stage

STAGES: Mapping[str, list[str]] = {
    "enterprise": [
        "new_customer", "kicked_off", "onboarding", "launched", "adoption", "renewal", "will_churn", "churned",
    ],
    "mid_market": ["new_customer", "onboarding", "adoption", "renewal", "will_churn", "churned"],
    "tech_touch": ["onboarding", "adoption", "renewal", "will_churn", "churned"],
}  # fmt: skip


def close(stage: Stage, account: UUID, template: str, outcome: CtaOutcome = CtaOutcome.SUCCESS) -> None:
    cta_id = stage.open_ctas(account)[template].id
    assert cta_id is not None
    close_cta(stage.world, CSM, CloseCta(account, cta_id, outcome, stage.key()))


def reach(stage: Stage, account: UUID, milestone: str) -> None:
    reach_milestone(stage.world, CSM, ReachMilestone(account, milestone, stage.key()))


def pass_time(stage: Stage, days: int) -> None:
    """Let days pass one by one; every morning whatever is due is evaluated."""
    for _ in range(days):
        stage.clock.turn(days=1)
        evaluate_waiting(stage.world, ADMIN)


def in_adoption(stage: Stage, renewal_on: int = 365) -> UUID:
    """A mid-market account that has been onboarded."""
    account = stage.sign(arr=50_000, renewal_on=renewal_on)
    close(stage, account, "kickoff_call")
    reach(stage, account, "first_login")
    change_plan(stage.world, CSM, ChangePlan(account, "onboarding", "Go live", PlanStatus.ACTIVE, stage.key()))
    change_plan(stage.world, CSM, ChangePlan(account, "onboarding", "Go live", PlanStatus.COMPLETED, stage.key()))
    stage.send(account, setup_completion=95)
    assert stage.see(account).lifecycle.stage == "adoption"
    return account


def test_01_stages_exist_for_each_segment(stage: Stage) -> None:
    accounts = {"enterprise": 300_000, "mid_market": 60_000, "tech_touch": 4_000}

    machines = {segment: stage.see(stage.sign(segment.upper(), arr=arr)).machine for segment, arr in accounts.items()}

    assert {segment: list(machine.stages) for segment, machine in machines.items() if machine} == STAGES


def test_02_milestones_capture_the_major_events(stage: Stage) -> None:
    account = in_adoption(stage, renewal_on=120)
    pass_time(stage, 31)
    in_renewal = stage.see(account).lifecycle.stage

    stage.tell(account, renewal_on=465, contract_renewed_on=0)

    milestones = stage.see(account).lifecycle.milestones
    assert in_renewal == "renewal"
    assert {"new_customer_signed", "onboarding", "renewal"} <= set(milestones)
    assert milestones["renewal"] == stage.clock()


def test_03_each_stage_weighs_its_own_measures(stage: Stage) -> None:
    account = stage.sign(arr=50_000)
    machine = stage.see(account).machine
    assert machine is not None

    weights = {
        key: {measure.key: measure.weight for measure in machine.scorecard.for_stage(key)}
        for key in ("onboarding", "adoption", "renewal")
    }

    assert weights["onboarding"]["setup_completion"] == 4.0
    assert weights["adoption"]["usage.feature_depth"] == 4.0
    assert weights["renewal"]["engagement.meetings_90d"] == 4.0


def test_04_thresholds_give_the_same_band_to_every_account(stage: Stage) -> None:
    bands = []
    for number, value in enumerate((0.5, 0.25, 0.2499)):
        account = stage.sign(f"A{number}", arr=50_000)
        close(stage, account, "kickoff_call")
        reach(stage, account, "first_login")
        close_cta_when_onboarded(stage, account)
        stage.send(account, usage__wau_ratio=value)
        bands.append(stage.see(account).health.band)

    assert bands == [Band.HEALTHY, Band.NEUTRAL, Band.AT_RISK]


def close_cta_when_onboarded(stage: Stage, account: UUID) -> None:
    stage.send(account, setup_completion=95)
    close(stage, account, "onboarding")
    assert stage.see(account).lifecycle.stage == "adoption"


def test_05_a_changed_input_shows_at_once(stage: Stage) -> None:
    account = in_adoption(stage)
    stage.send(account, usage__wau_ratio=0.6)
    healthy = stage.see(account).health
    stage.clock.turn(hours=1)

    result = stage.send(account, usage__wau_ratio=0.1)

    assert healthy.band is Band.HEALTHY
    assert [view.health.band for view in result.accounts] == [Band.AT_RISK]


def test_06_onboarding_leads_to_adoption_when_the_success_plan_is_completed(stage: Stage) -> None:
    account = stage.sign(arr=50_000)
    close(stage, account, "kickoff_call")
    reach(stage, account, "first_login")
    stage.send(account, setup_completion=95)
    waiting = stage.see(account)

    plan = ChangePlan(account, "onboarding", "Go live", PlanStatus.COMPLETED, stage.key())
    outcome = change_plan(stage.world, CSM, plan)

    (way,) = [each for each in waiting.available if each.transition.key == "onboarded" and each.is_automatic]
    assert waiting.lifecycle.stage == "onboarding"
    assert [leaf.subject for leaf in way.verdict.leaves() if leaf.truth is not True] != []
    assert outcome.account.lifecycle.stage == "adoption"


def test_07_a_kickoff_opens_by_the_customer_start_date(stage: Stage) -> None:
    account = stage.sign(arr=50_000, contract_start=5)
    before = set(stage.open_ctas(account))

    pass_time(stage, 5)

    cta = stage.open_ctas(account)["kickoff_call"]
    assert before == set()
    assert (cta.owner, cta.due_at - cta.opened_at, len(cta.tasks)) == ("ada", timedelta(days=14), 0)


def test_08_closed_ctas_chain_kickoff_onboarding_and_renewal(stage: Stage) -> None:
    account = stage.sign(arr=50_000, renewal_on=100)
    seen = [set(stage.open_ctas(account))]
    close(stage, account, "kickoff_call")
    seen.append(set(stage.open_ctas(account)))
    reach(stage, account, "first_login")
    stage.send(account, setup_completion=95)
    close(stage, account, "onboarding")
    seen.append(set(stage.open_ctas(account)))

    pass_time(stage, 10)

    assert seen == [{"kickoff_call"}, {"onboarding"}, {"adoption_review"}]
    assert stage.see(account).lifecycle.stage == "renewal"
    assert stage.open_ctas(account)["renewal"].type is CtaType.LIFECYCLE


def test_09_the_renewal_date_drives_the_renewal_stage_to_the_day(stage: Stage) -> None:
    account = in_adoption(stage, renewal_on=91)
    day_before = stage.see(account).lifecycle.stage

    pass_time(stage, 1)

    assert (day_before, stage.see(account).lifecycle.stage) == ("adoption", "renewal")


def test_10_risk_ctas_open_on_low_usage_a_missed_milestone_and_a_long_stay(stage: Stage) -> None:
    quiet = in_adoption(stage)
    late = stage.sign("LATE", arr=300_000)
    close(stage, late, "kickoff_call")
    stage.send(late, setup_completion=10)
    stage.send(quiet, usage__logins_30d=3)

    pass_time(stage, 14)
    low, missed = stage.open_ctas(quiet)["low_usage"], stage.open_ctas(late)["no_first_login"]
    pass_time(stage, 47)

    overdue = stage.open_ctas(late)["stage_overdue"]
    assert {cta.type for cta in (low, missed, overdue)} == {CtaType.RISK}
    assert (low.opened_at - missed.opened_at).days == -7
    assert overdue.opened_at == missed.opened_at + timedelta(days=47)


def test_11_a_compliance_alert_opens_when_onboarding_takes_too_long_and_is_escalated(stage: Stage) -> None:
    account = stage.sign(arr=50_000)
    close(stage, account, "kickoff_call")

    pass_time(stage, 46)
    behind = stage.see(account).pace, stage.open_ctas(account)["stage_overdue"].priority
    pass_time(stage, 30)
    stuck = stage.see(account).pace, stage.open_ctas(account)["stage_overdue"].priority

    assert behind == (Pace.BEHIND, Priority.MEDIUM)
    assert stuck == (Pace.STUCK, Priority.HIGH)
    assert sum(cta.template == "stage_overdue" for cta in stage.see(account).lifecycle.ctas) == 1


def test_13_history_tells_how_long_and_how_healthy_an_account_was_when_it_moved(stage: Stage) -> None:
    account = stage.sign(arr=4_000, csm=None)
    reach(stage, account, "first_login")
    pass_time(stage, 12)

    stage.send(account, setup_completion=90)

    page = page_history(stage.world, ADMIN, [account], PageRequest(10))[account]
    entered, left = [row for row in reversed(page.items) if row.kind in (RecordKind.ASSIGNED, RecordKind.MOVED)]
    assert (left.effective_at - entered.effective_at).days == 12
    assert (left.from_stage, left.to_stage, left.transition) == ("onboarding", "adoption", "onboarded")


def test_15_one_read_gives_the_whole_account(stage: Stage) -> None:
    account = in_adoption(stage)

    view = stage.see(account)

    assert (view.profile.name, view.lifecycle.segment, view.pace) == ("Acme", "mid_market", Pace.ON_TRACK)
    assert [cta.template for cta in view.lifecycle.ctas] == ["kickoff_call", "onboarding", "adoption_review"]
    assert [plan.status for plan in view.lifecycle.plans] == [PlanStatus.COMPLETED]
    assert {way.transition.key for way in view.available} == {
        "churned",
        "notice_given",
        "renewal_window",
        "reimplement",
    }
    assert view.explained_health[1].contributions[0].measure.key == "usage.wau_ratio"
