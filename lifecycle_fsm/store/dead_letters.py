"""Deliveries that were given up: read by people, sent again or deleted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, tuple_, update

from lifecycle_fsm.domain.access import EVERYTHING, Portfolio
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.moments import from_ms, to_ms
from lifecycle_fsm.domain.paging import Page, PageRequest
from lifecycle_fsm.store.cursors import read_cursor, write_cursor
from lifecycle_fsm.store.cut import cut
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.deliveries import DeliveryKey
from lifecycle_fsm.store.scope import about_visible
from lifecycle_fsm.store.tables.work import delivery, outbox

_KEY = (delivery.c.account_id, delivery.c.message_id, delivery.c.channel)
_ORDER = (delivery.c.dead_at, delivery.c.message_id, delivery.c.channel)


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that a channel did not take, how often it was tried, and why the last attempt failed."""

    key: DeliveryKey
    kind: str
    seq: int
    created_at: datetime
    died_at: datetime
    attempts: int
    error: str


def page_dead(
    connection: Connection, page: PageRequest, channel: str | None = None, portfolio: Portfolio = EVERYTHING
) -> Page[DeadLetter]:
    """
    Read one page of the dead letters about accounts of a portfolio, of one channel or of all, the newest first.

    Raises:
        InvalidInput: the cursor is not one of this list.
    """
    wanted = [delivery.c.dead_at.is_not(None), *about_visible(delivery.c.account_id, portfolio)]
    if channel is not None:
        wanted.append(delivery.c.channel == channel)
    joined = delivery.join(
        outbox, (outbox.c.account_id == delivery.c.account_id) & (outbox.c.id == delivery.c.message_id)
    )
    order = [column.asc() if page.backwards else column.desc() for column in _ORDER]
    columns = (*delivery.columns, outbox.c.kind, outbox.c.created_at)
    rows = select(*columns).select_from(joined).where(*wanted).order_by(*order).limit(page.size + 1)
    last = _read(page)
    if last is not None:
        rows = rows.where(tuple_(*_ORDER) > last if page.backwards else tuple_(*_ORDER) < last)
    found = [
        DeadLetter(
            DeliveryKey(row.account_id, row.message_id, row.channel),
            row.kind,
            row.seq,
            from_ms(row.created_at),
            from_ms(row.dead_at),
            row.attempts,
            row.last_error or "",
        )
        for row in connection.execute(rows)
    ]
    total = (
        connection.execute(select(func.count()).select_from(delivery).where(*wanted)).scalar_one()
        if page.with_total
        else None
    )
    return cut(found, page, item_of=lambda each: each, cursor_of=_cursor, total=total)


def replay_dead(connection: Connection, keys: Sequence[DeliveryKey], now: datetime) -> tuple[DeliveryKey, ...]:
    """Let dead letters be tried anew from the first attempt, and give those that were dead."""
    dead = _dead_among(connection, keys)
    if dead:
        values = {"dead_at": None, "attempts": 0, "next_attempt_at": to_ms(now), "leased_until": 0}
        connection.execute(update(delivery).where(_is_one_of(dead)).values(values))
    return dead


def purge_dead(connection: Connection, keys: Sequence[DeliveryKey]) -> tuple[DeliveryKey, ...]:
    """Delete dead letters, and give those that were dead."""
    dead = _dead_among(connection, keys)
    if dead:
        connection.execute(delete(delivery).where(_is_one_of(dead)))
    return dead


def _dead_among(connection: Connection, keys: Sequence[DeliveryKey]) -> tuple[DeliveryKey, ...]:
    if not keys:
        return ()
    found = select(*_KEY).where(_is_one_of(keys), delivery.c.dead_at.is_not(None)).order_by(*_KEY).with_for_update()
    return tuple(DeliveryKey(*row) for row in connection.execute(found))


def _is_one_of(keys: Sequence[DeliveryKey]) -> ColumnElement[bool]:
    return tuple_(*_KEY).in_([(each.account_id, each.message_id, each.channel) for each in keys])


def _cursor(letter: DeadLetter) -> str:
    return write_cursor("dead", to_ms(letter.died_at), letter.key.message_id.hex, letter.key.channel)


def _read(page: PageRequest) -> tuple[int, UUID, str] | None:
    cursor, path = (page.before, "before") if page.backwards else (page.after, "after")
    if cursor is None:
        return None
    mark, at, message, channel = read_cursor(cursor, (str, int, str, str), path)
    try:
        # A cursor of another list is stopped by its mark, which is no number.
        return int(str(at if mark == "dead" else mark)), UUID(hex=str(message)), str(channel)
    except ValueError as error:
        raise InvalidInput("the cursor belongs to another list; start at the beginning", path=path) from error
