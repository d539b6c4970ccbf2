"""Verifications as they are kept: how far each has come, and its report so far."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, insert, select, update
from sqlalchemy.engine import Row as ResultRow

from lifecycle_fsm.domain.moments import from_ms, to_ms
from lifecycle_fsm.domain.paging import Page, PageRequest
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.instants import optional_instant, optional_ms
from lifecycle_fsm.store.newest import page_newest
from lifecycle_fsm.store.tables.verifications import verification


@dataclass(frozen=True, slots=True)
class StoredVerification:
    """
    Hold one verification: of an account or of all, of rows recorded in a period.

    Of its `parts` so many are `done`; `report` is JSON, and counts those. One without
    `finished_at` goes on, or waits for a worker.
    """

    id: UUID
    actor: str
    account_id: UUID | None
    since: datetime | None
    until: datetime | None
    started_at: datetime
    finished_at: datetime | None
    done: int
    parts: int
    report: str


def insert_verification(connection: Connection, made: StoredVerification) -> None:
    """Keep a new one."""
    about = {"account_id": made.account_id, "from_at": optional_ms(made.since), "to_at": optional_ms(made.until)}
    times = {"started_at": to_ms(made.started_at), "finished_at": optional_ms(made.finished_at)}
    state = {"done": made.done, "parts": made.parts, "report": made.report}
    connection.execute(insert(verification).values(id=made.id, actor=made.actor, **about, **times, **state))


def go_on(connection: Connection, made: StoredVerification) -> bool:
    """Write that one more part is done; False where another process has done it."""
    before = and_(verification.c.id == made.id, verification.c.done == made.done - 1)
    values = {"done": made.done, "report": made.report, "finished_at": optional_ms(made.finished_at)}
    return connection.execute(update(verification).where(before).values(values)).rowcount == 1


def unfinished(connection: Connection) -> StoredVerification | None:
    """The oldest that has not ended; None where none goes on."""
    order = (verification.c.started_at, verification.c.id)
    query = select(verification).where(verification.c.finished_at.is_(None)).order_by(*order).limit(1)
    row = connection.execute(query).one_or_none()
    return None if row is None else _of(row)


def verifications_by_id(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, StoredVerification]:
    """Read verifications by id; unknown ones are absent."""
    rows = connection.execute(select(verification).where(verification.c.id.in_(list(ids))))
    return {row.id: _of(row) for row in rows}


def page_verifications(connection: Connection, page: PageRequest) -> Page[StoredVerification]:
    """
    Read one page of the verifications, newest first.

    Raises:
        InvalidInput: the cursor is not one of this list.
    """
    return page_newest(connection, verification, "verifications", page, _of)


def _of(row: ResultRow[*tuple[object, ...]]) -> StoredVerification:
    return StoredVerification(
        id=row.id,
        actor=row.actor,
        account_id=row.account_id,
        since=optional_instant(row.from_at),
        until=optional_instant(row.to_at),
        started_at=from_ms(row.started_at),
        finished_at=optional_instant(row.finished_at),
        done=row.done,
        parts=row.parts,
        report=row.report,
    )
