"""Plans, publications and versions for readers, in a number of statements that does not grow with theirs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Select, Table, and_, bindparam, func, or_, select, true

from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.moments import from_ms, to_ms
from lifecycle_fsm.domain.paging import Page, PageRequest
from lifecycle_fsm.store.cursors import read_cursor, write_cursor
from lifecycle_fsm.store.cut import cut
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.publications import Publication, StoredPlan, plan_of, publication_of
from lifecycle_fsm.store.tables.machines import machine_version
from lifecycle_fsm.store.tables.publications import publication, publication_plan

Selected = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class VersionNote:
    """When a version of a segment's rules was published first, and by whom."""

    segment: str
    digest: str
    published_at: datetime
    published_by: str


def page_plans(connection: Connection, page: PageRequest) -> Page[StoredPlan]:
    """
    Read one page of the plans, newest first.

    Raises:
        InvalidInput: the cursor is not one of this list.
    """
    beyond = _plans_beyond(page)
    rows = connection.execute(
        _walk(publication_plan, (publication_plan.c.planned_at, publication_plan.c.digest), page).where(beyond)
    )
    return cut(
        [plan_of(row) for row in rows],
        page,
        item_of=lambda plan: plan,
        cursor_of=lambda plan: write_cursor("plans", to_ms(plan.planned_at), plan.digest),
        total=_total(connection, publication_plan, page),
    )


def page_publications(connection: Connection, page: PageRequest) -> Page[Publication]:
    """
    Read one page of the publications, newest first.

    Raises:
        InvalidInput: the cursor is not one of this list.
    """
    beyond = _publications_beyond(page)
    rows = connection.execute(_walk(publication, (publication.c.published_at, publication.c.id), page).where(beyond))
    return cut(
        [publication_of(row) for row in rows],
        page,
        item_of=lambda made: made,
        cursor_of=lambda made: write_cursor("publications", to_ms(made.published_at), made.id.hex),
        total=_total(connection, publication, page),
    )


def plans_by_digest(connection: Connection, digests: Sequence[str]) -> dict[str, StoredPlan]:
    """Read plans by their whole digests; unknown ones are absent."""
    return {row.digest: plan_of(row) for row in connection.execute(_PLANS, {"digests": list(digests)})}


def publications_by_id(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, Publication]:
    """Read publications by id; unknown ones are absent."""
    return {row.id: publication_of(row) for row in connection.execute(_PUBLICATIONS, {"ids": list(ids)})}


def publications_by_plan(connection: Connection, plans: Sequence[str]) -> dict[str, tuple[Publication, ...]]:
    """Read the publications of plans, oldest first; plans without any are absent."""
    found: dict[str, tuple[Publication, ...]] = {}
    for row in connection.execute(_OF_PLANS, {"plans": list(plans)}):
        found[row.plan] = (*found.get(row.plan, ()), publication_of(row))
    return found


def versions_by_segment(
    connection: Connection, segments: Sequence[str], limit: int
) -> dict[str, tuple[VersionNote, ...]]:
    """Read the newest versions of segments, newest first; segments without any are absent."""
    found: dict[str, tuple[VersionNote, ...]] = {}
    for row in connection.execute(_VERSIONS, {"segments": list(segments), "limit": limit}):
        note = VersionNote(row.segment, row.digest, from_ms(row.published_at), row.published_by)
        found[row.segment] = (*found.get(row.segment, ()), note)
    return found


def _walk(table: Table, keys: tuple[Column[int], Column[Any]], page: PageRequest) -> Selected:
    """The rows in the direction of reading, one beyond the page."""
    order = [key.asc() if page.backwards else key.desc() for key in keys]
    return select(*table.columns).order_by(*order).limit(page.size + 1)


def _plans_beyond(page: PageRequest) -> ColumnElement[bool]:
    found = _read(page, "plans")
    if found is None:
        return true()
    at, digest = found
    return _beyond(publication_plan.c.planned_at, at, _farther(publication_plan.c.digest, digest, page), page)


def _publications_beyond(page: PageRequest) -> ColumnElement[bool]:
    found = _read(page, "publications")
    if found is None:
        return true()
    at, text = found
    try:
        last = UUID(hex=text)
    except ValueError as error:
        message = "the cursor is not one that this list gave; start at the beginning"
        raise InvalidInput(message, path=_path(page)) from error
    return _beyond(publication.c.published_at, at, _farther(publication.c.id, last, page), page)


def _farther(column: Column[Any], last: str | UUID, page: PageRequest) -> ColumnElement[bool]:
    return column > last if page.backwards else column < last


def _beyond(column: Column[int], at: int, farther: ColumnElement[bool], page: PageRequest) -> ColumnElement[bool]:
    return or_(column > at if page.backwards else column < at, and_(column == at, farther))


def _read(page: PageRequest, mark: str) -> tuple[int, str] | None:
    cursor, path = page.before if page.backwards else page.after, _path(page)
    if cursor is None:
        return None
    found, at, last = read_cursor(cursor, (str, int, str), path)
    if found != mark:
        raise InvalidInput("the cursor belongs to another list; start at the beginning", path=path)
    return cast("int", at), cast("str", last)


def _path(page: PageRequest) -> str:
    return "before" if page.backwards else "after"


def _total(connection: Connection, table: Table, page: PageRequest) -> int | None:
    return connection.execute(select(func.count()).select_from(table)).scalar_one() if page.with_total else None


_PLANS: Selected = select(*publication_plan.columns).where(
    publication_plan.c.digest.in_(bindparam("digests", expanding=True))
)

_PUBLICATIONS: Selected = select(*publication.columns).where(publication.c.id.in_(bindparam("ids", expanding=True)))

_OF_PLANS: Selected = (
    select(*publication.columns)
    .where(publication.c.plan.in_(bindparam("plans", expanding=True)))
    .order_by(publication.c.published_at, publication.c.id)
)

_NUMBERED = (
    select(
        machine_version.c.segment,
        machine_version.c.digest,
        machine_version.c.published_at,
        machine_version.c.published_by,
        func.row_number()
        .over(
            partition_by=machine_version.c.segment,
            order_by=(machine_version.c.published_at.desc(), machine_version.c.digest),
        )
        .label("place"),
    )
    .where(machine_version.c.segment.in_(bindparam("segments", expanding=True)))
    .subquery()
)

_VERSIONS = (
    select(*_NUMBERED.columns)
    .where(_NUMBERED.c.place <= bindparam("limit"))
    .order_by(_NUMBERED.c.segment, _NUMBERED.c.place)
)
