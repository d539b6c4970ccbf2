"""Histories that hold, of rows as odd as rows may be, with the heads of their accounts."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.store.database import Database
from lifecycle_fsm.store.history import link_values
from lifecycle_fsm.store.ledger import GENESIS, Link, link
from lifecycle_fsm.store.raw import Row, dialect_of, execute_each
from lifecycle_fsm.store.tables.history import transition_log
from tests.store.builders import ODD_TEXTS, an_entry

ODD = (*ODD_TEXTS, "\x02\x1f\x7f")
COLUMNS = ("actor", "on_behalf_of", "command_id", "transition", "trigger", "subject", "effects", "to_stage")


def a_history(account: UUID) -> list[Link]:
    """One row for each odd text in each column, each kind and each cause, from the stage of the one before."""
    changes: list[dict[str, Any]] = [{name: f"{odd}{name}"} for name in COLUMNS for odd in ODD]
    changes += [{name: ""} for name in COLUMNS] + [{name: None} for name in COLUMNS[:-2]]
    changes += [{"kind": kind} for kind in RecordKind] + [{"cause": cause} for cause in Cause]
    rows, previous, stage = list[Link](), GENESIS, None
    for seq, change in enumerate(changes, 1):
        named = {"command_id": f"command {seq}", "run_id": uuid4() if seq % 3 else None} | change
        entry = replace(an_entry("adoption"), from_stage=stage, **named)
        rows.append(link(account, seq, previous, entry, None if seq % 2 else bytes([seq % 256]) * 32))
        previous, stage = rows[-1].hash, entry.to_stage
    return rows


def keep(database: Database, histories: Iterable[list[Link]]) -> None:
    """Write histories with the heads of their accounts."""
    with database.writing() as connection:
        dialect = dialect_of(connection)
        into_log = dialect.insert("transition_log", tuple(column.name for column in transition_log.columns))
        for rows in histories:
            execute_each(connection, into_log, [link_values(row, dialect) for row in rows])
            last = rows[-1]
            ends: Row = (last.seq, last.hash, last.entry.to_stage, last.entry.machine)
            head = (dialect.bind_id(last.account_id), *ends, *_FIXED.values())
            execute_each(connection, dialect.insert("account_state", _HEAD), [head])


def keep_newcomer(database: Database, account: UUID) -> None:
    """Write an account that has no history yet."""
    with database.writing() as connection:
        dialect = dialect_of(connection)
        head = (dialect.bind_id(account), 0, GENESIS, "kicked_off", "0" * 64, *_FIXED.values())
        execute_each(connection, dialect.insert("account_state", _HEAD), [head])


_FIXED: dict[str, str | int] = {
    "segment": "enterprise",
    "entered_at": 0,
    "facts_version": 0,
    "noted_pace": "on_track",
    "more": "{}",
    "bookkeeping": "{}",
}
_HEAD = ("account_id", "state_version", "head_hash", "stage", "machine", *_FIXED)
