"""Episodes of alerts in lists, cut into pages by what was last seen."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Select, case, func, literal, not_, or_, select, true, tuple_
from sqlalchemy.engine import Row as ResultRow

from lifecycle_fsm.domain.access import Portfolio
from lifecycle_fsm.domain.alert_episode import AlertEpisode, AlertFilter, AlertOrder, AlertOrderField
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.moments import from_ms, to_ms
from lifecycle_fsm.domain.paging import Page, PageRequest
from lifecycle_fsm.domain.severity import AlertSeverity
from lifecycle_fsm.store.cursors import Part, read_cursor, write_cursor
from lifecycle_fsm.store.cut import cut
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.episodes_at import columns_at, severity_at
from lifecycle_fsm.store.instants import optional_instant
from lifecycle_fsm.store.scope import about_visible
from lifecycle_fsm.store.tables.accounts import account_state
from lifecycle_fsm.store.tables.alerts import alert_episode

_MARK = "alerts"
_OF_ONE = AlertOrder()


def page_episodes(
    connection: Connection, choose: AlertFilter, order: AlertOrder, page: PageRequest, portfolio: Portfolio
) -> Page[AlertEpisode]:
    """
    Read one page of the episodes of the accounts of a portfolio.

    Raises:
        InvalidInput: the cursor is not one of a list in this order.
    """
    accepted = [*_accepts(choose), *about_visible(alert_episode.c.account_id, portfolio)]
    query = _walk(order, page, choose.as_of).where(*accepted).limit(page.size + 1)
    rows = connection.execute(_joined(query, choose)).all()
    total = None
    if page.with_total:
        counted = select(func.count()).select_from(alert_episode).where(*accepted)
        total = connection.execute(_joined(counted, choose)).scalar_one()
    return cut(rows, page, item_of=_episode, cursor_of=lambda row: _cursor(row, order), total=total)


def page_episodes_of(connection: Connection, ids: Sequence[UUID], page: PageRequest) -> dict[UUID, Page[AlertEpisode]]:
    """
    Read the same page of several accounts' episodes, newest first; ids without any have an empty page.

    Raises:
        InvalidInput: the cursor is not one of such a list.
    """
    here, (keys, falls) = alert_episode.c.account_id.in_(ids), _sorted(_OF_ONE, page)
    place = func.row_number().over(partition_by=alert_episode.c.account_id, order_by=_falling(keys, falls=falls))
    placed = _walk(_OF_ONE, page).where(here).order_by(None).add_columns(place.label("place")).subquery()
    query = select(placed).where(placed.c.place <= page.size + 1).order_by(placed.c.account_id, placed.c.place)
    found = {key: list(rows) for key, rows in groupby(connection.execute(query), key=attrgetter("account_id"))}
    totals = _totals(connection, here) if page.with_total else {}
    return {each: _page_of(found.get(each, []), page, totals.get(each, 0)) for each in ids}


def _page_of(rows: Sequence[ResultRow[*tuple[object, ...]]], page: PageRequest, total: int) -> Page[AlertEpisode]:
    counted = total if page.with_total else None
    return cut(rows, page, item_of=_episode, cursor_of=lambda row: _cursor(row, _OF_ONE), total=counted)


def _totals(connection: Connection, here: ColumnElement[bool]) -> dict[UUID, int]:
    query = select(alert_episode.c.account_id, func.count()).where(here).group_by(alert_episode.c.account_id)
    return {row[0]: row[1] for row in connection.execute(query)}


def _joined(query: Select[Any], choose: AlertFilter) -> Select[Any]:
    """Only a filter that asks for the account reads it."""
    if not (choose.segments or choose.stages or choose.csms):
        return query
    return query.join(account_state, account_state.c.account_id == alert_episode.c.account_id)


def _accepts(choose: AlertFilter) -> Iterator[ColumnElement[bool]]:
    episode = alert_episode.c
    listed: tuple[tuple[ColumnElement[Any], Sequence[object]], ...] = (
        (episode.alert, choose.alerts),
        (severity_at(choose.as_of), [each.value for each in choose.severities]),
        (episode.account_id, choose.account_ids),
        (account_state.c.segment, choose.segments),
        (account_state.c.stage, choose.stages),
        (account_state.c.csm, choose.csms),
    )
    yield from (column.in_(values) for column, values in listed if values)
    if choose.opened_from is not None:
        yield episode.opened_at >= to_ms(choose.opened_from)
    if choose.opened_before is not None:
        yield episode.opened_at < to_ms(choose.opened_before)
    yield from _stands(choose)


def _stands(choose: AlertFilter) -> Iterator[ColumnElement[bool]]:
    """Whether an episode was on at a date, among those that had been opened by then."""
    is_on: ColumnElement[bool] = alert_episode.c.cleared_at.is_(None)
    if choose.as_of is not None:
        yield alert_episode.c.opened_at <= to_ms(choose.as_of)
        is_on = or_(is_on, alert_episode.c.cleared_at > to_ms(choose.as_of))
    if choose.is_on is not None:
        yield is_on if choose.is_on else not_(is_on)


def _sorted(
    order: AlertOrder, page: PageRequest, as_of: datetime | None = None
) -> tuple[tuple[ColumnElement[Any], ...], bool]:
    """What the rows are sorted by, and whether it falls."""
    episode = alert_episode.c
    first = episode.opened_at if order.field is AlertOrderField.OPENED_AT else _rank(as_of)
    keys = (first, episode.opened_at, episode.account_id, episode.alert, episode.episode)
    return keys, order.descending != page.backwards


def _rank(as_of: datetime | None) -> ColumnElement[int]:
    ranks = {each.value: each.rank for each in AlertSeverity}
    return case(ranks, value=severity_at(as_of), else_=literal(0, Integer()))


def _falling(keys: Sequence[ColumnElement[Any]], *, falls: bool) -> list[ColumnElement[Any]]:
    return [key.desc() if falls else key.asc() for key in keys]


def _walk(order: AlertOrder, page: PageRequest, as_of: datetime | None = None) -> Select[Any]:
    keys, falls = _sorted(order, page, as_of)
    query = select(*columns_at(as_of), keys[0].label("sort_key"))
    return query.order_by(*_falling(keys, falls=falls)).where(_beyond(keys, order, page, falls=falls))


def _beyond(
    keys: Sequence[ColumnElement[Any]], order: AlertOrder, page: PageRequest, *, falls: bool
) -> ColumnElement[bool]:
    cursor, path = (page.before, "before") if page.backwards else (page.after, "after")
    if cursor is None:
        return true()
    here, last = tuple_(*keys), tuple_(*_read_cursor(cursor, order, path), types=[key.type for key in keys])
    return here < last if falls else here > last


def _cursor(row: ResultRow[*tuple[object, ...]], order: AlertOrder) -> str:
    placed = cast("list[Part]", [row.sort_key, row.opened_at, row.account_id.hex, row.alert, row.episode])
    return write_cursor(_MARK, order.field.value, order.descending, *placed)


def _read_cursor(cursor: str, order: AlertOrder, path: str) -> tuple[Part | UUID, ...]:
    kinds = (str, str, bool, int, int, str, str, int)
    mark, field, descending, value, opened_at, account, alert, number = read_cursor(cursor, kinds, path)
    try:
        account_id = UUID(hex=str(account))
    except ValueError:
        account_id = None
    if account_id is None or (mark, field, descending) != (_MARK, order.field.value, order.descending):
        raise InvalidInput("the cursor belongs to another list; start at the beginning", path=path)
    return value, opened_at, account_id, alert, number


def _episode(row: ResultRow[*tuple[object, ...]]) -> AlertEpisode:
    return AlertEpisode(
        account_id=row.account_id,
        alert=row.alert,
        number=row.episode,
        opened_at=from_ms(row.opened_at),
        severity=AlertSeverity(row.severity),
        segment=row.segment,
        machine=row.machine,
        stage=row.stage,
        raised_at=optional_instant(row.raised_at),
        cleared_at=optional_instant(row.cleared_at),
        opened_seq=row.opened_seq,
        cleared_seq=row.cleared_seq,
    )
