"""While an account is paused, the clock of its stage stands still."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from lifecycle_fsm.domain.errors import Forbidden, InvalidInput
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.intake import Outside
from lifecycle_fsm.domain.milestones import Compliance
from lifecycle_fsm.domain.pace import Pace
from lifecycle_fsm.domain.paging import PageRequest
from lifecycle_fsm.domain.reports.scope import ReportScope
from lifecycle_fsm.services.audit.verify import verify
from lifecycle_fsm.services.evaluate import evaluate_waiting
from lifecycle_fsm.services.history import page_history
from lifecycle_fsm.services.ingest import RecordFacts, record_facts
from lifecycle_fsm.services.observe import FactRow
from lifecycle_fsm.services.pauses import (
    AlreadyPaused,
    ClockSet,
    NotPaused,
    PauseAccount,
    ResumeAccount,
    page_pauses,
    pause_account,
    resume_account,
)
from lifecycle_fsm.services.publish import Published, publish
from lifecycle_fsm.services.register import AccountRow
from lifecycle_fsm.services.reports.visits import Grouping, stage_compliance
from lifecycle_fsm.services.simulate import Compared, Period, Simulation, simulate
from lifecycle_fsm.services.story import page_story, sentences_of
from lifecycle_fsm.services.sweeping.sweep import sweep
from lifecycle_fsm.services.undo import UndoRun, undo_run
from lifecycle_fsm.services.views import HistoryRecord
from lifecycle_fsm.services.visits import all_visits, past_visits
from lifecycle_fsm.services.why_not import Question, WhyNoMove, why_not
from tests.builders import MONDAY
from tests.worlds import ADMIN, CSM, FEED, VIEWER, Stage, a_stage

ACME = account_id_for("ACME")

FILES = {
    "catalog.yaml": b"""
schema: lifecycle/v1
facts:
  status: {title: Status, kind: text}
""",
    "segments/any.yaml": b"""
schema: lifecycle/v1
segment: any
applies_to: {when: {fact: status, is: active}}
initial: trial
stages:
  trial:
    expected: 10d
    stuck: 20d
    transitions:
      - {key: over, to: use, trigger: auto, when: {stage_age: {at_least: 30d}}}
  use:
    expected: 5d
    transitions:
      - {key: end, to: over, kind: exit, trigger: [end], after: 10d}
  over: {final: true}
