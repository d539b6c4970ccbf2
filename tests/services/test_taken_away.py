"""Accounts whose own facts change go to the segment whose rule takes them now."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

import pytest

from lifecycle_fsm.domain.alert_episode import AlertFilter, AlertOrder
from lifecycle_fsm.domain.cta import CtaOutcome
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.intake import Outside
from lifecycle_fsm.domain.paging import PageRequest
from lifecycle_fsm.services.adrift import accounts_adrift
from lifecycle_fsm.services.alert_lists import page_alerts
from lifecycle_fsm.services.audit.verify import verify
from lifecycle_fsm.services.evaluate import evaluate_waiting
from lifecycle_fsm.services.health import Moment, accounts_at
from lifecycle_fsm.services.history import page_history
from lifecycle_fsm.services.planning.assigning import AssignSegment, assign_segment
from lifecycle_fsm.services.planning.content import Accounts
from lifecycle_fsm.services.publish import Published, publish
from lifecycle_fsm.services.register import AccountRow
from lifecycle_fsm.services.sweeping.sweep import sweep
from lifecycle_fsm.services.views import HistoryRecord
from tests.worlds import ADMIN, Stage, a_stage

CATALOG = b"""\
schema: lifecycle/v1
facts:
  arr: {title: ARR, kind: number}
  trial_ends_on: {title: Trial ends, kind: date}
"""
SMALL = b"""\
schema: lifecycle/v1
segment: small
rank: 20
applies_to: {when: {fact: arr, below: 1000}}
initial: start
stages:
  start: {transitions: [{key: on, to: trial, trigger: go}]}
  trial: {transitions: [{key: off, to: left, trigger: go}]}
  left: {final: true}
"""
LARGE = b"""\
schema: lifecycle/v1
segment: large
rank: 10
applies_to: {when: {any: [{fact: arr, at_least: 1000}, {days_since: trial_ends_on, at_least: 10}]}}
initial: start
arrivals: {small.trial: {to: grown, clock: restart}}
stages:
  start: {transitions: [{key: on, to: grown, trigger: go}]}
  grown: {transitions: [{key: won, to: done, when: {fact: arr, at_least: 5000}}]}
  done: {final: true}
