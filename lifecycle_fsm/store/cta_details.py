"""What belongs to CTAs beside themselves: tasks done, comments, links."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, select, update

from lifecycle_fsm.domain.cta_work import Reference
from lifecycle_fsm.domain.moments import from_ms, to_ms
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.ids import new_id
from lifecycle_fsm.store.tables.ctas import cta as calls
from lifecycle_fsm.store.tables.ctas import cta_comment, cta_link, cta_task

CtaId = tuple[UUID, UUID]
"""The account and the CTA."""


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody wrote about a CTA."""

    id: UUID
    author: str
    text: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Link:
    """Something outside that a CTA is linked to, by whom and since when."""

    to: Reference
    linked_by: str
    linked_at: datetime


def set_task(connection: Connection, cta: CtaId, key: str, by: str, at: datetime | None) -> None:
    """Say by whom and when a task was done; None takes it back."""
    here = (cta_task.c.account_id == cta[0]) & (cta_task.c.cta_id == cta[1]) & (cta_task.c.key == key)
    done = {"done_at": None, "done_by": None} if at is None else {"done_at": to_ms(at), "done_by": by}
    connection.execute(update(cta_task).where(here).values(done))


def add_comment(connection: Connection, cta: CtaId, author: str, text: str, at: datetime) -> None:
    """Append a comment."""
    row = {"account_id": cta[0], "cta_id": cta[1], "id": new_id(to_ms(at))}
    connection.execute(insert(cta_comment).values(**row, author=author, text=text, written_at=to_ms(at)))


def put_link(connection: Connection, cta: CtaId, link: Reference, by: str, at: datetime) -> None:
    """Link something, in the place of an older link to it."""
    drop_link(connection, cta, link.kind, link.reference)
    row = {"account_id": cta[0], "cta_id": cta[1], "kind": link.kind, "reference": link.reference}
    row |= {"title": link.title, "url": link.url, "linked_by": by, "linked_at": to_ms(at)}
    connection.execute(insert(cta_link).values(row))


def drop_link(connection: Connection, cta: CtaId, kind: str, reference: str) -> bool:
    """Take a link away, and say whether there was one."""
    here = (cta_link.c.account_id == cta[0]) & (cta_link.c.cta_id == cta[1])
    that = (cta_link.c.kind == kind) & (cta_link.c.reference == reference)
    return connection.execute(delete(cta_link).where(here & that)).rowcount > 0


def load_comments(connection: Connection, ctas: Sequence[CtaId]) -> dict[UUID, tuple[Comment, ...]]:
    """Read comments by the CTA's id, oldest first; CTAs without any are absent."""
    rows = connection.execute(_COMMENTS, _bound(ctas)).all()
    return {
        cta_id: tuple(Comment(row.id, row.author, row.text, from_ms(row.written_at)) for row in group)
        for cta_id, group in groupby(rows, key=attrgetter("cta_id"))
    }


def load_links(connection: Connection, ctas: Sequence[CtaId]) -> dict[UUID, tuple[Link, ...]]:
    """Read links by the CTA's id, by kind and reference; CTAs without any are absent."""
    rows = connection.execute(_LINKS, _bound(ctas)).all()
    return {
        cta_id: tuple(
            Link(Reference(row.kind, row.reference, row.title, row.url), row.linked_by, from_ms(row.linked_at))
            for row in group
        )
        for cta_id, group in groupby(rows, key=attrgetter("cta_id"))
    }


def load_titles(connection: Connection, wanted: Mapping[UUID, Collection[str]]) -> dict[UUID, dict[str, str]]:
    """The titles of CTAs by account and cause key; those that do not exist, or were erased, are absent."""
    keys = sorted({key for each in wanted.values() for key in each})
    titles: dict[UUID, dict[str, str]] = {account_id: {} for account_id in wanted}
    if keys:
        for row in connection.execute(_TITLES, {"ids": list(wanted), "keys": keys}):
            titles[row.account_id][row.cause_key] = row.title
    return titles


def _bound(ctas: Sequence[CtaId]) -> dict[str, list[UUID]]:
    return {"ids": list(dict.fromkeys(account for account, _ in ctas)), "cta_ids": [cta for _, cta in ctas]}


_COMMENTS = (
    select(cta_comment.c.cta_id, cta_comment.c.id, cta_comment.c.author, cta_comment.c.text, cta_comment.c.written_at)
    .where(
        cta_comment.c.account_id.in_(bindparam("ids", expanding=True)),
        cta_comment.c.cta_id.in_(bindparam("cta_ids", expanding=True)),
    )
    .order_by(cta_comment.c.cta_id, cta_comment.c.id)
)

_LINKS = (
    select(*cta_link.columns)
    .where(
        cta_link.c.account_id.in_(bindparam("ids", expanding=True)),
        cta_link.c.cta_id.in_(bindparam("cta_ids", expanding=True)),
    )
    .order_by(cta_link.c.cta_id, cta_link.c.kind, cta_link.c.reference)
)

_TITLES = select(calls.c.account_id, calls.c.cause_key, calls.c.title).where(
    calls.c.account_id.in_(bindparam("ids", expanding=True)),
    calls.c.cause_key.in_(bindparam("keys", expanding=True)),
)
