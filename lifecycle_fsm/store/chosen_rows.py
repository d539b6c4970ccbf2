"""Rows of the log that somebody chose, page by page, each with its place in the Merkle log."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import select

from lifecycle_fsm.store.audit_rows import PAGE, LogRow, Span
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.instants import optional_ms
from lifecycle_fsm.store.raw import Dialect, Row, dialect_of, rows_of
from lifecycle_fsm.store.tables.machines import machine_version


@dataclass(frozen=True, slots=True)
class Chosen:
    """Choose rows by the segment whose rules decided, and by when they were recorded: from `since` until `before`."""

    segment: str | None = None
    since: datetime | None = None
    before: datetime | None = None

    @property
    def is_everything(self) -> bool:
        """Whether no row is left out."""
        return self == Chosen()


def known_segments(connection: Connection) -> tuple[str, ...]:
    """The segments that rules were ever published for, by name."""
    found = select(machine_version.c.segment).distinct().order_by(machine_version.c.segment)
    return tuple(connection.execute(found).scalars())


def read_chosen(
    connection: Connection, span: Span, after_seq: int, chosen: Chosen
) -> Iterator[list[tuple[LogRow, int | None]]]:
    """Read the chosen rows by account and number; of the first account only those after `after_seq`."""
    dialect = dialect_of(connection)
    conditions, values = _conditions(dialect, chosen)
    statement, high = _statement(dialect, conditions), dialect.bind_id(span.high)
    after: Row = (dialect.bind_id(span.low), after_seq)
    while rows := rows_of(connection, statement, (*after, high, *values)):
        page = [(LogRow._make(row[:-1]), cast("int | None", row[-1])) for row in rows]
        yield page
        after = (page[-1][0].account_id, page[-1][0].seq)


def _conditions(dialect: Dialect, chosen: Chosen) -> tuple[list[str], Row]:
    stated = {
        f"l.machine IN (SELECT digest FROM machine_version WHERE segment = {dialect.mark})": chosen.segment,  # noqa: S608
        f"l.recorded_at >= {dialect.mark}": optional_ms(chosen.since),
        f"l.recorded_at < {dialect.mark}": optional_ms(chosen.before),
    }
    given = {condition: value for condition, value in stated.items() if value is not None}
    return list(given), tuple(given.values())


def _statement(dialect: Dialect, conditions: list[str]) -> str:
    mark, columns = dialect.mark, ", ".join(f"l.{name}" for name in LogRow._fields)
    return (
        f"SELECT {columns}, m.position FROM transition_log l "  # noqa: S608 - our own names
        "LEFT JOIN merkle_leaf m ON m.account_id = l.account_id AND m.seq = l.seq "
        f"WHERE (l.account_id, l.seq) > ({mark}, {mark}) AND l.account_id <= {mark} "
        f"AND {' AND '.join(conditions)} ORDER BY l.account_id, l.seq LIMIT {PAGE}"
    )
