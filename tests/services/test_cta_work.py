"""People work on CTAs and success plans: every deed is recorded, done once, and keeps the places."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier
from uuid import UUID

import pytest

from lifecycle_fsm.domain.cta import Cta, CtaOutcome, CtaStatus, CtaType, Priority
from lifecycle_fsm.domain.cta_filter import CtaFilter, CtaOrder
from lifecycle_fsm.domain.cta_work import CommentCta, EditCta, LinkCta, Reference, ReopenCta, SetTask, SnoozeCta
from lifecycle_fsm.domain.errors import IdempotencyConflict, InvalidInput, StaleRevision
from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.domain.paging import PageRequest
from lifecycle_fsm.services.audit.erase import erase_account
from lifecycle_fsm.services.browse import tasks_of
from lifecycle_fsm.services.cta_browse import PlacedCta, comments_of, links_of, page_ctas
from lifecycle_fsm.services.cta_bulk import BulkNote, ChangeCtas, CtasChanged, change_ctas
from lifecycle_fsm.services.cta_opening import OpenCta, Subject, open_cta
from lifecycle_fsm.services.cta_work import CtaWorked, PlaceTaken, WorkOnCta, work_on_cta
from lifecycle_fsm.services.ctas import CloseCta, CtaAlreadyClosed, CtaEnded, close_cta
from lifecycle_fsm.services.evaluate import evaluate_waiting
from lifecycle_fsm.services.health import Moment, accounts_at
from lifecycle_fsm.store.erasure import EMPTIED
from tests.worlds import ADMIN, CSM, Stage

WRITERS = 16


def free(stage: Stage, account: UUID, title: str = "Call back", **given: object) -> CtaWorked:
    """A CTA opened by hand without a template."""
    wanted = OpenCta(account, stage.key(), title=title, type=CtaType.ACTIVITY, reason="habits", **given)  # type: ignore[arg-type] # names of fields
    outcome = open_cta(stage.world, CSM, wanted)
    assert isinstance(outcome, CtaWorked)
    return outcome


def work(stage: Stage, account: UUID, cta: Cta, deed: object, key: str | None = None) -> CtaWorked:
    """The CTA after a deed that is let through."""
    assert cta.id is not None
    outcome = work_on_cta(stage.world, CSM, WorkOnCta(account, cta.id, deed, key or stage.key()))  # type: ignore[arg-type] # any deed
    assert isinstance(outcome, CtaWorked)
    return outcome


def test_a_free_cta_takes_nobodys_place_and_is_in_history(stage: Stage) -> None:
    account = stage.sign()

    first, second = free(stage, account), free(stage, account)

    assert [each.records[0].kind for each in (first, second)] == [RecordKind.CTA_OPENED] * 2
    assert (first.cta.opened_by, first.cta.owner, first.cta.template) == ("ada", "ada", "by_hand")
    assert first.cta.identity != second.cta.identity


def test_the_same_key_opens_once(stage: Stage) -> None:
    account, key = stage.sign(), stage.key()
    wanted = OpenCta(account, key, title="Call back", type=CtaType.ACTIVITY, reason="habits")

    outcomes = [open_cta(stage.world, CSM, wanted) for _ in range(2)]

    assert [each.replayed for each in outcomes if isinstance(each, CtaWorked)] == [False, True]
    assert len({each.cta.id for each in outcomes if isinstance(each, CtaWorked)}) == 1


def test_a_template_opens_by_hand_only_where_its_place_is_free(stage: Stage) -> None:
    account = stage.sign(arr=200_000)
    standing = stage.open_ctas(account)["kickoff_call"]

    taken = open_cta(stage.world, CSM, OpenCta(account, stage.key(), template="kickoff_call"))
    other = open_cta(
        stage.world, CSM, OpenCta(account, stage.key(), template="kickoff_call", subject=Subject("contract", "C-2"))
    )

    assert isinstance(taken, PlaceTaken)
    assert taken.by.id == standing.id
    assert isinstance(other, CtaWorked)
    assert (other.cta.subject, other.cta.identity) == ("contract:C-2", f"{standing.identity}/contract:C-2")


def test_edits_are_kept_with_what_was_before_but_for_words_of_people(stage: Stage) -> None:
    account = stage.sign()
    cta = free(stage, account).cta
    due_at = cta.due_at + timedelta(days=3)

    after = work(stage, account, cta, EditCta("Call Bob", due_at, Priority.HIGH, "bob", flagged=True))

    assert (after.cta.title, after.cta.due_at, after.cta.owner, after.cta.flagged) == ("Call Bob", due_at, "bob", True)
    assert after.cta.first_due_at == cta.due_at
    edits = {str(note["field"]): (note["before"], note["after"]) for note in after.records[0].effects}
    assert edits == {
        "title": (None, None),
        "due_at": (cta.due_at.isoformat(), due_at.isoformat()),
        "priority": ("medium", "high"),
        "owner": ("ada", "bob"),
        "flagged": ("false", "true"),
    }


def test_a_repeated_deed_is_done_once_and_a_stale_one_is_not_done(stage: Stage) -> None:
    account = stage.sign()
    cta, key = free(stage, account).cta, stage.key()
    first = work(stage, account, cta, CommentCta("Spoke to them"), key)
    again = work(stage, account, cta, CommentCta("Spoke to them"), key)

    assert cta.id is not None
    with pytest.raises(StaleRevision):
        work_on_cta(stage.world, CSM, WorkOnCta(account, cta.id, CommentCta("x"), stage.key(), expected_revision=1))

    assert (first.replayed, again.replayed) == (False, True)
    comments = comments_of(stage.world, CSM, [(account, cta.id)])[cta.id]
    assert [(each.author, each.text) for each in comments] == [("ada", "Spoke to them")]


DEEDS = (
    EditCta(owner="bob"),
    EditCta(owner="eve"),
    SnoozeCta(None),
    ReopenCta(),
    CommentCta("x"),
    CommentCta("y"),
    LinkCta(Reference("ticket", "1")),
    LinkCta(Reference("ticket", "2")),
)


def test_a_key_is_for_one_deed_and_another_with_it_is_a_conflict(stage: Stage) -> None:
    account = stage.sign()
    cta = free(stage, account).cta

    for first in DEEDS:
        key = stage.key()
        done = work(stage, account, cta, first, key)
        assert work(stage, account, cta, first, key).records == done.records
        for other in DEEDS:
            if other != first:
                with pytest.raises(IdempotencyConflict, match="was used for another command"):
                    work(stage, account, cta, other, key)


def test_a_task_done_puts_the_cta_in_progress_and_can_be_taken_back(stage: Stage) -> None:
    account = stage.sign(arr=200_000)
    cta = stage.open_ctas(account)["kickoff_call"]

    with pytest.raises(InvalidInput, match="it has: "):
        work(stage, account, cta, SetTask("no_such_task", done=True))
    known = _first_task(stage, account, cta)
    done = work(stage, account, cta, SetTask(known, done=True))
    undone = work(stage, account, done.cta, SetTask(known, done=False))

    assert (done.cta.status, undone.cta.status) == (CtaStatus.IN_PROGRESS, CtaStatus.IN_PROGRESS)
    assert [record.effects[-1]["after"] for each in (done, undone) for record in each.records] == ["done", "open"]


def _first_task(stage: Stage, account: UUID, cta: Cta) -> str:
    assert cta.id is not None
    return tasks_of(stage.world, ADMIN, [(account, cta.id)])[cta.id][0].task.key


def test_a_snoozed_cta_wakes_by_itself_when_its_instant_has_come(stage: Stage) -> None:
    account = stage.sign(arr=200_000)
    cta = free(stage, account, identity="call").cta
    until = stage.clock() + timedelta(days=2)
    resting = work(stage, account, cta, SnoozeCta(until))

    taken = open_cta(
        stage.world,
        CSM,
        OpenCta(account, stage.key(), title="Again", type=CtaType.ACTIVITY, reason="habits", identity="call"),
    )
    stage.clock.at = until
    evaluate_waiting(stage.world, ADMIN)

    assert resting.account.next_check_at is not None
    assert resting.account.next_check_at <= until
    assert isinstance(taken, PlaceTaken)
    assert taken.until == until
    assert [each.snoozed_until for each in stage.see(account).lifecycle.ctas if each.id == cta.id] == [None]


def test_a_closed_cta_is_opened_again_only_where_its_place_is_free(stage: Stage) -> None:
    account = stage.sign()
    cta = free(stage, account, identity="call").cta
    assert cta.id is not None
    closed = close_cta(stage.world, CSM, CloseCta(account, cta.id, CtaOutcome.FAILED, stage.key()))
    assert isinstance(closed, CtaEnded)

    refused = work_on_cta(stage.world, CSM, WorkOnCta(account, cta.id, EditCta(owner="bob"), stage.key()))
    reopened = work(stage, account, closed.cta, ReopenCta())
    close_cta(stage.world, CSM, CloseCta(account, cta.id, CtaOutcome.FAILED, stage.key()))
    free(stage, account, identity="call")
    taken = work_on_cta(stage.world, CSM, WorkOnCta(account, cta.id, ReopenCta(), stage.key()))

    assert isinstance(refused, CtaAlreadyClosed)
    assert (reopened.cta.status, reopened.cta.outcome, reopened.cta.closed_at) == (CtaStatus.IN_PROGRESS, None, None)
    assert isinstance(taken, PlaceTaken)


def test_a_cta_cannot_stand_below_itself(stage: Stage) -> None:
    account = stage.sign()
    parent = free(stage, account).cta
    child = free(stage, account, parent=parent.id).cta

    with pytest.raises(InvalidInput, match="below itself"):
        work(stage, account, parent, EditCta(parent=child.id))

    assert child.parent == parent.cause_key


def test_many_are_changed_with_a_result_for_each(stage: Stage) -> None:
    accounts = [stage.sign(key) for key in ("A", "B")]
    ctas = [free(stage, account).cta for account in accounts for _ in range(2)]
    ids = [(account, cta.id) for account, cta in zip([a for a in accounts for _ in range(2)], ctas, strict=True)]
    unknown = (accounts[0], UUID(int=1))
    wanted = ChangeCtas("bulk", (*[(a, c) for a, c in ids if c is not None], unknown), owner="bob")

    first = change_ctas(stage.world, CSM, wanted)
    again = change_ctas(stage.world, CSM, wanted)

    assert [each.note for each in first.results] == [*[BulkNote.CHANGED] * 4, BulkNote.UNKNOWN]
    assert [each.note for each in again.results] == [*[BulkNote.UNCHANGED] * 4, BulkNote.UNKNOWN]
    _, page = page_ctas(stage.world, CSM, CtaFilter(owners=("bob",)), CtaOrder(), PageRequest(10))
    assert {cta.id for _, cta in page.items} == {cta.id for cta in ctas}


def test_many_are_changed_only_where_the_account_is_as_it_was_seen(stage: Stage) -> None:
    seen, moved = stage.sign("A"), stage.sign("B")
    ctas = {account: free(stage, account).cta for account in (seen, moved)}
    revisions = tuple((account, stage.see(account).lifecycle.revision) for account in (seen, moved))
    work(stage, moved, ctas[moved], EditCta(flagged=True))
    ids = tuple((account, cta.id) for account, cta in ctas.items() if cta.id is not None)
    wanted = ChangeCtas("bulk", ids, owner="bob", expected_revisions=revisions)

    first = change_ctas(stage.world, CSM, wanted)
    anew = ((seen, 0), (moved, stage.see(moved).lifecycle.revision))
    again = change_ctas(stage.world, CSM, replace(wanted, expected_revisions=anew))

    assert [(each.note, each.code) for each in first.results] == [
        (BulkNote.CHANGED, None),
        (BulkNote.FAILED, "stale_revision"),
    ]
    # What was done stays done whatever is expected of it now, and what was refused is done under the same key.
    assert [each.note for each in again.results] == [BulkNote.UNCHANGED, BulkNote.CHANGED]
    assert (first.replayed, again.replayed) == (False, True)


def test_of_many_who_saw_the_same_one_changes_each_account(stage: Stage) -> None:
    accounts = [stage.sign(key) for key in ("A", "B", "C")]
    ids = tuple((each, cta_id) for each in accounts if (cta_id := free(stage, each).cta.id) is not None)
    seen = tuple((each, stage.see(each).lifecycle.revision) for each in accounts)
    start = Barrier(WRITERS)

    def change(number: int) -> CtasChanged:
        start.wait()
        wanted = ChangeCtas(f"bulk-{number}", ids, owner=f"csm-{number}", expected_revisions=seen)
        return change_ctas(stage.world, CSM, wanted)

    with ThreadPoolExecutor(WRITERS) as pool:
        found = list(pool.map(change, range(WRITERS)))

    rows = zip(*(each.results for each in found), strict=True)
    told = [Counter((each.note, each.code) for each in results) for results in rows]
    lost = (BulkNote.FAILED, "stale_revision")
    assert told == [Counter({(BulkNote.CHANGED, None): 1, lost: WRITERS - 1})] * 3
    assert [stage.see(account).lifecycle.revision for account, _ in seen] == [revision + 1 for _, revision in seen]


def test_an_account_is_expected_at_one_revision(stage: Stage) -> None:
    account = stage.sign()
    cta = free(stage, account).cta
    assert cta.id is not None

    with pytest.raises(InvalidInput, match="each account once"):
        change_ctas(
            stage.world,
            CSM,
            ChangeCtas("bulk", ((account, cta.id),), owner="bob", expected_revisions=((account, 1), (account, 2))),
        )


def test_those_that_a_filter_chooses_are_closed(stage: Stage) -> None:
    account = stage.sign()
    flagged, plain = free(stage, account, flagged=True).cta, free(stage, account).cta

    result = change_ctas(
        stage.world, CSM, ChangeCtas("bulk", choose=CtaFilter(is_flagged=True), outcome=CtaOutcome.INVALID)
    )

    after = {cta.id: cta for cta in stage.see(account).lifecycle.ctas}
    assert [each.note for each in result.results] == [BulkNote.CHANGED]
    assert (after[flagged.id].outcome, after[plain.id].is_open) == (CtaOutcome.INVALID, True)


def test_pages_of_all_ctas_meet_without_a_gap_in_both_directions(stage: Stage) -> None:
    for key in ("A", "B", "C"):
        account = stage.sign(key)
        for priority in Priority:
            free(stage, account, priority=priority)
    choose = CtaFilter(types=(CtaType.ACTIVITY,), segments=(stage.see(account).lifecycle.segment,))

    for order in (CtaOrder(), CtaOrder(descending=True)):
        _, whole = page_ctas(stage.world, CSM, choose, order, PageRequest(100, with_total=True))
        found: list[PlacedCta] = []
        after: str | None = None
        while True:
            _, page = page_ctas(stage.world, CSM, choose, order, PageRequest(2, after=after))
            found += page.items
            if not page.has_next:
                break
            after = page.cursors[-1]
        _, last = page_ctas(stage.world, CSM, choose, order, PageRequest(2, backwards=True))

        assert (whole.total, len(whole.items)) == (9, 9)
        assert found == list(whole.items)
        assert list(last.items) == list(whole.items)[-2:]


def test_erasing_an_account_takes_all_words_of_people_with_it(stage: Stage) -> None:
    account = stage.sign()
    cta = free(stage, account, title="Call Bob", links=(Reference("contact", "bob@example.com", "Bob"),)).cta
    work(stage, account, cta, CommentCta("Bob is angry"))
    work(stage, account, cta, LinkCta(Reference("ticket", "T-1", url="https://example.com/T-1")))
    work(stage, account, cta, EditCta(title="Call Bob again"))
    assert cta.id is not None
    assert [each.to.kind for each in links_of(stage.world, CSM, [(account, cta.id)])[cta.id]] == ["contact", "ticket"]

    erase_account(stage.world, ADMIN, account, "GDPR art. 17")

    with stage.world.database.reading() as connection:
        left = [row for table in EMPTIED for row in connection.execute(table.select())]
        log = connection.exec_driver_sql("SELECT effects, subject FROM transition_log").all()
    assert left == []
    assert [word for word in ("Bob", "angry", "example.com", "T-1") if word in str(log)] == []


def test_no_identity_is_ever_open_twice_under_many_writers(stage: Stage) -> None:
    account = stage.sign()
    subjects = [Subject("contract", f"C-{number}") for number in range(2)]

    def write(number: int) -> None:
        """Open by hand, snooze, close, reopen and close many, all in the same two places."""
        subject = subjects[number % 2]
        opened = open_cta(stage.world, CSM, _in_one_place(account, f"open-{number}", subject))
        cta = opened.cta if isinstance(opened, CtaWorked) else opened.by if isinstance(opened, PlaceTaken) else None
        assert cta is not None
        assert cta.id is not None
        until = stage.clock() + timedelta(days=1)
        deed = SnoozeCta(until) if number % 3 else EditCta(flagged=True)
        work_on_cta(stage.world, CSM, WorkOnCta(account, cta.id, deed, f"work-{number}"))
        if number % 4 == 0:
            close_cta(stage.world, CSM, CloseCta(account, cta.id, CtaOutcome.SUCCESS, f"close-{number}"))
            work_on_cta(stage.world, CSM, WorkOnCta(account, cta.id, ReopenCta(), f"reopen-{number}"))
        if number % 5 == 0:
            change_ctas(
                stage.world, CSM, ChangeCtas(f"bulk-{number}", ((account, cta.id),), outcome=CtaOutcome.INVALID)
            )

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))

    for subject in subjects:
        open_cta(stage.world, CSM, _in_one_place(account, stage.key(), subject))
    lifecycle = stage.see(account).lifecycle
    open_places = Counter(cta.identity for cta in lifecycle.ctas if cta.is_open)
    assert {open_places[f"call/{subject.text}"] for subject in subjects} == {1}
    assert set(open_places.values()) == {1}
    assert len({cta.cause_key for cta in lifecycle.ctas}) == len(lifecycle.ctas)


def _in_one_place(account: UUID, key: str, subject: Subject) -> OpenCta:
    return OpenCta(account, key, title="Call", type=CtaType.ACTIVITY, reason="habits", identity="call", subject=subject)


def test_a_date_of_the_past_shows_a_cta_as_it_was_then(stage: Stage) -> None:
    """Every edit since is taken back: what was snoozed, flagged or handed over later was not so then."""
    account = stage.sign(arr=200_000)
    cta = free(stage, account).cta
    opened_at, rests_until = stage.clock(), stage.clock() + timedelta(days=5)
    stage.clock.turn(days=1)
    edits = EditCta(
        owner="bob",
        priority=Priority.HIGH,
        flagged=True,
        status=CtaStatus.IN_PROGRESS,
        due_at=cta.due_at + timedelta(days=9),
    )
    work(stage, account, cta, edits)
    work(stage, account, cta, SnoozeCta(rests_until))
    stage.clock.turn(days=1)
    snoozed_at = stage.clock()
    stage.clock.turn(days=10)
    evaluate_waiting(stage.world, ADMIN)
    now = next(each for each in stage.see(account).lifecycle.ctas if each.cause_key == cta.cause_key)

    then, later = (seen_at(stage, account, at, cta) for at in (opened_at, snoozed_at))

    assert (now.owner, now.priority, now.flagged, now.snoozed_until) == ("bob", Priority.HIGH, True, None)
    as_opened = replace(now, owner="ada", priority=cta.priority, flagged=False, due_at=cta.due_at)
    assert then == replace(as_opened, status=CtaStatus.NEW)
    assert (later.owner, later.flagged, later.snoozed_until) == ("bob", True, rests_until)


def seen_at(stage: Stage, account: UUID, at: datetime, cta: Cta) -> Cta:
    view = accounts_at(stage.world, ADMIN, [account], Moment(at))[account]
    return next(each for each in view.lifecycle.ctas if each.cause_key == cta.cause_key)
