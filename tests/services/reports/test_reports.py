"""Reports over accounts whose every day is known."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from lifecycle_fsm.domain.access import Actor, Portfolio, Role
from lifecycle_fsm.domain.cta import CtaType
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.domain.intake import Outside
from lifecycle_fsm.domain.moments import DAY_MS
from lifecycle_fsm.domain.reports.scope import ReportScope
from lifecycle_fsm.services.cta_opening import OpenCta, open_cta
from lifecycle_fsm.services.evaluate import evaluate_waiting
from lifecycle_fsm.services.pauses import ClockSet, PauseAccount, pause_account
from lifecycle_fsm.services.register import AccountRow
from lifecycle_fsm.services.reports.standing import (
    data_gaps,
    stage_distribution,
    stage_health,
    stage_measure,
    stage_paces,
)
from lifecycle_fsm.services.reports.trends import health_trend
from lifecycle_fsm.services.reports.visits import Grouping, moves_made, rule_coverage, stage_compliance, time_in_stage
from lifecycle_fsm.services.reports.vocabulary import RecipePart, recipe_coverage
from lifecycle_fsm.services.reports.work import cta_ages, renewals_ahead
from tests.builders import MONDAY
from tests.worlds import ADMIN, Stage, a_stage


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    """ACME churns after 10 days and BOLT gives notice after 20; CORE stays 30 days in onboarding, under bob."""
    with a_stage(database_url) as opened:
        acme = opened.sign("ACME", arr=5_000)
        bolt = opened.sign("BOLT", arr=7_000, renewal_on=40)
        opened.sign("CORE", arr=9_000, csm="bob")
        opened.clock.turn(days=10)
        opened.tell(acme, status="churned")
        opened.clock.turn(days=10)
        opened.send(bolt, setup_completion=90)
        opened.tell(bolt, notice_given=True)
        opened.clock.turn(days=10)
        yield opened


def scope(stage: Stage, days: int | None = None) -> ReportScope:
    return ReportScope(stage.clock() if days is None else MONDAY + timedelta(days=days), "tech_touch")


def test_distribution_at_any_date(stage: Stage) -> None:
    def at(days: int) -> list[tuple[str, int, float | None]]:
        found = stage_distribution(stage.world, ADMIN, scope(stage, days))
        return [(each.stage, each.accounts, each.revenue) for each in found]

    assert at(-1) == []
    assert at(5) == [("onboarding", 3, 21_000)]
    assert at(15) == [("churned", 1, 5_000), ("onboarding", 2, 16_000)]
    assert at(30) == [("churned", 1, 5_000), ("onboarding", 1, 9_000), ("will_churn", 1, 7_000)]


def test_the_present_is_counted_beside_the_accounts(stage: Stage) -> None:
    bob = Actor("bob", frozenset({Role.CSM}), Portfolio(segments=frozenset({"tech_touch"})))
    stranger = Actor("eve", frozenset({Role.CSM}), Portfolio(segments=frozenset({"enterprise"})))
    now = replace(scope(stage), is_present=True)

    def counts(actor: Actor, asked: ReportScope) -> list[tuple[str, int]]:
        found = stage_distribution(stage.world, actor, asked, with_revenue=False)
        return [(each.stage, each.accounts) for each in found]

    expected = [("churned", 1), ("onboarding", 1), ("will_churn", 1)]
    assert counts(ADMIN, now) == counts(ADMIN, replace(now, segment=None)) == counts(bob, now) == expected
    assert counts(bob, replace(now, segment=None)) == expected
    assert counts(stranger, now) == counts(stranger, replace(now, segment=None)) == []
    assert counts(ADMIN, replace(now, csm="bob")) == [("onboarding", 1)]


def test_time_in_stage_counts_running_visits_too(stage: Stage) -> None:
    (found,) = [each for each in time_in_stage(stage.world, ADMIN, scope(stage)) if each.stage == "onboarding"]

    assert (found.completed, found.running) == (2, 1)
    assert [(step.days, step.at_risk, step.ended) for step in found.curve] == [(10, 3, 1), (20, 2, 1)]
    assert [round(step.share, 3) for step in found.curve] == [0.667, 0.333]
    (earlier,) = time_in_stage(stage.world, ADMIN, scope(stage, 5))
    assert (earlier.completed, earlier.running, earlier.curve) == (0, 3, ())


def test_moves_with_the_health_they_were_made_in(stage: Stage) -> None:
    found = moves_made(stage.world, ADMIN, scope(stage))

    assert [(each.stage, each.to_stage, each.kind, each.transition, each.moves) for each in found] == [
        ("onboarding", "churned", RecordKind.MOVED, "churned", 1),
        ("onboarding", "will_churn", RecordKind.MOVED, "notice_given", 1),
    ]
    assert [(each.with_health, each.healthy) for each in found] == [(0, 0), (1, 1)]
    late = replace(scope(stage), since=MONDAY + timedelta(days=15))
    assert [each.to_stage for each in moves_made(stage.world, ADMIN, late)] == ["will_churn"]


def test_compliance_leaves_young_visits_out(stage: Stage) -> None:
    def judged(days: int, within: int, by: Grouping) -> list[tuple[str | None, int, int, int]]:
        found = stage_compliance(stage.world, ADMIN, scope(stage, days), "onboarding", within, by)
        return [(each.group, each.in_time, each.late, each.pending) for each in found]

    assert judged(30, 15, Grouping.CSM) == [("ada", 1, 1, 0), ("bob", 0, 1, 0)]
    assert judged(12, 15, Grouping.SEGMENT) == [("tech_touch", 1, 0, 2)]
    assert judged(30, 60, Grouping.QUARTER) == [("2026-Q1", 2, 0, 1)]


def test_rules_that_never_fired_are_listed(stage: Stage) -> None:
    found = {each.key: each.fired for each in rule_coverage(stage.world, ADMIN, scope(stage))}

    assert (found["onboarding.churned"], found["onboarding.notice_given"]) == (1, 1)
    assert (found["adoption.renewal_window"], found["low_usage"]) == (0, 0)


def test_health_pace_measures_and_gaps(stage: Stage) -> None:
    everything = scope(stage)
    measured = {each.stage: each for each in stage_measure(stage.world, ADMIN, everything, "setup_completion")}
    paces = {each.stage: dict(each.paces) for each in stage_paces(stage.world, ADMIN, everything)}
    gaps = {each.measure: each for each in data_gaps(stage.world, ADMIN, everything)}

    assert sum(sum(each.bands.values()) for each in stage_health(stage.world, ADMIN, everything)) == 3
    assert (measured["will_churn"].values.n, measured["will_churn"].values.median) == (1, 90.0)
    assert (measured["onboarding"].accounts, measured["onboarding"].values.median) == (1, None)
    assert sum(paces["will_churn"].values()) == 1
    assert (gaps["setup_completion"].accounts, gaps["setup_completion"].missing) == (3, 2)


def test_health_and_measures_as_they_stood_at_a_date(stage: Stage) -> None:
    core = account_id_for("CORE")
    stage.send(core, setup_completion=60)
    then = scope(stage)
    (health,) = [each for each in stage_health(stage.world, ADMIN, then) if each.stage == "onboarding"]
    measured = stage_measure(stage.world, ADMIN, then, "setup_completion")
    stage.clock.turn(days=5)
    stage.send(core, setup_completion=10)
    stage.tell(core, status="churned")

    health_then = stage_health(stage.world, ADMIN, then)
    measured_then = stage_measure(stage.world, ADMIN, then, "setup_completion")
    earlier = stage_measure(stage.world, ADMIN, scope(stage, 15), "setup_completion")

    assert replace(health, is_past=True) in health_then
    assert sum(health.bands.values()) == 1
    assert sorted(measured_then, key=lambda each: each.stage) == [
        replace(each, is_past=True) for each in sorted(measured, key=lambda each: each.stage)
    ]
    assert {(each.stage, each.accounts, each.values.n) for each in earlier} == {("churned", 1, 0), ("onboarding", 2, 0)}


def test_of_scores_in_one_millisecond_the_last_counts_at_a_past_date(stage: Stage) -> None:
    core = account_id_for("CORE")
    for setup in range(0, 96, 5):
        stage.send(core, setup_completion=setup)
        evaluate_waiting(stage.world, ADMIN)
    at = stage.clock()
    stage.clock.turn(days=1)

    (found,) = [each for each in health_trend(stage.world, ADMIN, scope(stage), [at]) if each.stage == "onboarding"]

    assert (found.accounts, found.scores.n, found.scores.median) == (1, 1, stage.see(core).health.score)


def test_gaps_as_they_stood_at_a_date(stage: Stage) -> None:
    def gaps(days: int) -> list[tuple[str, int, int, int]]:
        found = data_gaps(stage.world, ADMIN, scope(stage, days))
        return [(each.measure, each.accounts, each.missing, each.stale) for each in found]

    on_day_30 = data_gaps(stage.world, ADMIN, scope(stage))
    stage.send(account_id_for("CORE"), setup_completion=50)
    stage.register(AccountRow("LATE", "Late", facts={"account.status": "active"}))
    stage.clock.turn(days=400)

    assert data_gaps(stage.world, ADMIN, scope(stage, 30 - 1)) == tuple(
        each._replace(is_past=True, oldest=each.oldest - DAY_MS) for each in on_day_30
    )
    assert gaps(-1) == []
    assert [gap for gap in gaps(19) if gap[0] == "setup_completion"] == [("setup_completion", 3, 3, 0)]


def test_renewals_by_month_and_ctas_by_owner(stage: Stage) -> None:
    ahead = renewals_ahead(stage.world, ADMIN, scope(stage))

    assert [(each.month, each.accounts, each.revenue) for each in ahead] == [
        (date(2026, 4, 1), 1, 7_000),
        (date(2027, 3, 1), 2, 14_000),
    ]
    assert all(each.open >= each.overdue for each in cta_ages(stage.world, ADMIN, scope(stage)))


def test_open_ctas_by_their_age(stage: Stage) -> None:
    stage.clock.turn(days=40)
    evaluate_waiting(stage.world, ADMIN)

    def ages(days: int) -> list[tuple[str, str, tuple[int, ...]]]:
        """The stage has been overdue since day 70."""
        found = cta_ages(stage.world, ADMIN, scope(stage, days))
        return [(each.reason, each.owner, each.ages) for each in found]

    assert ages(69) == []
    expected = {70: (1, 0, 0, 0), 77: (1, 0, 0, 0), 78: (0, 1, 0, 0), 100: (0, 1, 0, 0), 101: (0, 0, 1, 0)}
    expected |= {160: (0, 0, 1, 0), 161: (0, 0, 0, 1)}
    assert {days: ages(days) for days in expected} == {
        days: [("stage_overdue", "bob", each)] for days, each in expected.items()
    }


def test_ctas_of_accounts_that_no_segment_has_are_left_out_however_one_asks(stage: Stage) -> None:
    stage.clock.turn(days=40)
    evaluate_waiting(stage.world, ADMIN)
    lost, asked = stage.sign("LOST", csm="bob"), scope(stage)
    wanted = OpenCta(lost, stage.key(), title="Ask", type=CtaType.ACTIVITY, reason="habits", owner="bob")
    open_cta(stage.world, ADMIN, wanted)
    (ask,) = stage.see(lost).lifecycle.ctas

    counted = {
        cta_ages(stage.world, actor, each)
        for actor in (ADMIN, Actor("bob", frozenset({Role.CSM}), Portfolio(csms=frozenset({"bob"}))))
        for each in (asked, replace(asked, segment=None), replace(asked, csm="bob"))
    }

    (found,) = counted
    assert ask.is_open
    assert [(each.reason, each.owner, each.open) for each in found] == [("stage_overdue", "bob", 1)]


def test_parts_of_a_recipe_that_nobody_used_are_listed(stage: Stage) -> None:
    stage.clock.turn(days=40)
    evaluate_waiting(stage.world, ADMIN)

    def used(asked: ReportScope) -> dict[tuple[str, str], int]:
        return {(each.part, each.key): each.used for each in recipe_coverage(stage.world, ADMIN, asked)}

    nobody = {
        (RecipePart.CTA_TEMPLATE, "lapsed_renewal"): 0,
        (RecipePart.CTA_TEMPLATE, "low_usage"): 0,
        (RecipePart.PLAYBOOK, "lapsed_renewal"): 0,
        (RecipePart.PLAYBOOK, "usage_recovery"): 0,
        (RecipePart.MILESTONE, "first_login"): 0,
        (RecipePart.MILESTONE, "onboarding"): 0,
        (RecipePart.MILESTONE, "renewal"): 0,
    }
    overdue, signed = (RecipePart.CTA_TEMPLATE, "stage_overdue"), (RecipePart.MILESTONE, "new_customer_signed")
    assert used(scope(stage)) == {**nobody, overdue: 1, signed: 3}
    assert used(replace(scope(stage), csm="bob")) == {**nobody, overdue: 1, signed: 1}
    later = replace(scope(stage), since=MONDAY + timedelta(days=5))
    assert used(later) == {**nobody, overdue: 1, signed: 0}


def test_a_portfolio_bounds_every_number(stage: Stage) -> None:
    bob = Actor("bob", frozenset({Role.CSM}), Portfolio(csms=frozenset({"bob"})))

    assert [each.accounts for each in stage_distribution(stage.world, bob, scope(stage, 5))] == [1]
    assert moves_made(stage.world, bob, scope(stage)) == ()
    assert [each.running for each in time_in_stage(stage.world, bob, scope(stage))] == [1]


def test_refuses_what_is_no_report(stage: Stage) -> None:
    with pytest.raises(InvalidInput, match="no measure 'wau'"):
        stage_measure(stage.world, ADMIN, scope(stage), "wau")
    with pytest.raises(InvalidInput, match="is not after"):
        moves_made(stage.world, ADMIN, replace(scope(stage), since=MONDAY, until=MONDAY))
    with pytest.raises(InvalidInput, match="expected 1 to 3650"):
        stage_compliance(stage.world, ADMIN, scope(stage), "onboarding", 0, Grouping.CSM)


def test_time_in_stage_leaves_out_what_was_paused(database_url: str) -> None:
    with a_stage(database_url, "time") as here:
        facts: dict[str, Outside] = {"account.status": "active", "account.contract_start": "2026-03-02"}
        for key in ("OVER", "RUNNING"):
            here.register(AccountRow(key, key, "ada", facts=facts))
            since, until = here.clock() + timedelta(days=1), here.clock() + timedelta(days=9)
            wanted = PauseAccount(account_id_for(key), "why", here.key(), until, since=since)
            assert isinstance(pause_account(here.world, ADMIN, wanted), ClockSet)
        here.clock.turn(days=12)
        here.send(account_id_for("OVER"), usage__license_share=20)
        here.clock.turn(days=4)
        evaluate_waiting(here.world, ADMIN)

        asked = ReportScope(here.clock(), "standard")
        found = next(each for each in time_in_stage(here.world, ADMIN, asked) if each.stage == "onboarding")

        assert (found.completed, found.running) == (1, 1)
        assert [(step.days, step.at_risk, step.ended) for step in found.curve] == [(4, 2, 1)]