"""
FILES: Mapping[str, bytes] = {"catalog.yaml": CATALOG, "segments/small.yaml": SMALL, "segments/large.yaml": LARGE}


@pytest.fixture
def here(database_url: str) -> Iterator[Stage]:
    """A store with two segments and no accounts."""
    with a_stage(database_url, None) as opened:
        assert isinstance(publish(opened.world, ADMIN, FILES), Published)
        yield opened


def sign(here: Stage, key: str = "ACME", *, at: str | None = None, **facts: Outside) -> UUID:
    here.register(AccountRow(key, key, facts=facts, stage=at))
    return account_id_for(key)


def history(here: Stage, account: UUID) -> Sequence[HistoryRecord]:
    """The rows of an account, oldest first."""
    return page_history(here.world, ADMIN, [account], PageRequest(100))[account].items[::-1]


def test_the_account_is_taken_in_the_same_write_and_evaluated_there(here: Stage) -> None:
    account = sign(here, arr=10, at="trial")
    here.clock.turn(days=3)

    sign(here, arr=6000)

    lifecycle = here.see(account).lifecycle
    assert (lifecycle.segment, lifecycle.stage, lifecycle.entered_at) == ("large", "done", here.clock())
    rows = history(here, account)[-2:]
    assert [(row.kind, row.cause, row.from_stage, row.to_stage, row.actor) for row in rows] == [
        (RecordKind.REASSIGNED, Cause.AUTOMATIC, "trial", "grown", "feed"),
        (RecordKind.MOVED, Cause.AUTOMATIC, "grown", "done", "feed"),
    ]
    assert rows[0].subject == history(here, account)[0].machine


def test_verification_decides_the_change_of_segment_again(here: Stage) -> None:
    sign(here, arr=10, at="trial")
    sign(here, arr=1500)

    report = verify(here.world, ADMIN)

    assert (report.holds, report.decided) == (True, 1)


def test_the_clock_of_a_stage_of_the_same_key_goes_on(here: Stage) -> None:
    account = sign(here, arr=10)
    began = here.clock()
    here.clock.turn(days=3)

    sign(here, arr=1500)

    lifecycle = here.see(account).lifecycle
    assert (lifecycle.segment, lifecycle.stage, lifecycle.entered_at) == ("large", "start", began)


def test_an_account_put_there_by_hand_stays(here: Stage) -> None:
    account = sign(here, arr=10)
    assign_segment(here.world, ADMIN, AssignSegment(account, "small", "agreed", "k1"))

    sign(here, arr=1500)

    assert here.see(account).lifecycle.segment == "small"
    assert sweep(here.world, ADMIN).candidates == 0
    assert accounts_adrift(here.world, ADMIN) == {}


def test_a_stage_that_leads_nowhere_keeps_its_account(here: Stage) -> None:
    account = sign(here, arr=10, at="left")

    sign(here, arr=1500)

    assert here.see(account).lifecycle.segment == "small"
    assert sweep(here.world, ADMIN).candidates == 0
    assert accounts_adrift(here.world, ADMIN) == {"small": Accounts(1, (account,))}


def test_an_account_that_no_rule_takes_any_more_stays(here: Stage) -> None:
    account = sign(here, arr=10)

    sign(here, arr=None)

    assert here.see(account).lifecycle.segment == "small"
    assert sweep(here.world, ADMIN).candidates == 0
    assert accounts_adrift(here.world, ADMIN) == {"small": Accounts(1, (account,))}


def test_time_alone_takes_an_account_at_its_instant(here: Stage) -> None:
    account = sign(here, arr=10, trial_ends_on=here.clock().date().isoformat())
    here.clock.turn(days=9)
    evaluate_waiting(here.world, ADMIN)
    assert here.see(account).lifecycle.segment == "small"

    here.clock.turn(days=1)
    evaluate_waiting(here.world, ADMIN)

    assert here.see(account).lifecycle.segment == "large"


def test_time_gives_an_account_its_first_segment(here: Stage) -> None:
    account = sign(here, trial_ends_on=here.clock().date().isoformat())
    assert here.see(account).lifecycle.segment == "unassigned"

    here.clock.turn(days=10)
    evaluate_waiting(here.world, ADMIN)

    assert here.see(account).lifecycle.segment == "large"


def test_a_sweep_finds_those_whom_time_or_data_gives_to_another_segment(here: Stage) -> None:
    today = here.clock().date().isoformat()
    by_time, by_hand = (sign(here, key, arr=10, trial_ends_on=today) for key in ("A", "B"))
    assign_segment(here.world, ADMIN, AssignSegment(by_hand, "small", "agreed", "k1"))
    here.clock.turn(days=10)

    foreseen = sweep(here.world, ADMIN, dry_run=True)
    done = sweep(here.world, ADMIN)

    assert [step.kind for each in foreseen.effects for step in each.steps] == [RecordKind.REASSIGNED]
    assert (done.disagreements, done.failed) == (0, 0)
    assert [here.see(each).lifecycle.segment for each in (by_time, by_hand)] == ["large", "small"]
    assert sweep(here.world, ADMIN).candidates == 0


def test_accounts_follow_the_rules_under_which_they_came_until_the_roll_out_reaches_them(here: Stage) -> None:
    before = sign(here, "OLD", arr=900)
    here.clock.turn(days=1)
    lower = {**FILES, "segments/large.yaml": LARGE.replace(b"at_least: 1000}", b"at_least: 500}")}
    assert isinstance(publish(here.world, ADMIN, lower), Published)
    after = sign(here, "NEW", arr=100)

    sign(here, "NEW", arr=900)
    swept = sweep(here.world, ADMIN)

    assert [here.see(each).lifecycle.segment for each in (before, after)] == ["small", "large"]
    assert (swept.candidates, swept.disagreements) == (0, 0)


def test_a_clock_that_went_on_into_another_segment_is_no_new_one_in_the_past(database_url: str) -> None:
    keeping = LARGE.replace(b"{to: grown, clock: restart}", b"grown")
    with a_stage(database_url, None) as here:
        assert isinstance(publish(here.world, ADMIN, {**FILES, "segments/large.yaml": keeping}), Published)
        account = sign(here, arr=10, at="trial")
        begun = here.clock()
        here.clock.turn(days=5)
        sign(here, arr=1500)
        here.clock.turn(days=5)
        at = here.clock()
        here.clock.turn(days=5)
        sign(here, arr=6000)

        stood = accounts_at(here.world, ADMIN, [account], Moment(at))[account]

        assert (stood.lifecycle.stage, stood.lifecycle.entered_at) == ("grown", begun)
        assert stood.time_in_stage == timedelta(days=10)
        assert here.see(account).lifecycle.stage == "done"


WATCHED: Mapping[str, bytes] = {
    **FILES,
    "catalog.yaml": CATALOG
    + b"""\
reasons: {growth: Growth}
templates:
  tiny: {title: Tiny, type: risk, reason: growth, priority: low, due_in: 7d, owner: csm}
  tight: {title: Tight, type: risk, reason: growth, priority: low, due_in: 7d, owner: csm, identity: tight}
""",
    "segments/small.yaml": SMALL
    + b"""\
alerts:
  tiny: {when: {fact: arr, below: 100}, open_cta: tiny}
  both: {when: {fact: arr, below: 100}, clear_when: {fact: arr, at_least: 3000}, open_cta: tight}
""",
    "segments/large.yaml": LARGE
    + b"""\
alerts: {both: {when: {fact: arr, below: 100}, clear_when: {fact: arr, at_least: 3000}, open_cta: tight}}
""",
}


def test_an_alert_that_only_the_old_segment_has_is_over_and_its_cta_closed(here: Stage) -> None:
    assert isinstance(publish(here.world, ADMIN, WATCHED), Published)
    account = sign(here, arr=10, at="trial")
    before = here.see(account).lifecycle

    sign(here, arr=2000)

    after = here.see(account).lifecycle
    assert (before.alerts["tiny"].is_on, after.segment, after.alerts["tiny"].is_on) == (True, "large", False)
    assert after.alerts["both"] == before.alerts["both"]
    assert {cta.template: cta.outcome for cta in after.ctas} == {"tiny": CtaOutcome.SUPERSEDED, "tight": None}
    episodes = page_alerts(here.world, ADMIN, AlertFilter(is_on=False), AlertOrder(), PageRequest(5)).items
    assert [(each.alert, each.cleared_seq) for each in episodes] == [("tiny", history(here, account)[-1].seq)]
    past = accounts_at(here.world, ADMIN, [account], Moment(here.clock()))[account].lifecycle
    assert {key: state.is_on for key, state in past.alerts.items()} == {"tiny": False, "both": True}
    assert verify(here.world, ADMIN).holds
    assert sweep(here.world, ADMIN).candidates == 0
