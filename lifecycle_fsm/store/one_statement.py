"""
On PostgreSQL, one statement that moves one account and appends its history.

Each round trip costs a client as much as building a row. A move that finds another
revision writes nothing at all, for every row is selected from the row that moved.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql

from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.history import Evidence, evidence_values, link_values
from lifecycle_fsm.store.hot_row import writing
from lifecycle_fsm.store.ledger import Link
from lifecycle_fsm.store.raw import POSTGRESQL, Row, count_of
from lifecycle_fsm.store.tables.history import transition_inputs, transition_log
from lifecycle_fsm.store.tables.tallies import stage_tally


class Appended(NamedTuple):
    """What a move appends: to the account's history, its evidence, and how many accounts stand where."""

    links: Sequence[Link]
    evidence: Sequence[Evidence]
    tallied: Sequence[Row]


def move_and_log(connection: Connection, hot_row: Row, columns: tuple[str, ...], appended: Appended) -> bool:
    """Set the hot row and append the rows, and say whether the account's history was where it was expected."""
    values = (
        *hot_row,
        *(value for link in appended.links for value in link_values(link, POSTGRESQL)),
        *(value for row in appended.evidence for value in evidence_values(row, POSTGRESQL)),
        *(value for row in appended.tallied for value in row),
    )
    statement = _statement(columns, len(appended.links), len(appended.evidence), len(appended.tallied))
    return count_of(connection, statement, values) == 1


@lru_cache(maxsize=64)
def _statement(columns: tuple[str, ...], links: int, evidence: int, tallied: int) -> str:
    parts = [f"moved AS ({writing(POSTGRESQL, columns)} RETURNING account_id)"]
    if links:
        parts.append(f"logged AS ({_insert(transition_log, links)})")
    if evidence:
        parts.append(f"judged AS ({_insert(transition_inputs, evidence)})")
    if tallied:
        parts.append(f"tallied AS ({_insert(stage_tally, tallied)})")
    return f"WITH {', '.join(parts)} SELECT count(*) FROM moved"  # noqa: S608 - our own names


def _insert(table: Table, rows: int) -> str:
    """Insert so many rows if the account moved; values need their types here, for they pass through a SELECT."""
    names = ", ".join(column.name for column in table.columns)
    types = [column.type.compile(dialect=postgresql.dialect()) for column in table.columns]  # type: ignore[no-untyped-call]  # SQLAlchemy's dialects have no types
    row = f"({', '.join(f'CAST(%s AS {type_})' for type_ in types)})"
    values = ", ".join([row] * rows)
    chosen = ", ".join(f"appended.{column.name}" for column in table.columns)
    source = f"FROM moved, (VALUES {values}) AS appended ({names})"
    return f"INSERT INTO {table.name} ({names}) SELECT {chosen} {source}"
