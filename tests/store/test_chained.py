"""What is read to follow chains gives each row the hash that it was written with, whatever the row holds."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.store.audit_chain import ChainFollower
from lifecycle_fsm.store.audit_rows import split
from lifecycle_fsm.store.chained import read_chained
from lifecycle_fsm.store.database import Connection, Database
from lifecycle_fsm.store.history import link_values
from lifecycle_fsm.store.ledger import GENESIS, Link, link
from lifecycle_fsm.store.raw import any_text, dialect_of, execute_each
from lifecycle_fsm.store.tables.history import transition_log
from tests.databases import sqlite_database
from tests.faults.attackers import unguarded
from tests.store.builders import ODD_TEXTS, an_entry, opened

ODD = (*ODD_TEXTS, "\x01\x1f\x7f", "")
TEXTS = (*ODD, None)
COLUMNS = ("actor", "on_behalf_of", "command_id", "from_stage", "transition", "trigger", "subject")
WHOLE = split(1)[0]


def rows_of_every_kind(account: UUID) -> list[Link]:
    """One row for each odd text in each column, and one for each kind and cause."""
    changes: list[dict[str, Any]] = [{name: odd} for name in COLUMNS for odd in TEXTS]
    changes += [{"effects": odd, "command_id": None} for odd in ODD]
    changes += [{"to_stage": odd, "run_id": uuid4()} for odd in ODD]
    changes += [{"kind": kind} for kind in RecordKind] + [{"cause": cause} for cause in Cause]
    rows, previous = list[Link](), GENESIS
    for seq, change in enumerate(changes, 1):
        named = {"command_id": f"command {seq}"} | change
        commitment = None if seq % 2 else bytes([seq % 256]) * 32
        rows.append(link(account, seq, previous, replace(an_entry("adoption"), **named), commitment))
        previous = rows[-1].hash
    return rows


def put(connection: Connection, rows: list[Link]) -> None:
    dialect = dialect_of(connection)
    statement = dialect.insert("transition_log", tuple(column.name for column in transition_log.columns))
    execute_each(connection, statement, [link_values(row, dialect) for row in rows])


@pytest.fixture
def written(database_url: str) -> Iterator[tuple[Database, list[Link]]]:
    """A store with two accounts of odd rows, and those rows in order."""
    rows = sorted(
        (row for _ in range(2) for row in rows_of_every_kind(uuid4())), key=lambda row: (row.account_id, row.seq)
    )
    with opened(database_url) as database:
        with database.writing() as connection:
            put(connection, rows)
        yield database, rows


def test_every_row_is_given_the_hash_that_it_was_written_with(written: tuple[Database, list[Link]]) -> None:
    database, rows = written

    with database.reading() as connection:
        found = [each for page in read_chained(connection, WHOLE) for each in page]

    assert [(own, given) for _, _, _, own, *_, given in found] == [(row.hash, row.hash) for row in rows]
    assert [(seq, previous) for _, seq, previous, *_ in found] == [(row.seq, row.prev_hash) for row in rows]
    assert [(left, reached, machine) for *_, left, reached, machine, _ in found] == [
        (row.entry.from_stage, row.entry.to_stage, row.entry.machine) for row in rows
    ]
    ids = [UUID(bytes=raw) if len(raw) == 16 else UUID(raw.decode()) for raw, *_ in found]
    assert ids == [row.account_id for row in rows]


def test_pages_leave_no_row_out(database_url: str) -> None:
    account, rows, previous = uuid4(), list[Link](), GENESIS
    for seq in range(1, 5_202):
        rows.append(link(account, seq, previous, an_entry("adoption"), None))
        previous = rows[-1].hash
    with opened(database_url) as database:
        with database.writing() as connection:
            put(connection, rows)
        with database.reading() as connection:
            pages = list(read_chained(connection, WHOLE))

    assert [each[1] for page in pages for each in page] == list(range(1, 5_202))
    assert all(before[-1][1] + 1 == after[0][1] for before, after in pairwise(pages))
    assert len(pages) > 1


@pytest.fixture
def sqlite_alone(tmp_path: Path, migrated_file: Path) -> Iterator[Database]:
    """A SQLite store of its own, whose columns take values of any type."""
    with sqlite_database(tmp_path, migrated_file) as url, opened(url) as database:
        yield database


@pytest.mark.parametrize(
    "kind",
    [
        "actor = x'41'",
        "actor = CAST(x'ff41' AS TEXT)",  # no UTF-8
        "actor = x'37616461'",  # what SQLite writes as "ada" since 3.45
        "machine = x'41'",
        "effects = x'5b5d'",
        "inputs_hash = hex(inputs_hash)",
        "inputs_hash = CAST(inputs_hash AS TEXT)",
        "run_id = hex(run_id)",
    ],
)
def test_a_value_of_another_type_breaks_the_chain_where_it_is(sqlite_alone: Database, kind: str) -> None:
    account, entry = uuid4(), replace(an_entry("onboarding"), run_id=uuid4(), actor="ada")
    first = link(account, 1, GENESIS, entry, b"\x01" * 32)
    second = link(account, 2, first.hash, entry, b"\x01" * 32)

    flaws = found_after(sqlite_alone, [first, second], f"UPDATE transition_log SET {kind} WHERE seq = 2")

    assert flaws == [(account, 2, "its contents are not those that were hashed")]


def test_an_instant_with_a_fraction_breaks_the_chain(sqlite_alone: Database) -> None:
    only = link(uuid4(), 1, GENESIS, an_entry("adoption"), None)

    flaws = found_after(sqlite_alone, [only], "UPDATE transition_log SET recorded_at = recorded_at + 0.25")

    assert flaws == [(only.account_id, 1, "its contents are not those that were hashed")]


def found_after(database: Database, rows: list[Link], tamper: str) -> list[tuple[UUID | None, int | None, str]]:
    """What following the rows finds once somebody was there."""
    with unguarded(database) as connection:
        put(connection, rows)
        connection.execute(text(tamper))
    chain = ChainFollower(iter(()))
    with database.reading() as connection, any_text(connection):
        flaws = [flaw for page in read_chained(connection, WHOLE) for flaw in chain.follow(page)]
    return [(flaw.account_id, flaw.seq, flaw.message) for flaw in flaws]