""",
}


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    with a_stage(database_url, None) as opened:
        assert isinstance(publish(opened.world, ADMIN, FILES), Published)
        yield opened


@pytest.fixture
def account(stage: Stage) -> UUID:
    stage.register(AccountRow("ACME", "Acme", "ada", facts={"status": "active"}))
    return account_id_for("ACME")


def pause(stage: Stage, account: UUID, days: int | None = None) -> ClockSet:
    until = None if days is None else stage.clock() + timedelta(days=days)
    outcome = pause_account(stage.world, CSM, PauseAccount(account, "merger", stage.key(), until))
    assert isinstance(outcome, ClockSet)
    return outcome


def resume(stage: Stage, account: UUID) -> ClockSet:
    outcome = resume_account(stage.world, CSM, ResumeAccount(account, "merged", stage.key()))
    assert isinstance(outcome, ClockSet)
    return outcome


def wait(stage: Stage, days: int) -> None:
    """Let time pass and everything happen that then is due; nothing is left for a sweep."""
    stage.clock.turn(days=days)
    evaluate_waiting(stage.world, ADMIN)
    assert sweep(stage.world, ADMIN, dry_run=True).candidates == 0


def history(stage: Stage, account: UUID) -> list[HistoryRecord]:
    return list(reversed(page_history(stage.world, ADMIN, [account], PageRequest(100))[account].items))


def test_the_clock_stands_still_and_goes_on(stage: Stage, account: UUID) -> None:
    wait(stage, 8)
    pause(stage, account)
    wait(stage, 100)
    during = stage.see(account)
    resume(stage, account)
    wait(stage, 2)
    after = stage.see(account)
    wait(stage, 1)
    behind = stage.see(account)
    wait(stage, 19)

    assert (during.time_in_stage, during.pace, during.lifecycle.stage) == (timedelta(days=8), Pace.ON_TRACK, "trial")
    assert (after.time_in_stage, after.pace) == (timedelta(days=10), Pace.ON_TRACK)
    assert behind.pace is Pace.BEHIND
    assert stage.see(account).lifecycle.stage == "use"
    first, running = all_visits(stage.see(account), past_visits(stage.world, VIEWER, [account])[account])
    assert (first.spent, first.paused, first.variance) == (timedelta(30), timedelta(100), timedelta(20))
    assert (running.spent, running.paused) == (timedelta(0), timedelta(0))
    assert verify(stage.world, ADMIN).holds


def test_compliance_counts_no_pauses(stage: Stage, account: UUID) -> None:
    """A visit of thirty days that stood still for a hundred is in time within thirty."""

    def judged(within: int) -> tuple[int, int, int]:
        scope = ReportScope(stage.clock())
        (found,) = stage_compliance(stage.world, ADMIN, scope, "trial", within, Grouping.SEGMENT)
        return found.in_time, found.late, found.pending

    wait(stage, 8)
    pause(stage, account)
    wait(stage, 100)
    during = (judged(8), judged(7))
    resume(stage, account)
    wait(stage, 22)

    assert stage.see(account).lifecycle.stage == "use"
    assert during == ((0, 0, 1), (0, 1, 0))
    assert (judged(30), judged(29)) == ((1, 0, 0), (0, 1, 0))


def test_a_pause_ends_at_its_instant_however_late_that_is_seen(stage: Stage, account: UUID) -> None:
    wait(stage, 8)
    ends_at = stage.clock() + timedelta(days=10)
    pause(stage, account, days=10)
    due_at = stage.see(account).next_check_at
    stage.clock.turn(days=12)
    unseen = stage.see(account)
    evaluate_waiting(stage.world, ADMIN)

    assert due_at == ends_at
    assert (unseen.time_in_stage, unseen.pace) == (timedelta(days=10), Pace.ON_TRACK)
    assert stage.see(account).time_in_stage == timedelta(days=10)
    last = history(stage, account)[-1]
    assert (last.kind, last.actor, last.cause) == (RecordKind.RESUMED, None, Cause.AUTOMATIC)
    assert stage.see(account).lifecycle.pause is None


def test_a_pause_goes_on_in_the_next_stage(stage: Stage, account: UUID) -> None:
    wait(stage, 40)
    assert stage.see(account).lifecycle.stage == "use"
    pause(stage, account)
    wait(stage, 50)
    assert stage.see(account).pace is Pace.ON_TRACK
    resume(stage, account)
    wait(stage, 5)

    assert stage.see(account).pace is Pace.ON_TRACK
    assert stage.see(account).time_in_stage == timedelta(days=5)


def test_an_age_that_was_reached_stays_reached(stage: Stage, account: UUID) -> None:
    stage.clock.turn(days=29)
    pause(stage, account)
    stage.clock.turn(days=1)
    assert sweep(stage.world, ADMIN, dry_run=True).candidates == 0
    resume(stage, account)
    wait(stage, 1)

    assert stage.see(account).lifecycle.stage == "use"


def test_undoing_what_ended_a_pause_gives_it_back(stage: Stage, account: UUID) -> None:
    pause(stage, account, days=10)
    stage.clock.turn(days=11)
    stood = stage.see(account).lifecycle.pause
    evaluate_waiting(stage.world, ADMIN)
    run_id = history(stage, account)[-1].run_id
    assert run_id is not None

    undone = undo_run(stage.world, ADMIN, UndoRun(run_id, "a mistake"))

    assert undone.undone == 1
    assert stage.see(account).lifecycle.pause == stood
    assert stage.see(account).lifecycle.paused_ms == 0


def test_there_is_one_pause_at_a_time(stage: Stage, account: UUID) -> None:
    pause(stage, account)

    again = pause_account(stage.world, CSM, PauseAccount(account, "again", stage.key()))
    resume(stage, account)
    resumed = resume_account(stage.world, CSM, ResumeAccount(account, "again", stage.key()))

    assert isinstance(again, AlreadyPaused)
    assert isinstance(resumed, NotPaused)
    assert [each.kind for each in history(stage, account)[1:]] == [RecordKind.PAUSED, RecordKind.RESUMED]


def test_the_same_command_pauses_once(stage: Stage, account: UUID) -> None:
    wanted = PauseAccount(account, "merger", "key")
    first, second = (pause_account(stage.world, CSM, wanted) for _ in range(2))

    assert isinstance(first, ClockSet)
    assert isinstance(second, ClockSet)
    assert (first.replayed, second.replayed) == (False, True)
    assert [each.seq for each in first.records] == [each.seq for each in second.records]


def test_refuses_what_cannot_be(stage: Stage, account: UUID) -> None:
    with pytest.raises(InvalidInput, match=r"the pause ends 2026-03-02T09:00:00"):
        pause_account(stage.world, CSM, PauseAccount(account, "why", "k", stage.clock()))
    with pytest.raises(InvalidInput, match="the reason must be 1 to 500 printable characters"):
        pause_account(stage.world, CSM, PauseAccount(account, " ", "k"))
    with pytest.raises(Forbidden):
        pause_account(stage.world, VIEWER, PauseAccount(account, "why", "k"))

    assert len(history(stage, account)) == 1


WAITING = {
    **FILES,
    "segments/any.yaml": b"""
