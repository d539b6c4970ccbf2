"""Plans that were shown, approvals of them, and publications: kept for ever."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Select, and_, bindparam, func, insert, select
from sqlalchemy.engine import Row as ResultRow

from lifecycle_fsm.domain.audit import AuditKind
from lifecycle_fsm.domain.moments import from_ms, to_ms
from lifecycle_fsm.store.audit_entries import AuditEntry, append_entry
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.tables.publications import publication, publication_approval, publication_plan, roll_out


@dataclass(frozen=True, slots=True)
class StoredPlan:
    """
    One plan as it was shown, named by the digest of its content.

    `documents` has the canonical text of each machine that it would publish, by
    digest, and under `catalog` that of the catalog.
    """

    digest: str
    planned_at: datetime
    planned_by: str
    content: str
    documents: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Approval:
    """Somebody agreed to a plan."""

    plan: str
    approved_by: str
    approved_at: datetime
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Publication:
    """
    Definitions came into force; `plan` is None where they were published without one.

    `machines` gives the digest that each segment has used since, `catalog` that of the
    catalog, `roll_out` which of the accounts went over: `all`, `new_accounts` or `ramp:<percent>`.
    """

    id: UUID
    plan: str | None
    published_at: datetime
    published_by: str
    reason: str | None
    roll_out: str
    machines: Mapping[str, str]
    catalog: str


def save_plan(connection: Connection, plan: StoredPlan) -> bool:
    """Keep a plan; False when the same one is kept already."""
    if connection.execute(_PLAN, {"digest": plan.digest}).first() is not None:
        return False
    connection.execute(
        insert(publication_plan).values(
            digest=plan.digest,
            planned_at=to_ms(plan.planned_at),
            planned_by=plan.planned_by,
            content=plan.content,
            documents=_text(plan.documents),
        )
    )
    return True


def find_plans(connection: Connection, prefix: str) -> tuple[StoredPlan, ...]:
    """Up to two plans whose digest begins so; a whole digest finds one or none."""
    return tuple(plan_of(row) for row in connection.execute(_BEGINNING, {"prefix": f"{prefix}%"}))


def load_plans(connection: Connection, limit: int) -> tuple[StoredPlan, ...]:
    """The newest plans, newest first."""
    return tuple(plan_of(row) for row in connection.execute(_NEWEST_PLANS, {"limit": limit}))


def save_approval(connection: Connection, approval: Approval) -> bool:
    """Keep an approval; False when the same person approved before."""
    known = load_approvals(connection, [approval.plan]).get(approval.plan, ())
    if approval.approved_by in {each.approved_by for each in known}:
        return False
    connection.execute(
        insert(publication_approval).values(
            plan=approval.plan,
            approved_by=approval.approved_by,
            approved_at=to_ms(approval.approved_at),
            comment=approval.comment,
        )
    )
    append_entry(
        connection, AuditEntry(AuditKind.PLAN_APPROVED, approval.approved_by, approval.plan, approval.approved_at, {})
    )
    return True


def load_approvals(connection: Connection, plans: Sequence[str]) -> dict[str, tuple[Approval, ...]]:
    """The approvals of plans by digest, oldest first; plans without any are absent."""
    found: dict[str, tuple[Approval, ...]] = {}
    for row in connection.execute(_APPROVALS, {"plans": list(plans)}):
        approval = Approval(row.plan, row.approved_by, from_ms(row.approved_at), row.comment)
        found[row.plan] = (*found.get(row.plan, ()), approval)
    return found


def record_publication(connection: Connection, made: Publication) -> None:
    """Keep a publication, and put it into the chain of audit entries."""
    connection.execute(
        insert(publication).values(
            id=made.id,
            plan=made.plan,
            published_at=to_ms(made.published_at),
            published_by=made.published_by,
            reason=made.reason,
            roll_out=made.roll_out,
            machines=_text(made.machines),
            catalog=made.catalog,
        )
    )
    details = {**made.machines, "catalog": made.catalog, "plan": made.plan, "roll_out": made.roll_out}
    subject = str(made.id)
    append_entry(connection, AuditEntry(AuditKind.PUBLISHED, made.published_by, subject, made.published_at, details))


def load_publications(connection: Connection, limit: int) -> tuple[Publication, ...]:
    """The newest publications, newest first."""
    return tuple(publication_of(row) for row in connection.execute(_NEWEST, {"limit": limit}))


def load_since_roll_out(connection: Connection) -> tuple[Publication, ...]:
    """
    The newest publication to which all accounts have gone over, else the first one, and those after it, in order.

    One whose roll-out to all accounts is still going on is among those after it.
    """
    rows = connection.execute(_SINCE_ROLL_OUT).all()
    last = max((place for place, row in enumerate(rows) if row.is_complete), default=0)
    return tuple(publication_of(row) for row in rows[last:])


def publications_of(connection: Connection, plan: str) -> tuple[Publication, ...]:
    """The publications of a plan, oldest first: one, or several where its roll-out was widened."""
    return tuple(publication_of(row) for row in connection.execute(_OF_PLAN, {"plan": plan}))


def _text(table: Mapping[str, str]) -> str:
    return orjson.dumps(dict(table), option=orjson.OPT_SORT_KEYS).decode()


def plan_of(row: ResultRow[*tuple[Any, ...]]) -> StoredPlan:
    """The plan in a row with all columns of its table."""
    documents = orjson.loads(row.documents)
    return StoredPlan(row.digest, from_ms(row.planned_at), row.planned_by, row.content, documents)


def publication_of(row: ResultRow[*tuple[Any, ...]]) -> Publication:
    """The publication in a row with all columns of its table."""
    return Publication(
        id=row.id,
        plan=row.plan,
        published_at=from_ms(row.published_at),
        published_by=row.published_by,
        reason=row.reason,
        roll_out=row.roll_out,
        machines=orjson.loads(row.machines),
        catalog=row.catalog,
    )


_PLAN = select(publication_plan.c.digest).where(publication_plan.c.digest == bindparam("digest"))

_PLANS: Select[*tuple[Any, ...]] = select(*publication_plan.columns)

_BEGINNING = (
    _PLANS.where(publication_plan.c.digest.like(bindparam("prefix"))).order_by(publication_plan.c.digest).limit(2)
)

_NEWEST_PLANS = _PLANS.order_by(publication_plan.c.planned_at.desc(), publication_plan.c.digest).limit(
    bindparam("limit")
)

_APPROVALS = (
    select(*publication_approval.columns)
    .where(publication_approval.c.plan.in_(bindparam("plans", expanding=True)))
    .order_by(publication_approval.c.approved_at, publication_approval.c.approved_by)
)

_PUBLICATIONS: Select[*tuple[Any, ...]] = select(*publication.columns)

_NEWEST = _PUBLICATIONS.order_by(publication.c.published_at.desc(), publication.c.id.desc()).limit(bindparam("limit"))

_EVERYBODY = "all"

_IS_COMPLETE = and_(
    publication.c.roll_out == _EVERYBODY,
    publication.c.id.not_in(select(roll_out.c.publication_id).where(roll_out.c.finished_at.is_(None))),
)

_ROLLED_OUT_AT = select(func.max(publication.c.published_at)).where(_IS_COMPLETE)

_SINCE_ROLL_OUT = (
    _PUBLICATIONS.add_columns(_IS_COMPLETE.label("is_complete"))
    .where(publication.c.published_at >= func.coalesce(_ROLLED_OUT_AT.scalar_subquery(), 0))
    .order_by(publication.c.published_at, publication.c.id)
)

_OF_PLAN = _PUBLICATIONS.where(publication.c.plan == bindparam("plan")).order_by(
    publication.c.published_at, publication.c.id
)
