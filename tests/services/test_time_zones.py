"""Accounts whose days begin where they are."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from lifecycle_fsm.domain import zones
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.domain.zones import UTC_ZONE, ChosenZone, Zone, ZoneGap
from lifecycle_fsm.services.audit.verify import verify
from lifecycle_fsm.services.evaluate import evaluate_waiting
from lifecycle_fsm.services.publish import Published, publish
from lifecycle_fsm.services.register import AccountRow
from lifecycle_fsm.services.sweeping.sweep import sweep
from lifecycle_fsm.services.vocabulary import summary
from lifecycle_fsm.services.why_not import Question, WhyNoAlert, why_not
from tests.worlds import ADMIN, Stage, a_stage, definitions

RENEWAL = """
  renewal_near:
    stages: [onboarding]
    when: {days_until: account.contract_start, at_most: 30}
    open_cta: no_value
"""
"""An alert on a date that lies ahead, in the segment that counts local days."""


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    files = definitions("time")
    files["segments/standard.yaml"] += RENEWAL.encode()
    with a_stage(database_url, None) as opened:
        assert isinstance(publish(opened.world, ADMIN, files), Published)
        yield opened


def sign(stage: Stage, start: date, **told: str) -> UUID:
    known = {f"account.{name}": value for name, value in told.items()}
    facts = {"account.status": "active", "account.contract_start": start.isoformat(), **known}
    stage.register(AccountRow("ACME", "Acme", "ada", facts=facts))
    return account_id_for("ACME")


@pytest.mark.parametrize(
    ("zone", "begins"),
    [
        ("Asia/Kolkata", datetime(2026, 3, 31, 18, 30, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 3, 31, 22, 0, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 4, 1, 4, 0, tzinfo=UTC)),
        ("Nowhere/Land", datetime(2026, 4, 1, 0, 0, tzinfo=UTC)),
    ],
)
def test_an_alert_on_days_opens_at_local_midnight(stage: Stage, zone: str, begins: datetime) -> None:
    account = sign(stage, date(2026, 5, 1), time_zone=zone)
    early = begins - timedelta(milliseconds=1)

    stage.clock.at = early
    evaluate_waiting(stage.world, ADMIN)
    before, due = stage.see(account).lifecycle.alerts, stage.see(account).next_check_at
    quiet = sweep(stage.world, ADMIN, dry_run=True).candidates
    stage.clock.at = begins
    swept = sweep(stage.world, ADMIN)

    assert (before, due, quiet) == ({}, begins, 0)
    assert stage.see(account).lifecycle.alerts["renewal_near"].opened_at == begins
    assert (swept.set_aside, sweep(stage.world, ADMIN).candidates) == ((), 0)
    assert verify(stage.world, ADMIN).holds


def test_clocks_that_are_turned_are_followed_at_that_instant(stage: Stage) -> None:
    account = sign(stage, date(2027, 5, 1), time_zone="Europe/Berlin")
    turned_at = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    stage.clock.at = turned_at - timedelta(milliseconds=1)
    evaluate_waiting(stage.world, ADMIN)
    due = stage.see(account).next_check_at

    stage.clock.at = turned_at
    evaluate_waiting(stage.world, ADMIN)

    assert due == turned_at
    assert stage.see(account).next_check_at == datetime(2026, 4, 15, 8, 0, 0, 1_000, tzinfo=UTC)
    assert sweep(stage.world, ADMIN).candidates == 0


def test_the_zone_that_counts_is_shown_with_what_is_missing(stage: Stage) -> None:
    account = sign(stage, date(2026, 5, 1))
    unknown = stage.see(account).time_zone

    stage.tell(account, time_zone="Bavaria")
    wrong = stage.see(account).time_zone
    stage.tell(account, time_zone="Europe/Berlin")

    assert unknown == ChosenZone(UTC_ZONE, None, ZoneGap.MISSING)
    assert wrong == ChosenZone(UTC_ZONE, "Bavaria", ZoneGap.UNKNOWN_NAME)
    assert stage.see(account).time_zone == ChosenZone(Zone("Europe/Berlin"), "Europe/Berlin")


def test_an_explanation_says_where_days_are_counted(stage: Stage) -> None:
    account = sign(stage, date(2026, 5, 1), time_zone="Pacific/Kiritimati")
    stage.clock.at = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)

    found = why_not(stage.world, ADMIN, Question(account, alert="renewal_near"))
    stage.tell(account, time_zone="Bavaria")
    again = why_not(stage.world, ADMIN, Question(account, alert="renewal_near"))

    assert isinstance(found, WhyNoAlert)
    assert isinstance(again, WhyNoAlert)
    assert found.verdict is not None
    assert again.verdict is not None
    assert summary(found.verdict) == (
        "Days until Contract start is 52 d in Pacific/Kiritimati, needs at most 30 d: 22 d to go (on 2026-04-01)."
    )
    assert summary(again.verdict) == (
        "Days until Contract start is 53 d in UTC (there is no time zone 'Bavaria'), needs at most 30 d: "
        "23 d to go (on 2026-04-01)."
    )


def test_business_days_and_dates_end_where_the_account_is(stage: Stage) -> None:
    """Friday evening in Europe is Saturday in Kolkata: the first business day is Monday."""
    stage.clock.at = datetime(2026, 3, 6, 20, 0, tzinfo=UTC)
    account = sign(stage, date(2026, 3, 2), time_zone="Asia/Kolkata")

    due = {each.milestone: each.due_at for each in stage.see(account).standings}
    stage.clock.at = datetime(2026, 6, 1, tzinfo=UTC)
    evaluate_waiting(stage.world, ADMIN)

    assert due == {
        "kickoff_done": datetime(2026, 3, 19, 20, 0, tzinfo=UTC),
        "first_value": datetime(2026, 5, 1, 18, 29, 59, 999_000, tzinfo=UTC),
    }
    assert stage.see(account).lifecycle.missed == due
    assert verify(stage.world, ADMIN).holds


def test_a_cta_is_due_at_the_same_local_time_when_clocks_have_been_turned(stage: Stage) -> None:
    account = sign(stage, date(2026, 1, 1), time_zone="Europe/Berlin")
    stage.clock.at = datetime(2026, 3, 26, 9, 0, tzinfo=UTC)

    evaluate_waiting(stage.world, ADMIN)

    assert {cta.due_at for cta in stage.open_ctas(account).values()} >= {datetime(2026, 3, 31, 8, 0, tzinfo=UTC)}


def test_verification_needs_no_table_of_zones(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was decided on local days, and when milestones were missed, is found again from what was recorded."""
    stage.clock.at = datetime(2026, 3, 6, 20, 0, tzinfo=UTC)
    account = sign(stage, date(2026, 3, 2), time_zone="America/New_York")
    stage.clock.at = datetime(2026, 6, 1, tzinfo=UTC)
    evaluate_waiting(stage.world, ADMIN)
    decided = {"renewal_near", "kickoff_done", "first_value"}
    assert decided <= {*stage.see(account).lifecycle.alerts, *stage.see(account).lifecycle.missed}

    def lost(*_: object) -> int:
        raise AssertionError("verification asked for a time zone")

    monkeypatch.setattr(zones, "_shift_ms", lost)
    monkeypatch.setattr(Zone, "instant", lost)
    found = verify(stage.world, ADMIN)

    assert found.holds
    assert found.decided >= len(decided)
