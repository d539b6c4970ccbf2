"""Verifications as they are kept: how far each has come, and its report so far."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, insert, or_, select, update
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
    `finished_at` goes on, or waits for a worker. Until `held_until` it is `holder` that
    works on it, and nobody else.
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
    holder: str | None = None
    held_until: datetime | None = None


def insert_verification(connection: Connection, made: StoredVerification) -> None:
    """Keep a new one."""
    about = {"account_id": made.account_id, "from_at": optional_ms(made.since), "to_at": optional_ms(made.until)}
    times = {"started_at": to_ms(made.started_at), "finished_at": optional_ms(made.finished_at)}
    state = {"done": made.done, "parts": made.parts, "report": made.report}
    held = {"holder": made.holder, "held_until": optional_ms(made.held_until)}
    connection.execute(insert(verification).values(id=made.id, actor=made.actor, **about, **times, **state, **held))


def go_on(connection: Connection, made: StoredVerification) -> bool:
    """Write that one more part is done, and how long it is held on; False where its holder lost it to another."""
    before = and_(*_held_by(made.id, made.holder), verification.c.done == made.done - 1)
    times = {"finished_at": optional_ms(made.finished_at), "held_until": optional_ms(made.held_until)}
    values = {"done": made.done, "report": made.report, **times}
    return connection.execute(update(verification).where(before).values(values)).rowcount == 1


def hold(connection: Connection, verification_id: UUID, holder: str, now: datetime, until: datetime) -> None:
    """Take a verification, unless somebody else holds it."""
    free = and_(verification.c.id == verification_id, _is_free_for(holder, now))
    values = {"holder": holder, "held_until": to_ms(until)}
    connection.execute(update(verification).where(free).values(values))


def let_go(connection: Connection, verification_id: UUID, holder: str) -> None:
    """Leave a verification to whoever comes next."""
    mine = and_(*_held_by(verification_id, holder))
    connection.execute(update(verification).where(mine).values(holder=None, held_until=None))


def unfinished(connection: Connection, holder: str, now: datetime) -> StoredVerification | None:
    """The oldest that has not ended and that nobody else holds; None where there is none."""
    order = (verification.c.started_at, verification.c.id)
    waits = and_(verification.c.finished_at.is_(None), _is_free_for(holder, now))
    query = select(verification).where(waits).order_by(*order).limit(1)
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


def _held_by(verification_id: UUID, holder: str | None) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return verification.c.id == verification_id, verification.c.holder == holder


def _is_free_for(holder: str, now: datetime) -> ColumnElement[bool]:
    held_until = verification.c.held_until
    return or_(held_until.is_(None), held_until <= to_ms(now), verification.c.holder == holder)


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
        holder=row.holder,
        held_until=optional_instant(row.held_until),
    )
