"""
When accounts entered stages, written down once instead of worked out by every report.

A job follows the log and writes down what accounts entered. Accounts with rows of the log that it
has not followed yet are read from their visits, so that what `entered` gives is always what visits tell.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Subquery,
    and_,
    bindparam,
    delete,
    func,
    inspect,
    literal,
    literal_column,
    select,
    text,
    tuple_,
    union_all,
    update,
)

from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.feed import newest_position
from lifecycle_fsm.store.tables.accounts import account_state
from lifecycle_fsm.store.tables.entries import roll_up, stage_entry
from lifecycle_fsm.store.tables.history import transition_log
from lifecycle_fsm.store.told_entries import Among, told, visited

_NAME = "stage_entry"
_ROWS, _ACCOUNTS = 5_000, 20_000
"""How many rows of the log, and how many accounts of a first filling, one transaction takes at least."""

Row = dict[str, object]

_KEY = tuple(stage_entry.primary_key.columns)
_COLUMNS = tuple(stage_entry.columns)


class Part(StrEnum):
    """Which accounts are read: those that were followed, those that have something new, or all."""

    FOLLOWED = "followed"
    BEHIND = "behind"
    BOTH = "both"


class Kept(NamedTuple):
    """How far the log was followed: everything up to `place`; and which accounts are read."""

    place: int
    is_sqlite: bool
    part: Part = Part.BOTH


def kept_so_far(connection: Connection) -> Kept | None:
    """How far enterings are kept; None before they are all filled in, or where the log is another one."""
    mark = _mark(connection)
    if mark is None or mark.filled_to is not None:
        return None
    return Kept(mark.place, connection.dialect.name == "sqlite")


def entered(kept: Kept | None) -> Subquery:
    """When the accounts that are read first entered each stage, with the columns of `stage_entry`."""
    if kept is None:
        return told(None).subquery()
    followed = select(*_COLUMNS).where(*of_part(stage_entry.c.account_id, kept._replace(part=Part.FOLLOWED)))
    behind = told(_changed_after(kept))
    match kept.part:
        case Part.FOLLOWED:
            return followed.subquery()
        case Part.BEHIND:
            return behind.subquery()
        case Part.BOTH:
            return union_all(followed, behind).subquery()


def of_part(account_id: ColumnElement[UUID], kept: Kept | None) -> list[ColumnElement[bool]]:
    """The condition under which an account is one of those that are read; none for all."""
    if kept is None or kept.part is Part.BOTH:
        return []
    since = _changed_after(kept)
    return [account_id.not_in(since) if kept.part is Part.FOLLOWED else account_id.in_(since)]


def stages_entered(connection: Connection, kept: Kept | None, segment: str | None) -> dict[str, list[str]]:
    """The stages that accounts that are read have entered, by their segment: of one segment, or of all."""
    followed = kept is not None and kept.part is not Part.BEHIND
    behind = kept is None or kept.part is not Part.FOLLOWED
    found = set(_stages_kept(connection)) if followed else set[tuple[str, str]]()
    if behind:
        each = visited(None if kept is None else _changed_after(kept)).c
        found |= {(row[0], row[1]) for row in connection.execute(select(each.segment, each.stage).distinct())}
    stages: dict[str, list[str]] = {}
    for place, stage in sorted(found):
        if segment in {None, place}:
            stages.setdefault(place, []).append(stage)
    return stages


def _stages_kept(connection: Connection) -> Iterator[tuple[str, str]]:
    """Each segment and stage of `stage_entry`, along an index from one to the next: few are there, of many rows."""
    place = (stage_entry.c.segment, stage_entry.c.stage)
    found = connection.execute(select(*place).order_by(*place).limit(1)).one_or_none()
    while found is not None:
        yield found[0], found[1]
        after = select(*place).where(tuple_(*place) > tuple_(*found))
        found = connection.execute(after.order_by(*place).limit(1)).one_or_none()


def has_much_to_follow(connection: Connection) -> bool:
    """Whether a page is worth writing: the first filling goes on, or the log has grown."""
    kept = kept_so_far(connection)
    if kept is None:
        return True
    rows = select(literal(1)).select_from(transition_log).where(_order(kept) > kept.place).limit(_ROWS + 1).subquery()
    return connection.execute(select(func.count()).select_from(rows)).scalar_one() > _ROWS


def follow(connection: Connection) -> bool:
    """Write down what one page of accounts entered, and say whether another one follows."""
    _alone(connection)
    mark = _mark(connection)
    if mark is None:
        _begin(connection)
        return True
    if mark.filled_to is not None:
        return _fill(connection, mark.filled_to)
    return _go_on(connection, Kept(mark.place, connection.dialect.name == "sqlite"))


def set_right_after(connection: Connection, account_id: UUID) -> tuple[int, UUID | None]:
    """
    Hold a page of accounts after one to their visits.

    Gives how many rows were wrong, and the last account of the page, None after the last page. Accounts
    that are read from their visits anyway are left out.
    """
    _alone(connection)
    kept, last = kept_so_far(connection), _last_of_page(connection, account_id)
    among = _page(account_id, last)
    if kept is not None:
        among = among.where(account_state.c.account_id.not_in(_changed_after(kept)))
    return _set_right(connection, among), last


def follow_anew(connection: Connection) -> None:
    """Have everything filled in again: the rows of the log have got other numbers."""
    if inspect(connection).has_table(roll_up.name):
        connection.execute(update(roll_up).where(roll_up.c.name == _NAME).values(origin="restored"))


class _Mark(NamedTuple):
    place: int
    filled_to: UUID | None


def _mark(connection: Connection) -> _Mark | None:
    row = connection.execute(
        select(roll_up.c.place, roll_up.c.filled_to).where(
            roll_up.c.name == _NAME, roll_up.c.origin == _origin(connection)
        )
    ).one_or_none()
    return None if row is None else _Mark(*row)


def _origin(connection: Connection) -> ColumnElement[str]:
    """What tells a database from one that was copied from it, whose transactions have other numbers."""
    if connection.dialect.name == "sqlite":
        return literal("sqlite")
    return literal_column(
        "(SELECT s.system_identifier || '/' || d.oid FROM pg_control_system() AS s, pg_database AS d "
        "WHERE d.datname = current_database())"
    )


def _begin(connection: Connection) -> None:
    connection.execute(delete(roll_up).where(roll_up.c.name == _NAME))
    values = {"name": _NAME, "place": newest_position(connection).order, "filled_to": UUID(int=0)}
    connection.execute(roll_up.insert().values(**values, origin=_origin(connection)))


def _fill(connection: Connection, after: UUID) -> bool:
    last = _last_of_page(connection, after)
    among = _page(after, last)
    connection.execute(delete(stage_entry).where(stage_entry.c.account_id.in_(among)))
    connection.execute(stage_entry.insert().from_select([column.name for column in _COLUMNS], told(among)))
    connection.execute(update(roll_up).where(roll_up.c.name == _NAME).values(filled_to=last))
    return last is not None


def _page(after: UUID, last: UUID | None) -> Among:
    account = account_state.c.account_id
    return select(account).where(account > after, *([] if last is None else [account <= last]))


def _last_of_page(connection: Connection, after: UUID) -> UUID | None:
    account = account_state.c.account_id
    query = select(account).where(account > after).order_by(account).offset(_ACCOUNTS - 1).limit(1)
    return connection.execute(query).scalar_one_or_none()


def _go_on(connection: Connection, kept: Kept) -> bool:
    horizon, order = newest_position(connection).order, _order(kept)
    behind = select(order).select_from(transition_log).where(order > kept.place, order <= horizon)
    # Of a transaction all rows are taken, so that the place is one between two of them.
    until = connection.execute(behind.order_by(order).offset(_ROWS).limit(1)).scalar_one_or_none()
    place = horizon if until is None else until
    among = select(transition_log.c.account_id).where(order > kept.place, order <= place)
    _set_right(connection, among)
    connection.execute(update(roll_up).where(roll_up.c.name == _NAME).values(place=place))
    return until is not None


def _set_right(connection: Connection, among: Among) -> int:
    """Make the rows of accounts those that their visits tell, and say how many were not."""
    wrong, missing = _differing(connection, among)
    if wrong:
        own = {f"old_{column.name}": column for column in _KEY}
        same = and_(*(column == bindparam(name) for name, column in own.items()))
        keys = [{name: row[column.name] for name, column in own.items()} for row in wrong]
        connection.execute(delete(stage_entry).where(same), keys)
    if missing:
        connection.execute(stage_entry.insert(), missing)
    return max(len(wrong), len(missing))


def _differing(connection: Connection, among: Among) -> tuple[list[Row], list[Row]]:
    """Of some accounts the rows that visits do not tell, and those that they tell and that are not there."""
    kept = select(*_COLUMNS, literal_column("0").label("is_told")).where(stage_entry.c.account_id.in_(among))
    both = union_all(kept, told(among).add_columns(literal_column("1").label("is_told"))).subquery()
    columns = [both.c[column.name] for column in _COLUMNS]
    # What is on both sides comes twice; so each side is worked out once, and only what differs is read.
    query = select(*columns, func.max(both.c.is_told).label("is_told")).group_by(*columns).having(func.count() == 1)
    sides: tuple[list[Row], list[Row]] = ([], [])
    for row in connection.execute(query).mappings():
        sides[row["is_told"]].append({column.name: row[column.name] for column in _COLUMNS})
    return sides


def _changed_after(kept: Kept) -> Among:
    return select(transition_log.c.account_id).where(_order(kept) > kept.place)


def _order(kept: Kept) -> ColumnElement[int]:
    """The place of a row of the log in the order in which rows become visible."""
    return literal_column(f"transition_log.{'rowid' if kept.is_sqlite else 'commit_order'}", BigInteger)


def _alone(connection: Connection) -> None:
    """Let no two write down the same page."""
    if connection.dialect.name != "sqlite":
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('stage_entry'))"))