schema: lifecycle/v1
segment: any
applies_to: {when: {fact: status, is: active}}
initial: trial
stages:
  trial:
    milestones: [{milestone: kickoff, within: 10d}, {milestone: signed, within: 20d, of: signed_on}]
    transitions:
      - {key: over, to: over, trigger: auto, when: {fact: seats, at_least: 5, for: 7d}}
  over: {final: true}
""",
    "catalog.yaml": b"""
schema: lifecycle/v1
facts:
  status: {title: Status, kind: text}
  seats: {title: Seats, kind: integer}
  signed_on: {title: Signed, kind: date}
milestones: {kickoff: Kickoff, signed: Signed}
""",
}
"""Rules that wait for a condition to hold, and for milestones."""


@pytest.fixture
def waiting(database_url: str) -> Iterator[Stage]:
    with a_stage(database_url, None) as opened:
        assert isinstance(publish(opened.world, ADMIN, WAITING), Published)
        facts: dict[str, Outside] = {"status": "active", "seats": 1, "signed_on": "2026-03-02"}
        opened.register(AccountRow("ACME", "Acme", "ada", facts=facts))
        yield opened


def set_pause(stage: Stage, since: int, until: int | None = None) -> ClockSet | AlreadyPaused:
    """Pause from so many days after now on, up to so many days after now."""
    now = stage.clock()
    ends_at = None if until is None else now + timedelta(days=until)
    wanted = PauseAccount(ACME, "merger", stage.key(), ends_at, since=now + timedelta(days=since))
    return pause_account(stage.world, CSM, wanted)


def due(stage: Stage, milestone: str) -> tuple[Compliance, datetime | None]:
    found = next(each for each in stage.see(ACME).standings if each.milestone == milestone)
    return found.compliance, found.due_at


def test_a_pause_that_is_written_down_late_counts_from_when_it_began(stage: Stage, account: UUID) -> None:
    wait(stage, 12)
    before = stage.see(account)

    outcome = set_pause(stage, since=-8)
    wait(stage, 20)
    during = stage.see(account)
    resume(stage, account)

    assert isinstance(outcome, ClockSet)
    assert (before.pace, before.time_in_stage) == (Pace.BEHIND, timedelta(days=12))
    assert during.time_in_stage == timedelta(days=4)
    assert during.pace is Pace.ON_TRACK
    assert stage.see(account).lifecycle.paused_ms == 28 * 86_400_000
    assert [each.kind for each in history(stage, account)[1:]] == [
        RecordKind.PACE_CHANGED,
        RecordKind.PAUSED,
        RecordKind.RESUMED,
    ]
    assert verify(stage.world, ADMIN).holds


def test_a_pause_that_is_past_counts_for_the_visits_that_it_touched(stage: Stage, account: UUID) -> None:
    wait(stage, 40)
    outcome = set_pause(stage, since=-20, until=-5)

    first, running = all_visits(stage.see(account), past_visits(stage.world, VIEWER, [account])[account])
    assert isinstance(outcome, ClockSet)
    assert [record.kind for record in outcome.records] == [RecordKind.PAUSED, RecordKind.RESUMED]
    assert (first.spent, first.paused) == (timedelta(days=25), timedelta(days=15))
    assert (running.spent, running.paused) == (timedelta(0), timedelta(0))
    assert stage.see(account).lifecycle.pause is None


def test_a_planned_pause_begins_at_its_instant(stage: Stage, account: UUID) -> None:
    wait(stage, 1)
    begins_at = stage.clock() + timedelta(days=4)

    outcome, again = set_pause(stage, since=4, until=54), set_pause(stage, since=60)
    planned = stage.see(account)
    wait(stage, 30)
    during = stage.see(account)
    wait(stage, 30)

    assert isinstance(outcome, ClockSet)
    assert isinstance(again, AlreadyPaused)
    assert (planned.time_in_stage, planned.next_check_at) == (timedelta(days=1), begins_at)
    assert (during.time_in_stage, during.pace) == (timedelta(days=5), Pace.ON_TRACK)
    assert (stage.see(account).time_in_stage, stage.see(account).pace) == (timedelta(days=11), Pace.BEHIND)
    assert stage.see(account).lifecycle.pause is None
    assert verify(stage.world, ADMIN).holds


def test_a_plan_can_be_given_up(stage: Stage, account: UUID) -> None:
    set_pause(stage, since=4)

    given_up = resume(stage, account)
    wait(stage, 8)

    assert [record.kind for record in given_up.records] == [RecordKind.RESUMED]
    assert stage.see(account).time_in_stage == timedelta(days=8)
    assert told(stage) == []


def test_conditions_that_must_hold_for_a_time_wait_while_an_account_is_paused(waiting: Stage) -> None:
    record_facts(waiting.world, FEED, RecordFacts((FactRow(ACME, 9, fact="seats"),), "t", waiting.key()))
    wait(waiting, 3)
    pause(waiting, ACME)
    wait(waiting, 50)
    during = waiting.see(ACME).lifecycle.stage
    resume(waiting, ACME)
    wait(waiting, 3)
    late = waiting.see(ACME).lifecycle.stage
    due_at = waiting.see(ACME).next_check_at
    wait(waiting, 1)

    assert (during, late, due_at) == ("trial", "trial", waiting.clock())
    assert waiting.see(ACME).lifecycle.stage == "over"
    assert verify(waiting.world, ADMIN).holds


def test_what_is_due_after_the_entry_of_the_stage_is_due_later_and_nothing_else(waiting: Stage) -> None:
    begun = waiting.clock()
    wait(waiting, 4)
    pause(waiting, ACME)
    wait(waiting, 30)
    during = due(waiting, "kickoff"), due(waiting, "signed")[0]
    resume(waiting, ACME)
    after = due(waiting, "kickoff")
    wait(waiting, 7)
    missed = due(waiting, "kickoff")
    pause(waiting, ACME)
    wait(waiting, 5)

    assert during == ((Compliance.PENDING, begun + timedelta(days=40)), Compliance.MISSED)
    assert after == (Compliance.PENDING, begun + timedelta(days=40))
    assert missed == due(waiting, "kickoff") == (Compliance.MISSED, begun + timedelta(days=40))
    assert [each.subject for each in history(waiting, ACME) if each.kind is RecordKind.MILESTONE_MISSED] == [
        "signed",
        "kickoff",
    ]
    assert verify(waiting.world, ADMIN).holds


def test_a_milestone_that_was_missed_before_is_expected_again_after_a_late_entry(waiting: Stage) -> None:
    wait(waiting, 12)
    first = due(waiting, "kickoff")[0]

    set_pause(waiting, since=-8, until=30)
    again = due(waiting, "kickoff")[0]
    wait(waiting, 40)

    assert (first, again) == (Compliance.MISSED, Compliance.PENDING)
    subjects = [each.subject for each in history(waiting, ACME) if each.kind is RecordKind.MILESTONE_MISSED]
    assert subjects == ["kickoff", "kickoff", "signed"]
    assert verify(waiting.world, ADMIN).holds


def test_history_tells_of_all_pauses_and_of_a_date_whether_there_was_one(stage: Stage, account: UUID) -> None:
    begun = stage.clock()
    wait(stage, 5)
    pause(stage, account)
    wait(stage, 2)
    resume(stage, account)
    wait(stage, 3)
    set_pause(stage, since=-2, until=-1)
    set_pause(stage, since=10, until=20)

    def asked(days: float) -> bool:
        found = why_not(stage.world, ADMIN, Question(account, "over", as_of=begun + timedelta(days=days)))
        assert isinstance(found, WhyNoMove)
        return found.pause is not None and found.pause.goes_on(found.as_of)

    assert [asked(days) for days in (4.9, 5, 6, 7, 7.9, 8, 8.9, 9, 10)] == [
        False, True, True, False, False, True, True, False, False
    ]  # fmt: skip
    assert told(stage) == [(20.0, 30.0, 10.0, None), (8.0, 9.0, 10.0, "ada"), (5.0, 7.0, 5.0, "ada")]


def told(stage: Stage) -> list[tuple[float, float | None, float, str | None]]:
    """Since when, until when, and when written down, in days after the Monday; and by whom it was ended."""
    page = page_pauses(stage.world, VIEWER, [ACME], PageRequest(10))[ACME]
    ends = (each.until or each.planned_until for each in page.items)
    return [
        (days(each.since), None if end is None else days(end), days(each.recorded_at), each.ended_by)
        for each, end in zip(page.items, ends, strict=True)
    ]


def days(at: datetime) -> float:
    return (at - MONDAY) / timedelta(days=1)


def test_pauses_do_not_meet(stage: Stage, account: UUID) -> None:
    wait(stage, 10)
    set_pause(stage, since=-8, until=-4)

    with pytest.raises(InvalidInput, match=r"has been paused since 2026-03-04T09:00:00.* until 2026-03-08T09:00:00"):
        set_pause(stage, since=-5, until=-1)
    with pytest.raises(InvalidInput, match=r"expected from 2026-03-02T09:00:00.* on, when the account began"):
        set_pause(stage, since=-11)
    with pytest.raises(InvalidInput, match=r"the pause ends 2026-03-12T09:00:00.*expected after its beginning"):
        set_pause(stage, since=1, until=0)

    assert isinstance(set_pause(stage, since=-4, until=-2), ClockSet)
    assert stage.see(account).time_in_stage == timedelta(days=4)


def test_a_replay_pauses_the_account_as_people_did(stage: Stage, account: UUID) -> None:
    """With the same rules the account leaves the trial on the day on which it did, 20 days late."""
    wait(stage, 5)
    set_pause(stage, since=2, until=60)
    wait(stage, 12)
    resume(stage, account)
    wait(stage, 10)
    set_pause(stage, since=-9, until=1)
    for _ in range(30):
        wait(stage, 1)
    period = Period(MONDAY, stage.clock(), timedelta(days=1))

    replayed = simulate(stage.world, ADMIN, FILES, period)

    assert isinstance(replayed, Simulation)
    assert replayed.transitions == {("any", "trial.over"): Compared(1, 1)}
    assert all(each == Compared(1, 1) for rows in replayed.distribution.values() for each in dict(rows).values())


def test_history_says_in_words_from_when_on(stage: Stage, account: UUID) -> None:
    wait(stage, 3)
    set_pause(stage, since=-2, until=-1)
    set_pause(stage, since=4)

    rows = page_story(stage.world, ADMIN, [account], PageRequest(10))[account].items
    sentences = sentences_of(stage.world, ADMIN, [(account, record.seq) for record in rows])

    clock, why = "the clock of the stage", "saying “merger”; it"
    assert [text for _, text in sorted(sentences.items())][1:] == [
        f"ada wrote down a pause of {clock} from 2026-03-03 09:00 UTC, {why} stands still until 2026-03-04.",
        f"ada let {clock} go on, {why} stood still since 2026-03-03.",
        f"ada planned to pause {clock} from 2026-03-09 09:00 UTC, {why} stands still with no end.",
    ]
