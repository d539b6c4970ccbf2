"""A quick look says of how many accounts and rows chains and heads hold, and nothing where any does not."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from lifecycle_fsm.services.audit.quick_look import QuickLook, address_of
from lifecycle_fsm.store.audit_rows import Span, split
from lifecycle_fsm.store.database import Database
from lifecycle_fsm.store.ledger import GENESIS, Link, link
from tests.databases import sqlite_database
from tests.faults.attackers import unguarded
from tests.looks import a_look, looker
from tests.store.builders import an_entry, opened
from tests.store.columns.histories import a_history, keep, keep_newcomer
from tests.store.columns.small_pages import connections_of_the_standard_driver, die, look_in_pages_of

(WHOLE,) = split(1)
LENGTH = len(a_history(UUID(int=1)))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A store of its own."""
    with opened(database_url) as lent:
        yield lent


def seen(database: Database, size: int = 10_000, span: Span = WHOLE) -> tuple[int, int] | None:
    """What a look comes to in pages of so many rows."""
    return looker().submit(look_in_pages_of, size, address_of(database), span).result()


def tampered(database: Database, statement: str) -> None:
    with unguarded(database) as connection:
        connection.execute(text(statement))


def two_rows(account: UUID) -> list[Link]:
    entry = replace(an_entry("onboarding"), from_stage="onboarding", run_id=uuid4(), actor="ada")
    first = link(account, 1, GENESIS, entry, b"\x01" * 32)
    return [first, link(account, 2, first.hash, entry, b"\x01" * 32)]


@pytest.mark.parametrize("size", [1, 2, 7, LENGTH - 1, LENGTH, LENGTH + 1, 10_000])
def test_odd_rows_hold_in_pages_of_every_size(database: Database, size: int) -> None:
    keep(database, [a_history(uuid4()) for _ in range(3)])
    keep_newcomer(database, uuid4())

    assert seen(database, size) == (4, 3 * LENGTH)


def test_what_stands_between_the_texts_that_postgresql_joins_is_doubted_in_a_text(database: Database) -> None:
    keep(database, [[link(UUID(int=5), 1, GENESIS, replace(an_entry("adoption"), actor="a\x01da"), None)]])

    assert seen(database) == ((1, 1) if database.is_sqlite else None)


def test_a_span_has_the_accounts_between_its_ends_with_both(database: Database) -> None:
    keep(database, [two_rows(UUID(int=number)) for number in (3, 4, 5, 6)])

    assert seen(database, span=Span(UUID(int=4), UUID(int=5))) == (2, 4)
    assert seen(database, span=Span(UUID(int=7), UUID(int=2**128 - 1))) == (0, 0)


@pytest.mark.parametrize("size", [1, 3, 10_000])
@pytest.mark.parametrize(
    "change",
    [
        "transition_log SET actor = 'eve' WHERE seq = 2",
        "transition_log SET seq = 3 WHERE seq = 2",
        "transition_log SET prev_hash = hash WHERE seq = 2",
        "transition_log SET hash = prev_hash WHERE seq = 2",
        "transition_log SET run_id = NULL WHERE seq = 2",
        "transition_log SET inputs_hash = NULL WHERE seq = 2",
        "account_state SET state_version = 3",
        "account_state SET stage = 'adoption'",
        "account_state SET machine = 'another'",
        "account_state SET head_hash = (SELECT hash FROM transition_log WHERE seq = 1)",
    ],
)
def test_a_change_is_doubted(database: Database, change: str, size: int) -> None:
    keep(database, [two_rows(UUID(int=5))])
    assert seen(database, size) == (1, 2)

    tampered(database, f"UPDATE {change}")

    assert seen(database, size) is None


@pytest.mark.parametrize("size", [1, 3, 10_000])
@pytest.mark.parametrize(
    "removal",
    [
        "transition_log WHERE seq = 1",
        "transition_log WHERE seq = 2",
        "transition_log WHERE account_id = (SELECT max(account_id::text)::uuid FROM transition_log)",
        "account_state WHERE account_id = (SELECT max(account_id::text)::uuid FROM transition_log)",
        "account_state WHERE account_id = (SELECT min(account_id::text)::uuid FROM transition_log)",
    ],
)
def test_what_was_removed_is_doubted(database: Database, removal: str, size: int) -> None:
    keep(database, [two_rows(UUID(int=5)), two_rows(UUID(int=6))])
    here = removal.replace("::text)::uuid", ")") if database.is_sqlite else removal

    tampered(database, f"DELETE FROM {here}")

    assert seen(database, size) is None


