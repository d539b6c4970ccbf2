"""Rows that were refused are kept for people, whichever door they came through, until a later one is taken."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.intake import take_text
from lifecycle_fsm.domain.paging import Page, PageRequest
from lifecycle_fsm.domain.refused_row import Matter, RefusedFilter, RefusedRow, RowIssue
from lifecycle_fsm.services.changes import Stamp
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.refused_rows import keep_refused_rows, page_refused, resolve_refused_rows

__all__ = ["Matter", "NotTaken", "RefusedFilter", "RefusedRow", "keep_refused", "page_ingest_errors", "resolve"]

LONGEST_CONTENT = 2_000
"""So many characters of a refused row are kept."""


@dataclass(frozen=True, slots=True)
class NotTaken:
    """
    Hold a row that was refused, with at least one issue; `place` counts from 1.

    `account_id` is None where the row names no account; `account_key` what its sender calls it.
    """

    kind: str
    place: int
    content: object
    issues: tuple[RowIssue, ...]
    account_id: UUID | None = None
    account_key: str | None = None
    subject: str = ""


def keep_refused(connection: Connection, stamp: Stamp, rows: Sequence[NotTaken]) -> None:
    """
    Keep the refused rows of a batch in its transaction.

    The same row of the same source is kept once, with how often it came.
    """
    kept: dict[UUID, RefusedRow] = {}
    for row in rows:
        made = _kept(row, stamp, 1)
        before = kept.get(made.id)
        kept[made.id] = made if before is None else _kept(row, stamp, before.times + 1)
    keep_refused_rows(connection, list(kept.values()))


def resolve(connection: Connection, stamp: Stamp, taken: Collection[Matter]) -> None:
    """Mark as resolved what earlier batches were refused about the same things, whatever their source."""
    if taken:
        resolve_refused_rows(connection, taken, stamp.recorded_at)


def page_ingest_errors(world: World, actor: Actor, page: PageRequest, wanted: RefusedFilter) -> Page[RefusedRow]:
    """
    One page of the refused rows, the newest first; an actor limited to some accounts sees those about them.

    Raises:
        Forbidden: the actor may not read.
        InvalidInput: the cursor does not belong to this list.
    """
    require(actor, Capability.READ)
    with world.database.reading() as connection:
        return page_refused(connection, page, wanted, actor.portfolio)


def _kept(row: NotTaken, stamp: Stamp, times: int) -> RefusedRow:
    assert stamp.run_id is not None
    content = _text(row.content)
    source = stamp.source
    return RefusedRow(
        id=UUID(bytes=sha256(_text([row.kind, source, content]).encode()).digest()[:16]),
        kind=row.kind,
        source=source,
        batch_id=stamp.run_id,
        place=row.place,
        account_id=row.account_id,
        account_key=_printable(row.account_key),
        subject=_printable(row.subject) or "",
        issues=row.issues,
        content=content[:LONGEST_CONTENT],
        is_cut=len(content) > LONGEST_CONTENT,
        first_at=stamp.recorded_at,
        refused_at=stamp.recorded_at,
        times=times,
    )


def _printable(text: str | None) -> str | None:
    return text if text is not None and take_text(text) == text else None


def _text(value: object) -> str:
    """The value as JSON that every database keeps: half of a pair of surrogates is a question mark."""
    return json.dumps(value, ensure_ascii=False, default=str).encode(errors="replace").decode()
