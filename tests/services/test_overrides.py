"""A person speaks in the place of a measure or of the score: at once, for a while, and on the record."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from lifecycle_fsm.domain.errors import Forbidden, InvalidInput
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.domain.fields import measure_field
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.intake import Outside
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.domain.override import HEALTH
from lifecycle_fsm.domain.paging import PageRequest
from lifecycle_fsm.domain.scorecard import Band
from lifecycle_fsm.guards.model import Leaf, Reading, Subject, SubjectKind, Within
from lifecycle_fsm.guards.sql import condition
from lifecycle_fsm.services.audit.verify import verify
from lifecycle_fsm.services.evaluate import evaluate_waiting
from lifecycle_fsm.services.history import page_history
from lifecycle_fsm.services.overrides import (
    EndOverride,
    MeasureUnknown,
    NotOverridden,
    Overridden,
    OverrideHealth,
    end_health_override,
    override_health,
    reasons_of,
)
from lifecycle_fsm.services.register import AccountRow
from lifecycle_fsm.services.views import HistoryRecord
from lifecycle_fsm.store.layout import load_layout
from lifecycle_fsm.store.plain import read_plain
from lifecycle_fsm.store.tables.accounts import account_state
from tests.worlds import ADMIN, CSM, VIEWER, Stage, a_stage


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    """A store with the machines of the health fixture."""
    with a_stage(database_url, "health") as opened:
        yield opened


@pytest.fixture
def account(stage: Stage) -> UUID:
    """An account in onboarding with a healthy use."""
    stage.register(AccountRow("ACME", "Acme", "ada", facts={"contract.start_on": "2026-02-01"}))
    account = account_id_for("ACME")
    stage.send(account, utilisation=90, trained=True)
    return account


def say(stage: Stage, account: UUID, value: Outside, measure: str | None = None, hours: float = 24) -> Overridden:
    wanted = OverrideHealth(
        account, value, stage.clock() + timedelta(hours=hours), "they told me", stage.key(), measure
    )
    outcome = override_health(stage.world, CSM, wanted)
    assert isinstance(outcome, Overridden)
    return outcome


def history(stage: Stage, account: UUID) -> list[HistoryRecord]:
    return list(page_history(stage.world, ADMIN, [account], PageRequest(100))[account].items)


def test_an_overridden_measure_counts_at_once_and_moves_the_account(stage: Stage, account: UUID) -> None:
    before = stage.see(account).health.score

    said = say(stage, account, 0, "launch")

    assert said.account.lifecycle.stage == "rescue"
    assert [record.kind for record in said.records][:2] == [RecordKind.HEALTH_OVERRIDDEN, RecordKind.MOVED]
    first = said.records[0]
    assert (first.subject, first.actor, first.reason, first.cause) == ("launch", "ada", "they told me", Cause.PERSON)
    assert before is not None
    assert said.account.health.score is not None
    assert said.account.health.score < before


def test_the_whole_score_is_overridden_and_the_measures_stay_visible(stage: Stage, account: UUID) -> None:
    own = stage.see(account).health.score

    view = say(stage, account, 12.5).account

    counting, explained = view.explained_health
    assert (counting.score, counting.band, explained.health.score) == (12.5, Band.AT_RISK, own)
    assert view.overrides[HEALTH].author == "ada"
    reasons = reasons_of(stage.world, VIEWER, [(account, view.overrides[HEALTH].seq)])
    assert list(reasons.values()) == ["they told me"]


def test_an_override_ends_exactly_at_its_instant_and_its_end_is_recorded(stage: Stage, account: UUID) -> None:
    own = stage.see(account).health.score
    due = say(stage, account, 10, hours=3).account.next_check_at
    assert due == stage.clock() + timedelta(hours=3)

    stage.clock.turn(hours=2, minutes=59, seconds=59, milliseconds=999)
    evaluate_waiting(stage.world, ADMIN)
    assert stage.see(account).health.score == 10.0
    stage.clock.turn(milliseconds=1)
    assert stage.see(account).health.score == own
    evaluate_waiting(stage.world, ADMIN)

    last = history(stage, account)[0]
    assert (last.kind, last.subject, last.actor, last.effective_at) == (
        RecordKind.OVERRIDE_ENDED,
        HEALTH,
        None,
        stage.clock(),
    )
    assert [dict(effect) for effect in last.effects] == [
        {"did": "override_over", "measure": HEALTH, "value": "10.0", "end": "expired"}
    ]


def test_a_person_ends_an_override_early_once(stage: Stage, account: UUID) -> None:
    say(stage, account, 0, "launch")
    key = stage.key()

    ended = end_health_override(stage.world, CSM, EndOverride(account, "I was wrong", key, "launch"))
    again = end_health_override(stage.world, CSM, EndOverride(account, "I was wrong", key, "launch"))
    other = end_health_override(stage.world, CSM, EndOverride(account, "I was wrong", stage.key(), "launch"))

    assert isinstance(ended, Overridden)
    assert ended.account.lifecycle.stage == "onboarding"
    assert isinstance(again, Overridden)
    assert again.replayed
    assert isinstance(other, NotOverridden)


def test_a_second_override_replaces_the_first(stage: Stage, account: UUID) -> None:
    say(stage, account, 10)
    second = say(stage, account, 20)

    assert second.account.health.score == 20.0
    assert [effect["did"] for effect in second.records[0].effects] == ["override_over", "override_set"]


def test_an_overridden_measure_does_not_become_stale_and_new_values_wait_for_its_end(
    stage: Stage, account: UUID
) -> None:
    say(stage, account, 20, "utilisation", hours=24 * 60)
    stage.send(account, utilisation=95)
    stage.clock.turn(days=40)
    stage.send(account, trained=True)

    (part,) = [
        each for each in stage.see(account).explained_health[1].contributions if each.measure.key == "utilisation"
    ]
    assert (part.value, part.absence) == (20.0, None)
    stage.send(account, utilisation=70)
    end_health_override(stage.world, CSM, EndOverride(account, "enough", stage.key(), "utilisation"))
    (part,) = [
        each for each in stage.see(account).explained_health[1].contributions if each.measure.key == "utilisation"
    ]
    assert part.value == 70.0


def test_guards_in_sql_read_the_overridden_measure(stage: Stage, account: UUID) -> None:
    field = measure_field("utilisation")
    subject = Subject(SubjectKind.MEASURE, field, Reading.VALUE, "Use", "%", (("measure", "utilisation"),))

    def below_50() -> bool:
        with stage.world.database.reading() as connection:
            layout, as_of_ms = load_layout(connection), to_ms(stage.clock())
            said = condition(Leaf(subject, Within(high=50.0)), layout.expression, as_of_ms)
            return bool(connection.execute(select(said).where(account_state.c.account_id == account)).scalar_one())

    assert not below_50()
    say(stage, account, 49.5, "utilisation")

    assert below_50()


def test_decisions_on_overrides_are_decided_again_by_verify(stage: Stage, account: UUID) -> None:
    say(stage, account, 0, "launch", hours=1)
    stage.clock.turn(hours=1)
    evaluate_waiting(stage.world, ADMIN)
    assert stage.see(account).lifecycle.stage == "onboarding"

    report = verify(stage.world, ADMIN)

    assert report.flaws == []
    assert report.decided >= 2


@pytest.mark.parametrize(
    ("value", "measure", "hours", "path"),
    [
        (101, None, 1, "input.value"),
        (None, None, 1, "input.value"),
        ("medium", "sponsor", 1, "input.value"),
        (50, None, 0, "input.until"),
        (50, None, 24 * 367, "input.until"),
    ],
)
def test_a_wrong_override_is_refused(
    stage: Stage, account: UUID, value: Outside, measure: str | None, hours: float, path: str
) -> None:
    revision = stage.see(account).lifecycle.revision

    with pytest.raises(InvalidInput) as refused:
        say(stage, account, value, measure, hours)

    assert refused.value.path == path
    assert stage.see(account).lifecycle.revision == revision


def test_a_choice_is_overridden_by_its_word_and_an_unknown_measure_is_named(stage: Stage, account: UUID) -> None:
    assert say(stage, account, "strong", "sponsor").account.overrides["sponsor"].value == 100.0
    wanted = OverrideHealth(account, 1, stage.clock() + timedelta(hours=1), "why", stage.key(), "sponsors")
    outcome = override_health(stage.world, CSM, wanted)

    assert isinstance(outcome, MeasureUnknown)
    assert "sponsor" in outcome.known


def test_whoever_only_reads_cannot_override(stage: Stage, account: UUID) -> None:
    with pytest.raises(Forbidden):
        override_health(
            stage.world, VIEWER, OverrideHealth(account, 1, stage.clock() + timedelta(hours=1), "why", stage.key())
        )


def test_accounts_with_overrides_are_told_apart_from_others_of_their_kind(stage: Stage, account: UUID) -> None:
    stage.register(AccountRow("BETA", "Beta", "ada", facts={"contract.start_on": "2026-02-01"}))
    beta = account_id_for("BETA")
    say(stage, account, 55)
    say(stage, beta, 45)

    with stage.world.database.writing() as connection:
        kinds = read_plain(connection, [account, beta], load_layout(connection))

    assert sorted(len(plains) for plains in kinds.values()) == [1, 1]
