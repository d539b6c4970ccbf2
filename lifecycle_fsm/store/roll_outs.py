"""How far the accounts of publications have gone over to their versions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, insert, select, update
from sqlalchemy.engine import Row as ResultRow

from lifecycle_fsm.domain.moments import from_ms, to_ms
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.instants import optional_instant, optional_ms
from lifecycle_fsm.store.tables.publications import ROLL_OUT_COUNTERS, roll_out


@dataclass(frozen=True, slots=True)
class RollOutProgress:
    """
    How far a publication's accounts have gone over.

    `total` were to go over when it began, `looked_at` had their turn since; the other
    numbers say what came of that. Accounts have their turn in the order of their ids,
    after `last_account`. Those `changed_meanwhile` and `failed` keep their version.
    """

    publication_id: UUID
    plan: str
    started_at: datetime
    finished_at: datetime | None = None
    last_account: UUID | None = None
    total: int = 0
    looked_at: int = 0
    migrated: int = 0
    reassigned: int = 0
    without_landing: int = 0
    moved: int = 0
    ctas_opened: int = 0
    changed_meanwhile: int = 0
    failed: int = 0

    @property
    def left(self) -> int:
        """How many accounts have not had their turn; those that came since it began are not foreseen."""
        return 0 if self.finished_at is not None else max(0, self.total - self.looked_at)

    def after(self, **counted: int) -> "RollOutProgress":
        """The progress with these numbers added."""
        return replace(self, **{name: getattr(self, name) + number for name, number in counted.items()})


def begin_roll_out(connection: Connection, begun: RollOutProgress) -> None:
    """Note that accounts are to go over."""
    connection.execute(insert(roll_out).values(publication_id=begun.publication_id, **_values(begun)))


def keep_progress(connection: Connection, progress: RollOutProgress) -> None:
    """Note how far it has come."""
    connection.execute(
        update(roll_out).where(roll_out.c.publication_id == progress.publication_id).values(**_values(progress))
    )


def take_pending(connection: Connection, publication_id: UUID | None = None) -> RollOutProgress | None:
    """
    Take the oldest roll-out that is not finished, or that of a publication, for this transaction.

    None where there is none, or where another transaction has it.
    """
    wanted = _ALL.where(roll_out.c.finished_at.is_(None))
    if publication_id is not None:
        wanted = wanted.where(roll_out.c.publication_id == publication_id)
    ordered = wanted.order_by(roll_out.c.started_at, roll_out.c.publication_id).limit(1)
    row = connection.execute(ordered.with_for_update(skip_locked=True)).first()
    return None if row is None else _progress(row)


def has_pending(connection: Connection) -> bool:
    """Whether a roll-out is not finished."""
    return connection.execute(_PENDING).first() is not None


def load_roll_outs(connection: Connection, publications: Sequence[UUID]) -> dict[UUID, RollOutProgress]:
    """Read the roll-outs of publications; those that took no account over are absent."""
    rows = connection.execute(_OF, {"publications": list(publications)})
    return {row.publication_id: _progress(row) for row in rows}


def _values(progress: RollOutProgress) -> dict[str, Any]:
    return {
        "plan": progress.plan,
        "started_at": to_ms(progress.started_at),
        "finished_at": optional_ms(progress.finished_at),
        "last_account": progress.last_account,
        **{name: getattr(progress, name) for name in ROLL_OUT_COUNTERS},
    }


def _progress(row: ResultRow[*tuple[Any, ...]]) -> RollOutProgress:
    return RollOutProgress(
        row.publication_id,
        row.plan,
        from_ms(row.started_at),
        optional_instant(row.finished_at),
        row.last_account,
        *(getattr(row, name) for name in ROLL_OUT_COUNTERS),
    )


_ALL: Select[*tuple[Any, ...]] = select(*roll_out.columns)
_PENDING = select(roll_out.c.publication_id).where(roll_out.c.finished_at.is_(None)).limit(1)
_OF = _ALL.where(roll_out.c.publication_id.in_(bindparam("publications", expanding=True)))
