"""Migrations go up, down and up again on both databases, and leave the tables that the code describes."""

import re

import pytest
from alembic import command
from sqlalchemy import BigInteger, CheckConstraint, Engine, Table, UniqueConstraint, create_engine, inspect, text

from lifecycle_fsm.store.database import Database
from lifecycle_fsm.store.guards_on_history import check_guards
from lifecycle_fsm.store.migrate import _config, current, differences, downgrade, newest, upgrade
from lifecycle_fsm.store.tables import metadata
from tests.databases import PostgresServer

SHARED = {
    "field_slot",
    "machine_version",
    "segment",
    "catalog_version",
    "api_key",
    "ingest_batch",
    "refused_row",
    "publication_plan",
    "publication_approval",
    "publication",
    "roll_out",
    "audit_entry",
    "merkle_leaf",
    "merkle_node",
    "checkpoint_key",
    "checkpoint",
    "checkpoint_destination",
    "checkpoint_shipment",
    "review_mark",
    "text_erasure",
    "verification",
    "run",
    "worker",
    "job",
    "person",
    "store_mode",
    "roll_up",
}
"""The tables that are the same on every node; all others belong to accounts."""

PER_ACCOUNT = [table for table in metadata.tables.values() if table.name not in SHARED]


def test_the_database_has_the_tables_of_this_release(database_url: str) -> None:
    assert differences(database_url) == []


def test_goes_down_to_nothing_and_up_again_with_history_protected(database_url: str) -> None:
    downgrade(database_url, "base")
    before, left = current(database_url), _tables(database_url)
    upgrade(database_url)

    assert before is None
    assert left == {"alembic_version"}
    assert current(database_url) == newest()
    assert differences(database_url) == []
    _check_guards(database_url)


def test_upgrading_twice_changes_nothing(database_url: str) -> None:
    upgrade(database_url)

    assert current(database_url) == newest()


def test_an_upgrade_with_nothing_to_do_waits_for_no_writer(postgres_url: str) -> None:
    writer = create_engine(postgres_url)
    with writer.begin() as connection:
        connection.execute(text("UPDATE account_state SET stage = stage"))
        impatient = f"{postgres_url}&options=-c%20statement_timeout%3D5000"

        assert upgrade(impatient) is False
    writer.dispose()


def test_no_step_keeps_readers_from_what_every_request_reads(postgresql: PostgresServer) -> None:
    """A reader that waited for one of these, and held another that a step wants alone, would be a deadlock."""
    with postgresql.empty_database() as url:
        upgrade(url, LAST_RELEASE)
        engine = create_engine(url)
        with engine.connect() as connection, connection.begin() as transaction:
            command.upgrade(_config(connection), "head")
            kept = set(connection.execute(text(_KEPT_FROM_READERS)).scalars())
            transaction.rollback()
        engine.dispose()

    assert kept & READ_BY_ALL == set()
    assert kept != set()


LAST_RELEASE = "0024"
READ_BY_ALL = {
    "account_state",
    "account_profile",
    "transition_log",
    "fact_history",
    "cta",
    "cta_task",
    "milestone_event",
    "stage_visit",
}
_KEPT_FROM_READERS = """SELECT c.relname FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
WHERE l.pid = pg_backend_pid() AND l.mode = 'AccessExclusiveLock' AND c.relkind = 'r'"""


def test_check_constraints_allow_exactly_what_the_code_knows(database_url: str) -> None:
    engine = create_engine(database_url)
    found = {name: words for table in metadata.tables for name, words in _checks_in_database(engine, table).items()}
    engine.dispose()
    expected = {
        str(check.name): _words(str(check.sqltext))
        for table in metadata.tables.values()
        for check in table.constraints
        if isinstance(check, CheckConstraint)
    }

    assert found == expected
    assert len(found) == 10


@pytest.mark.parametrize("table", PER_ACCOUNT, ids=lambda table: table.name)
def test_every_key_of_an_account_table_starts_with_the_account(table: Table) -> None:
    uniques = [item.columns for item in table.constraints if isinstance(item, UniqueConstraint)]
    uniques += [index.columns for index in table.indexes if index.unique]

    assert [next(iter(columns)).name for columns in (table.primary_key.columns, *uniques)] == ["account_id"] * (
        1 + len(uniques)
    )


@pytest.mark.parametrize("table", metadata.tables.values(), ids=lambda table: table.name)
def test_no_table_has_foreign_keys_or_numbers_from_the_database(table: Table) -> None:
    assert table.foreign_keys == set()
    assert [column.name for column in table.columns if column.default or column.server_default] == []
    assert [column.name for column in table.columns if column is table.autoincrement_column] == []


@pytest.mark.parametrize("table", metadata.tables.values(), ids=lambda table: table.name)
def test_instants_are_whole_milliseconds(table: Table) -> None:
    instants = [column for column in table.columns if column.name.endswith("_at") or column.name == "snoozed_until"]

    assert all(isinstance(column.type, BigInteger) for column in instants)


def test_the_database_has_no_sequences(postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    with engine.connect() as connection:
        sequences = connection.execute(text("SELECT relname FROM pg_class WHERE relkind = 'S'")).all()
    engine.dispose()

    assert sequences == []


def _tables(url: str) -> set[str]:
    engine = create_engine(url)
    names = set(inspect(engine).get_table_names())
    engine.dispose()
    return names


def _check_guards(url: str) -> None:
    database = Database(url)
    check_guards(database)
    database.dispose()


def _checks_in_database(engine: Engine, table: str) -> dict[str, set[str]]:
    checks = inspect(engine).get_check_constraints(table)
    return {str(check["name"]): _words(check["sqltext"]) for check in checks}


def _words(sql: str) -> set[str]:
    """The quoted texts of a condition; PostgreSQL writes an IN list in its own way."""
    return set(re.findall(r"'([^']*)'", sql))
