"""One write changes everything about an account at once, or nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from lifecycle_fsm.domain.cta import CtaOutcome, CtaStatus, Priority, Task
from lifecycle_fsm.domain.errors import StaleRevision
from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.store.accounts import StoredAccount, load_accounts
from lifecycle_fsm.store.change import (
    AccountChange,
    Message,
    MilestoneEvent,
    OpenedCta,
    Record,
    Saved,
    SuppressedCta,
)
from lifecycle_fsm.store.ctas import load_ctas, load_tasks
from lifecycle_fsm.store.history import find_command, load_chain, load_inputs
from lifecycle_fsm.store.layout import Layout
from lifecycle_fsm.store.ledger import Entry, verify_chain
from lifecycle_fsm.store.milestones import load_milestone_events
from lifecycle_fsm.store.outbox import waiting_messages
from lifecycle_fsm.store.transitions import save, save_many
from tests.store.builders import NO_SLOTS, NOON, a_cta, a_move, a_record, a_stored_account, an_entry, moved, opened


def test_a_move_is_read_back_as_it_was_written(database_url: str) -> None:
    with opened(database_url) as database:
        with database.writing() as connection:
            account = a_stored_account(connection)
            saved = save(connection, a_move(account, ctas=(a_cta(),)), NO_SLOTS)
        with database.reading() as connection:
            after = load_accounts(connection, [account.lifecycle.account_id], NO_SLOTS)[account.lifecycle.account_id]

    (cta,) = after.lifecycle.ctas
    assert replace(after.lifecycle, ctas=()) == moved(account.lifecycle, "adoption")
    assert replace(cta, id=None) == a_cta()
    assert after.head == saved.head
    assert saved.head.revision == 1
    assert after.health_score == 55.5
    assert after.next_check_at == NOON + timedelta(days=1)


def test_the_history_of_two_writes_is_one_chain_up_to_the_head(database_url: str) -> None:
    with opened(database_url) as database, database.writing() as connection:
        account = a_stored_account(connection)
        first = save(connection, replace(a_move(account), records=(a_record(), a_record())), NO_SLOTS)
        second = save(connection, replace(a_move(account), before=first.head), NO_SLOTS)
        chain = load_chain(connection, account.lifecycle.account_id)

    assert [link.seq for link in chain] == [1, 2, 3]
    assert chain[0].entry == a_record().entry
    assert verify_chain(chain, second.head.hash) is None
    assert second.head.revision == 3


def test_inputs_are_kept_apart_and_read_back_exactly(database_url: str) -> None:
    inputs: dict[str, Value] = {"measure.a": 0.1, "fact.b": 7, "fact.c": "0.1", "fact.d": None}

    with opened(database_url) as database, database.writing() as connection:
        account = a_stored_account(connection)
        save(connection, replace(a_move(account), records=(a_record(inputs), a_record({}))), NO_SLOTS)
        read = load_inputs(connection, account.lifecycle.account_id, [1, 2])

    assert read == {1: inputs}


def test_a_write_on_an_old_revision_is_refused_and_leaves_nothing(database_url: str) -> None:
    with opened(database_url) as database:
        with database.writing() as connection:
            account = a_stored_account(connection)
            save(connection, a_move(account), NO_SLOTS)
        with pytest.raises(StaleRevision) as stale, database.writing() as connection:
            save(connection, a_move(account, "renewal", ctas=(a_cta(),)), NO_SLOTS)
        with database.reading() as connection:
            account_id = account.lifecycle.account_id
            after = load_accounts(connection, [account_id], NO_SLOTS)[account_id]

    assert (stale.value.expected, stale.value.actual) == (0, 1)
    assert (after.lifecycle.stage, after.lifecycle.ctas, after.head.revision) == ("adoption", (), 1)


def test_in_a_batch_only_the_stale_changes_are_left_out(database_url: str) -> None:
    with opened(database_url) as database, database.writing() as connection:
        accounts = [a_stored_account(connection, key) for key in ("one", "two", "three")]
        save(connection, a_move(accounts[1]), NO_SLOTS)
        outcomes = save_many(connection, [a_move(account, "renewal") for account in accounts], NO_SLOTS)
        after = load_accounts(connection, [account.lifecycle.account_id for account in accounts], NO_SLOTS)

    assert [type(outcome) for outcome in outcomes] == [Saved, StaleRevision, Saved]
    assert [after[account.lifecycle.account_id].lifecycle.stage for account in accounts] == [
        "renewal",
        "adoption",
        "renewal",
    ]
    assert [after[account.lifecycle.account_id].head.revision for account in accounts] == [1, 1, 1]


def test_two_changes_of_one_account_in_a_batch_follow_each_other(database_url: str) -> None:
    with opened(database_url) as database, database.writing() as connection:
        account = a_stored_account(connection)
        first = a_move(account)
        scratch = save_many(connection, [first], NO_SLOTS)
        assert isinstance(scratch[0], Saved)
        again = save_many(connection, [replace(a_move(account, "renewal"), before=scratch[0].head)], NO_SLOTS)

    assert isinstance(again[0], Saved)
    assert again[0].head.revision == 2


def test_a_cta_whose_place_is_taken_is_suppressed_with_its_message(database_url: str) -> None:
    second = a_cta("2:kickoff", "kickoff")
    messages = (
        Message("cta_opened", {"title": "again"}, NOON, 0, cta="2:kickoff"),
        Message("moved", {"stage": "renewal", "score": 0.5, "late": False, "by": None}, NOON, 0),
    )

    with opened(database_url) as database, database.writing() as connection:
        account = a_stored_account(connection)
        first = save(connection, a_move(account, ctas=(a_cta(),)), NO_SLOTS)
        change = replace(a_move(account, "renewal", ctas=(second,)), before=first.head, messages=messages)
        saved = save(connection, change, NO_SLOTS)
        ctas = load_ctas(connection, [account.lifecycle.account_id])
        (message,) = waiting_messages(connection, NOON, 10)

    assert saved.suppressed == (SuppressedCta("2:kickoff", by="1:kickoff"),)
    assert [cta.cause_key for cta in ctas[account.lifecycle.account_id]] == ["1:kickoff"]
    assert (message.kind, message.seq, message.payload) == (
        "moved",
        2,
        {"stage": "renewal", "score": 0.5, "late": False, "by": None},
    )


def test_the_cause_of_a_closed_cta_opens_nothing_again(database_url: str) -> None:
    with opened(database_url) as database, database.writing() as connection:
        account = a_stored_account(connection)
        first = save(connection, a_move(account, ctas=(a_cta(),)), NO_SLOTS)
        closed = a_cta(status=CtaStatus.CLOSED, outcome=CtaOutcome.SUCCESS, closed_at=NOON)
        second = save(connection, replace(a_move(account), before=first.head, updated=(closed,)), NO_SLOTS)
        third = save(connection, replace(a_move(account, ctas=(a_cta(),)), before=second.head), NO_SLOTS)

    assert third.suppressed == (SuppressedCta("1:kickoff", by="1:kickoff"),)


def test_closing_a_cta_makes_room_for_one_of_the_same_write(database_url: str) -> None:
    closed = a_cta(status=CtaStatus.CLOSED, outcome=CtaOutcome.SUCCESS, closed_at=NOON, priority=Priority.HIGH)
    successor = a_cta("2:kickoff", "kickoff")

    with opened(database_url) as database, database.writing() as connection:
        account = a_stored_account(connection)
        first = save(connection, a_move(account, ctas=(a_cta(),)), NO_SLOTS)
        change = replace(a_move(account, ctas=(successor,)), before=first.head, updated=(closed,))
        saved = save(connection, change, NO_SLOTS)
        ctas = load_ctas(connection, [account.lifecycle.account_id])[account.lifecycle.account_id]

    assert saved.suppressed == ()
    assert [replace(cta, id=None) for cta in ctas] == [closed, successor]


def test_ctas_of_one_write_are_read_in_the_order_of_opening_with_their_tasks(database_url: str) -> None:
    tasks = (Task("call", "Call them", 1), Task("notes", "Write notes", 2, required=False))
    ctas = [a_cta(f"1:{place}", f"place-{place}", tasks=tasks if place == 0 else ()) for place in range(5)]

    with opened(database_url) as database, database.writing() as connection:
        account = a_stored_account(connection)
        save(connection, a_move(account, ctas=tuple(ctas)), NO_SLOTS)
        account_id = account.lifecycle.account_id
        read = load_ctas(connection, [account_id])[account_id]
        cta_id = read[0].id
        assert cta_id is not None
        progress = load_tasks(connection, [account_id], [cta_id])

    assert [cta.cause_key for cta in read] == ["1:0", "1:1", "1:2", "1:3", "1:4"]
    assert [step.task for step in progress[cta_id]] == list(tasks)


def test_milestone_events_are_kept_in_order(database_url: str) -> None:
    reached = MilestoneEvent("first_value", NOON, NOON, "person", author="dana", comment="demo")
    revoked = MilestoneEvent("first_value", NOON, NOON + timedelta(days=1), "person", revoked=True)

    with opened(database_url) as database, database.writing() as connection:
        account = a_stored_account(connection)
        save(connection, replace(a_move(account), milestones=(reached, revoked)), NO_SLOTS)
        events = load_milestone_events(connection, [account.lifecycle.account_id])

    assert events == {account.lifecycle.account_id: (reached, revoked)}


def test_a_command_is_found_by_its_key_and_no_other(database_url: str) -> None:
    with opened(database_url) as database, database.writing() as connection:
        account = a_stored_account(connection)
        save(connection, a_move(account, command_id="key-1"), NO_SLOTS)
        account_id = account.lifecycle.account_id
        found, other = find_command(connection, account_id, "key-1"), find_command(connection, account_id, "key-2")

    assert found is not None
    assert (found.seq, found.entry.command_id) == (1, "key-1")
    assert other is None


def test_derived_fields_go_to_their_slots_and_the_rest(database_url: str) -> None:
    layout = Layout({"visits.adoption": "i00", "measure.x": "n00"})
    row: dict[str, Value] = {
        "visits.adoption": 2,
        "measure.x": 9.0,
        "ctas.status=open": 1,
        "stage.came_from": "onboarding",
    }

    with opened(database_url) as database, database.writing() as connection:
        account = a_stored_account(connection)
        save(connection, replace(a_move(account), row=row), layout)
        stored = connection.exec_driver_sql("SELECT i00, n00, more FROM account_state").one()
        after = load_accounts(connection, [account.lifecycle.account_id], layout)[account.lifecycle.account_id]

    assert tuple(stored)[:2] == (2, None)
    assert stored.more in ({"ctas.status=open": 1}, '{"ctas.status=open":1}')
    assert after.facts.values == {}


def test_a_cta_keeps_the_row_that_opened_it(database_url: str) -> None:
    with opened(database_url) as database, database.writing() as connection:
        account = a_stored_account(connection)
        change = replace(a_move(account), records=(a_record(), a_record()), opened=(OpenedCta(a_cta(), 1),))
        save(connection, change, NO_SLOTS)
        seq = connection.exec_driver_sql("SELECT opened_seq FROM cta").scalar_one()

    assert seq == 2


def test_the_csm_changes_only_with_a_record_that_says_so(database_url: str) -> None:
    silent = an_entry()
    spoken = an_entry("onboarding", kind=RecordKind.CSM_CHANGED)

    with opened(database_url) as database, database.writing() as connection:
        account = a_stored_account(connection)
        account_id = account.lifecycle.account_id
        lifecycle = replace(account.lifecycle, csm="erin")
        first = save(connection, _change(account, lifecycle, silent), NO_SLOTS)
        kept = load_accounts(connection, [account_id], NO_SLOTS)[account_id].lifecycle.csm
        save(connection, replace(_change(account, lifecycle, spoken), before=first.head), NO_SLOTS)
        changed = load_accounts(connection, [account_id], NO_SLOTS)[account_id].lifecycle.csm

    assert (kept, changed) == ("dana", "erin")


def _change(account: StoredAccount, lifecycle: Lifecycle, entry: Entry) -> AccountChange:
    return AccountChange(lifecycle, account.head, NOON, records=(Record(entry),))