@pytest.fixture
def sqlite_alone(tmp_path: Path, migrated_file: Path) -> Iterator[Database]:
    """A SQLite store of its own, whose columns take values of any type."""
    with sqlite_database(tmp_path, migrated_file) as url, opened(url) as lent:
        yield lent


@pytest.mark.parametrize("where", ["", " WHERE seq = 2"])
@pytest.mark.parametrize(
    "value",
    [
        "actor = x'41'",
        "actor = CAST(x'ff41' AS TEXT)",
        "actor = x'37616461'",
        "machine = x'41'",
        "command_id = CAST('4' || seq AS BLOB)",
        "command_id = CAST(CAST(x'ff34' AS TEXT) || seq AS TEXT)",
        "effects = x'5b5d'",
        "effects = CAST(x'ff41' AS TEXT)",
        "inputs_hash = hex(inputs_hash)",
        "inputs_hash = CAST(inputs_hash AS TEXT)",
        "prev_hash = CAST(prev_hash AS TEXT)",
        "hash = CAST(hash AS TEXT)",
        "run_id = hex(run_id)",
        "run_id = CAST(run_id AS TEXT)",
        "recorded_at = recorded_at + 0.25",
        "effective_at = 'yesterday'",
        "effective_at = x'41'",
    ],
)
def test_a_value_of_another_type_is_doubted(sqlite_alone: Database, value: str, where: str) -> None:
    keep(sqlite_alone, [two_rows(UUID(int=5)), two_rows(UUID(int=6))])

    tampered(sqlite_alone, f"UPDATE transition_log SET {value}{where}")

    assert seen(sqlite_alone) is None


@pytest.mark.parametrize("value", ["head_hash", "stage", "machine"])
def test_a_head_of_another_type_is_doubted(sqlite_alone: Database, value: str) -> None:
    keep(sqlite_alone, [two_rows(UUID(int=5))])
    other = "TEXT" if value == "head_hash" else "BLOB"

    tampered(sqlite_alone, f"UPDATE account_state SET {value} = CAST({value} AS {other})")

    assert seen(sqlite_alone) is None


def test_bytes_that_no_hash_is_of_are_doubted_though_the_hash_is_right(sqlite_alone: Database) -> None:
    """A text that is none could not have been hashed; somebody hashed it all the same, as it is stored."""
    first, second = two_rows(UUID(int=5))
    keep(sqlite_alone, [[first, second]])
    tampered(sqlite_alone, "UPDATE transition_log SET command_id = CAST(x'ff41' AS TEXT) WHERE seq = 2")

    assert seen(sqlite_alone) is None


def test_a_process_that_looks_has_no_connection_of_the_standard_driver(sqlite_alone: Database) -> None:
    keep(sqlite_alone, [two_rows(UUID(int=5))])

    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        assert QuickLook(address_of(sqlite_alone), pool).at(WHOLE) == (1, 2)
        assert pool.submit(connections_of_the_standard_driver).result() == 0


def test_a_process_that_died_and_a_file_that_is_none_are_doubted(sqlite_alone: Database, tmp_path: Path) -> None:
    keep(sqlite_alone, [two_rows(UUID(int=5))])
    (tmp_path / "none.db").write_bytes(b"no database at all" * 1_000)
    pool = ProcessPoolExecutor(1, get_context("spawn"))
    look = QuickLook(address_of(sqlite_alone), pool)

    assert look.at(WHOLE) == (1, 2)
    assert QuickLook(f"sqlite:{tmp_path / 'none.db'}", pool).at(WHOLE) is None
    assert QuickLook(f"sqlite:{tmp_path / 'absent.db'}", pool).at(WHOLE) is None
    assert not (tmp_path / "absent.db").exists()
    pool.submit(die)
    assert [look.at(WHOLE), look.at(WHOLE)] == [None, None]
    assert (look.held, look.doubted) == (1, 2)


def test_a_file_is_found_whatever_its_name(tmp_path: Path, migrated_file: Path) -> None:
    folder = tmp_path / "a &b#é"
    folder.mkdir()
    with sqlite_database(folder, migrated_file) as url, opened(url) as lent:
        keep(lent, [two_rows(UUID(int=5))])

        assert a_look(lent).at(WHOLE) == (1, 2)
