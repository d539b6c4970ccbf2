"""The database itself refuses to change history, and the start-up test notices when it does not."""

from dataclasses import replace

import pytest
from sqlalchemy import insert, text

from lifecycle_fsm.domain.errors import StoreFailed
from lifecycle_fsm.store.change import Health
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.guards_on_history import APPEND_ONLY, check_guards, probe_row
from lifecycle_fsm.store.history import load_chain
from lifecycle_fsm.store.ledger import verify_chain
from lifecycle_fsm.store.tables.history import transition_log
from lifecycle_fsm.store.transitions import save
from tests.store.builders import NO_SLOTS, NOON, a_move, a_profile, a_stored_account, opened

ACME = a_profile().account_id


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE transition_log SET actor = 'nobody'",
        "DELETE FROM transition_log",
        "UPDATE fact_history SET source = 'nobody'",
        "DELETE FROM fact_history",
        (
            "INSERT INTO transition_log SELECT * FROM transition_log WHERE true "
            "ON CONFLICT (account_id, seq) DO UPDATE SET actor = 'nobody'"
        ),
    ],
)
def test_refuses_to_change_or_remove_a_row(database_url: str, tampering: str) -> None:
    with opened(database_url) as database:
        with database.writing() as connection:
            _write_history(connection)
        with pytest.raises(StoreFailed), database.writing() as connection:
            connection.exec_driver_sql(tampering)
        with database.reading() as connection:
            chain = load_chain(connection, ACME)
            sources = connection.exec_driver_sql("SELECT source FROM fact_history").scalars().all()

    assert verify_chain(chain) is None
    assert [link.entry.actor for link in chain] == ["dana"]
    assert sources == ["scorecard"]


@pytest.mark.parametrize("table", [table.name for table in APPEND_ONLY])
def test_refuses_to_truncate_and_to_replace(database_url: str, table: str) -> None:
    with opened(database_url) as database:
        with database.writing() as connection:
            _write_history(connection)
            for other in APPEND_ONLY[2:]:
                connection.execute(insert(other).values(probe_row(other)))
        tampering = (
            f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}" if database.is_sqlite else f"TRUNCATE {table}"
        )
        with pytest.raises(StoreFailed), database.writing() as connection:
            connection.exec_driver_sql(tampering)
        with database.reading() as connection:
            rows = connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()

    assert rows == 1


def test_a_command_id_cannot_replace_the_row_that_has_it(sqlite_url: str) -> None:
    with opened(sqlite_url) as database:
        with database.writing() as connection:
            account = a_stored_account(connection)
            save(connection, a_move(account, command_id="once"), NO_SLOTS)
        columns = "account_id, 2, " + ", ".join(_LOG_COLUMNS[2:])
        with pytest.raises(StoreFailed), database.writing() as connection:
            connection.exec_driver_sql(f"INSERT OR REPLACE INTO transition_log SELECT {columns} FROM transition_log")
        with database.reading() as connection:
            seqs = [link.seq for link in load_chain(connection, ACME)]

    assert seqs == [1]


def test_the_start_up_test_passes_on_a_migrated_database_and_leaves_nothing(database_url: str) -> None:
    with opened(database_url) as database:
        check_guards(database)
        with database.reading() as connection:
            counts = [
                connection.exec_driver_sql(f"SELECT count(*) FROM {table.name}").scalar_one() for table in APPEND_ONLY
            ]

    assert counts == [0] * len(APPEND_ONLY)


def test_the_start_up_test_names_what_is_not_protected(database_url: str) -> None:
    with opened(database_url) as database:
        with database.writing() as connection:
            for trigger in _TRIGGERS[connection.dialect.name]:
                connection.execute(text(trigger))
        with pytest.raises(StoreFailed, match="update fact_history, delete from fact_history") as refused:
            check_guards(database)

    assert "transition_log" not in refused.value.message


def _write_history(connection: Connection) -> None:
    account = a_stored_account(connection)
    change = a_move(account)
    save(connection, replace(change, health=Health(55.5, None, changed_at=NOON)), NO_SLOTS)


_LOG_COLUMNS = [column.name for column in transition_log.columns]

_TRIGGERS = {
    "sqlite": ["DROP TRIGGER fact_history_no_update", "DROP TRIGGER fact_history_no_delete"],
    "postgresql": ["DROP TRIGGER fact_history_no_change ON fact_history"],
}
