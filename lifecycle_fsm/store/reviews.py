"""What auditors say about rows and periods: reviewed, asked, answered."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, insert, not_, or_, select, true, tuple_
from sqlalchemy.engine import Row as ResultRow

from lifecycle_fsm.domain.access import EVERYTHING, Portfolio
from lifecycle_fsm.domain.audit import MarkKind
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.moments import from_ms, to_ms
from lifecycle_fsm.domain.paging import Page, PageRequest
from lifecycle_fsm.store.audit_rows import found_id
from lifecycle_fsm.store.cursors import read_cursor, write_cursor
from lifecycle_fsm.store.cut import cut
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.history import Place
from lifecycle_fsm.store.instants import optional_instant, optional_ms
from lifecycle_fsm.store.raw import rows_of
from lifecycle_fsm.store.scope import about_visible
from lifecycle_fsm.store.tables.audit import review_mark
from lifecycle_fsm.store.tables.history import transition_log


@dataclass(frozen=True, slots=True)
class Mark:
    """
    What a reviewer said.

    It is about one row (`account_id`, `seq`), one account, or with neither about all; a
    period limits it. An answer names its question and is about the same. The comment is
    empty where it was erased; with its `salt` it is what the audit entry commits to.
    """

    id: UUID
    kind: MarkKind
    account_id: UUID | None
    seq: int | None
    since: datetime | None
    before: datetime | None
    answers: UUID | None
    author: str
    marked_at: datetime
    comment: str
    salt: bytes | None = None


@dataclass(frozen=True, slots=True)
class MarkFilter:
    """Choose marks; empty or None chooses all. `open_only` are questions that nobody has answered."""

    kinds: tuple[MarkKind, ...] = ()
    account_ids: tuple[UUID, ...] = ()
    authors: tuple[str, ...] = ()
    open_only: bool = False


def insert_mark(connection: Connection, mark: Mark) -> None:
    """Keep what was said."""
    times = {
        "from_at": optional_ms(mark.since),
        "to_at": optional_ms(mark.before),
        "marked_at": to_ms(mark.marked_at),
    }
    about = {"account_id": mark.account_id, "seq": mark.seq, "answers": mark.answers}
    said = {"id": mark.id, "kind": mark.kind.value, "author": mark.author, "comment": mark.comment, "salt": mark.salt}
    connection.execute(insert(review_mark).values(**said, **about, **times))


def find_mark(connection: Connection, mark_id: UUID) -> Mark | None:
    """One mark; None where there is none, or it was erased."""
    row = connection.execute(select(*review_mark.columns).where(review_mark.c.id == mark_id)).one_or_none()
    return None if row is None else _mark(row)


def marks_with_text(connection: Connection, author: str | None = None) -> Iterator[Mark]:
    """The marks whose comment is there: of an author, or those that are about no single account."""
    chosen = review_mark.c.account_id.is_(None) if author is None else review_mark.c.author == author
    query = select(*review_mark.columns).where(chosen, review_mark.c.comment != "").order_by(review_mark.c.id)
    return (_mark(row) for row in connection.execute(query))


def stored_texts(connection: Connection) -> dict[UUID, tuple[object, object]]:
    """What is stored as salt and comment of each mark, whatever somebody may have put there."""
    rows = rows_of(connection, "SELECT id, salt, comment FROM review_mark", ())
    found = ((found_id(raw), salt, comment) for raw, salt, comment in rows)
    return {mark: (salt, comment) for mark, salt, comment in found if mark is not None}


def answers_to(connection: Connection, questions: Sequence[UUID]) -> dict[UUID, tuple[Mark, ...]]:
    """The answers to questions, oldest first; questions without any are absent."""
    query = select(*review_mark.columns).where(review_mark.c.answers.in_(questions))
    found: dict[UUID, list[Mark]] = {}
    for row in connection.execute(query.order_by(review_mark.c.marked_at, review_mark.c.id)):
        found.setdefault(row.answers, []).append(_mark(row))
    return {question: tuple(marks) for question, marks in found.items()}


def has_row(connection: Connection, place: Place) -> bool:
    """Whether the account has a row with this number."""
    here = (transition_log.c.account_id == place[0]) & (transition_log.c.seq == place[1])
    return connection.execute(select(exists().where(here))).scalar_one()


def page_marks(connection: Connection, choose: MarkFilter, page: PageRequest, portfolio: Portfolio) -> Page[Mark]:
    """
    Read one page of marks, newest first.

    Raises:
        InvalidInput: the cursor is not one of this list.
    """
    accepted = _accepts(choose, portfolio)
    keys = (review_mark.c.marked_at, review_mark.c.id)
    order = [key.asc() if page.backwards else key.desc() for key in keys]
    query = select(*review_mark.columns).where(*accepted, _beyond(page)).order_by(*order).limit(page.size + 1)
    rows = connection.execute(query).all()
    total = None
    if page.with_total:
        total = connection.execute(select(func.count()).select_from(review_mark).where(*accepted)).scalar_one()
    return cut(
        rows,
        page,
        item_of=_mark,
        cursor_of=lambda row: write_cursor("marks", row.marked_at, row.id.hex),
        total=total,
    )


def _accepts(choose: MarkFilter, portfolio: Portfolio) -> list[ColumnElement[bool]]:
    accepted: list[ColumnElement[bool]] = []
    if choose.kinds:
        accepted.append(review_mark.c.kind.in_([each.value for each in choose.kinds]))
    if choose.account_ids:
        accepted.append(review_mark.c.account_id.in_(choose.account_ids))
    if choose.authors:
        accepted.append(review_mark.c.author.in_(choose.authors))
    if choose.open_only:
        answer = review_mark.alias()
        answered = exists().where(answer.c.answers == review_mark.c.id)
        accepted.append(and_(review_mark.c.kind == MarkKind.QUESTION.value, not_(answered)))
    if portfolio != EVERYTHING:
        # What is about every account is for everybody who may review.
        about: tuple[ColumnElement[bool], ...] = tuple(about_visible(review_mark.c.account_id, portfolio))
        accepted.append(or_(review_mark.c.account_id.is_(None), and_(*about)))
    return accepted


def _beyond(page: PageRequest) -> ColumnElement[bool]:
    cursor, path = (page.before, "before") if page.backwards else (page.after, "after")
    if cursor is None:
        return true()
    mark, at, given = read_cursor(cursor, (str, int, str), path)
    try:
        last = UUID(hex=str(given))
    except ValueError:
        last = None
    if mark != "marks" or last is None:
        raise InvalidInput("the cursor belongs to another list; start at the beginning", path=path)
    keys = (review_mark.c.marked_at, review_mark.c.id)
    here, there = tuple_(*keys), tuple_(cast("int", at), last, types=[key.type for key in keys])
    return here > there if page.backwards else here < there


def own_refusals(connection: Connection, since_ms: int, before_ms: int, limit: int) -> tuple[Place, ...]:
    """The overrides of a period by whom the rules had refused the same trigger in the same stage, newest first."""
    moved, refused = transition_log.alias("moved"), transition_log.alias("refused")
    was_refused = exists().where(
        refused.c.account_id == moved.c.account_id,
        refused.c.seq < moved.c.seq,
        refused.c.kind == RecordKind.REFUSED.value,
        refused.c.actor == moved.c.actor,
        refused.c.trigger == moved.c.trigger,
        refused.c.from_stage == moved.c.from_stage,
    )
    query = (
        select(moved.c.account_id, moved.c.seq)
        .where(
            moved.c.recorded_at >= since_ms,
            moved.c.recorded_at < before_ms,
            moved.c.cause == Cause.OVERRIDE.value,
            was_refused,
        )
        .order_by(moved.c.recorded_at.desc(), moved.c.account_id, moved.c.seq)
        .limit(limit)
    )
    return tuple((row.account_id, row.seq) for row in connection.execute(query))


def _mark(row: ResultRow[*tuple[Any, ...]]) -> Mark:
    return Mark(
        id=row.id,
        kind=MarkKind(row.kind),
        account_id=row.account_id,
        seq=row.seq,
        since=optional_instant(row.from_at),
        before=optional_instant(row.to_at),
        answers=row.answers,
        author=row.author,
        marked_at=from_ms(row.marked_at),
        comment=row.comment,
        salt=row.salt,
    )
