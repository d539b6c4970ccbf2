"""Writers on several threads: one wins, the others are told, and nothing is half written."""

import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier, Lock
from uuid import UUID

import pytest

from lifecycle_fsm.domain.errors import StaleRevision, StoreFailed
from lifecycle_fsm.domain.fields import measure_field
from lifecycle_fsm.store.accounts import StoredAccount, create_accounts, load_accounts
from lifecycle_fsm.store.change import Saved
from lifecycle_fsm.store.ctas import load_open_ctas
from lifecycle_fsm.store.database import Database
from lifecycle_fsm.store.facts import Observation, record_facts
from lifecycle_fsm.store.history import find_command, load_chain
from lifecycle_fsm.store.ledger import verify_chain
from lifecycle_fsm.store.queue import WriterQueue
from lifecycle_fsm.store.transitions import save
from tests.store.builders import NO_SLOTS, NOON, a_cta, a_move, a_new_account, a_profile, a_stored_account, opened

ACME = a_profile().account_id
THREADS = 16


def at_once(work: Callable[[int], object]) -> list[object]:
    """Run the work on 16 threads that start together; an exception is a result."""
    start = Barrier(THREADS)

    def run(number: int) -> object:
        start.wait()
        try:
            return work(number)
        except (StaleRevision, StoreFailed) as error:
            return error

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


def read(database: Database, account_id: UUID = ACME) -> StoredAccount:
    with database.reading() as connection:
        return load_accounts(connection, [account_id], NO_SLOTS)[account_id]


def test_of_writers_on_the_same_revision_one_wins(database_url: str) -> None:
    with opened(database_url) as database:
        with database.writing() as connection:
            account = a_stored_account(connection)

        def write(number: int) -> Saved:
            with database.writing() as connection:
                return save(connection, a_move(account, ctas=(a_cta(f"{number}:kickoff"),)), NO_SLOTS)

        results = at_once(write)
        after = read(database)
        with database.reading() as connection:
            chain = load_chain(connection, ACME)

    assert sorted(type(result).__name__ for result in results) == ["Saved", *["StaleRevision"] * 15]
    assert len(after.lifecycle.ctas) == 1
    assert len(chain) == 1
    assert verify_chain(chain, after.head.hash) is None


def test_writers_that_read_again_all_get_through_in_one_chain(database_url: str) -> None:
    with opened(database_url) as database:
        with database.writing() as connection:
            a_stored_account(connection)

        def write(number: int) -> None:
            while True:
                try:
                    with database.writing() as connection:
                        account = load_accounts(connection, [ACME], NO_SLOTS)[ACME]
                        save(connection, a_move(account, command_id=f"key-{number}"), NO_SLOTS)
                except StaleRevision:
                    continue
                return

        results = at_once(write)
        after = read(database)
        with database.reading() as connection:
            chain = load_chain(connection, ACME)

    assert results == [None] * THREADS
    assert {link.entry.command_id for link in chain} == {f"key-{number}" for number in range(THREADS)}
    assert verify_chain(chain, after.head.hash) is None


def test_of_many_ctas_with_one_identity_one_is_open(database_url: str) -> None:
    with opened(database_url) as database:
        with database.writing() as connection:
            a_stored_account(connection)

        def write(number: int) -> int:
            while True:
                try:
                    with database.writing() as connection:
                        account = load_accounts(connection, [ACME], NO_SLOTS)[ACME]
                        change = a_move(account, ctas=(a_cta(f"{number}:kickoff", "kickoff"),))
                        return len(save(connection, change, NO_SLOTS).suppressed)
                except StaleRevision:
                    continue

        results = at_once(write)
        with database.reading() as connection:
            still_open = load_open_ctas(connection, [ACME])

    assert sorted(map(str, results)) == ["0", *["1"] * 15]
    assert len(still_open[ACME]) == 1


def test_ingest_never_makes_a_transition_stale_nor_loses_a_value(database_url: str) -> None:
    with opened(database_url) as database:
        with database.writing() as connection:
            account = a_stored_account(connection)

        def work(number: int) -> object:
            with database.writing() as connection:
                if number == 0:
                    return save(connection, replace(a_move(account), row={"visits.adoption": 1}), NO_SLOTS)
                field = measure_field(f"m{number}")
                seen = Observation(ACME, field, float(number), NOON, "test")
                return record_facts(connection, [seen], NO_SLOTS, NOON)

        results = at_once(work)
        while any(isinstance(result, StoreFailed) for result in results):
            results = [
                work(number) if isinstance(result, StoreFailed) else result for number, result in enumerate(results)
            ]
        after = read(database)

    assert isinstance(results[0], Saved)
    values = {key: value for key, value in after.facts.values.items() if not key.endswith("@")}
    assert values == {f"measure.m{number}": float(number) for number in range(1, THREADS)}
    assert after.lifecycle.stage == "adoption"


def test_a_transaction_that_fails_midway_leaves_nothing(database_url: str) -> None:
    with opened(database_url) as database:
        with database.writing() as connection:
            account = a_stored_account(connection)
        with pytest.raises(ZeroDivisionError):
            _save_and_fail(database, account)
        with database.reading() as connection:
            found, chain = find_command(connection, ACME, "key"), load_chain(connection, ACME)

        after = read(database)

    assert (found, chain) == (None, ())
    assert (after.lifecycle.stage, after.lifecycle.ctas, after.head) == ("onboarding", (), account.head)


def test_a_writer_that_is_killed_midway_leaves_nothing_and_blocks_nobody(database_url: str) -> None:
    with opened(database_url) as database:
        with database.writing() as connection:
            account = a_stored_account(connection)
        killed = subprocess.run([sys.executable, "-m", "tests.store.killed_writer", database_url], check=False)
        untouched = read(database)
        with database.writing() as connection:
            saved = save(connection, a_move(account), NO_SLOTS)

    assert killed.returncode == -signal.SIGKILL
    assert (untouched.lifecycle.stage, untouched.lifecycle.ctas, untouched.head) == ("onboarding", (), account.head)
    assert saved.head.revision == 1


def test_an_account_is_created_once(database_url: str) -> None:
    with opened(database_url) as database:

        def create(number: int) -> bool:
            with database.writing() as connection:
                return create_accounts(connection, [a_new_account(stage=f"stage-{number}")])[0]

        results = at_once(create)
        after = read(database)

    assert sorted(map(str, results)) == ["False"] * 15 + ["True"]
    assert after.lifecycle.stage == f"stage-{results.index(True)}"


def test_a_reader_keeps_its_snapshot_while_others_write(database_url: str) -> None:
    with opened(database_url) as database:
        with database.writing() as connection:
            account = a_stored_account(connection)
        with database.reading() as reader:
            before = load_accounts(reader, [ACME], NO_SLOTS)[ACME].lifecycle.stage
            with database.writing() as connection:
                save(connection, a_move(account), NO_SLOTS)
            still = load_accounts(reader, [ACME], NO_SLOTS)[ACME].lifecycle.stage

    assert (before, still) == ("onboarding", "onboarding")


def test_nothing_written_while_reading_is_kept(database_url: str) -> None:
    with opened(database_url) as database:
        try:
            with database.reading() as connection:
                create_accounts(connection, [a_new_account()])
        except StoreFailed:
            assert not database.is_sqlite
        with database.reading() as connection:
            found = load_accounts(connection, [ACME], NO_SLOTS)

    assert found == {}


def test_a_failure_says_no_values_and_whether_to_try_again(database_url: str) -> None:
    with opened(database_url) as database:
        with database.writing() as connection:
            create_accounts(connection, [a_new_account()])
        with pytest.raises(StoreFailed) as refused, database.writing() as connection:
            connection.exec_driver_sql("UPDATE account_state SET noted_pace = 'secret value'")

    assert "secret" not in refused.value.message
    assert "ck_account_state_noted_pace" in refused.value.message
    assert refused.value.retryable is False


def test_a_database_that_is_not_there_may_be_tried_again() -> None:
    url = "postgresql://nobody@/nowhere?host=/nonexistent"

    with opened(url) as database, pytest.raises(StoreFailed) as refused, database.reading():
        pass

    assert refused.value.retryable is True


def test_writers_get_their_turn_in_the_order_of_asking() -> None:
    queue, guard = WriterQueue(patience_seconds=30), Lock()
    order: list[int] = []

    def take(number: int) -> None:
        with queue.turn(), guard:
            order.append(number)

    with ThreadPoolExecutor(8) as pool, queue.turn():
        for number in range(8):
            pool.submit(take, number)
            while queue.waiting <= number:
                pass

    assert order == list(range(8))


def test_a_writer_that_waits_too_long_gives_up_and_blocks_nobody() -> None:
    queue = WriterQueue(patience_seconds=0.01)

    with ThreadPoolExecutor(1) as pool, queue.turn():
        waited = pool.submit(_take, queue).exception()
    with queue.turn():
        waiting = queue.waiting

    assert isinstance(waited, StoreFailed)
    assert waited.retryable is True
    assert waiting == 0


def _save_and_fail(database: Database, account: StoredAccount) -> None:
    with database.writing() as connection:
        save(connection, a_move(account, ctas=(a_cta(),), command_id="key"), NO_SLOTS)
        raise ZeroDivisionError


def _take(queue: WriterQueue) -> None:
    with queue.turn():
        pass
