"""Visits to stages that are over, filled from the log; reports read them."""

from collections.abc import Iterator
from dataclasses import asdict
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from lifecycle_fsm.store.tables.types import Id
from migrations.visits_from_log import LogRow, visits_of

revision = "0017"
down_revision: str | None = "0016"

_PAGE = 1_000

_CSM = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    """Apply the step."""
    visits = op.create_table(
        "stage_visit",
        sa.Column("account_id", Id(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("segment", "machine", "stage")),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("entered_at", "left_at")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("to_stage", "kind")),
        sa.Column("transition", sa.Text()),
        sa.Column("csm", _CSM),
        sa.Column("health_score", sa.Double()),
        sa.Column("health_band", sa.Text()),
        sa.PrimaryKeyConstraint("account_id", "seq", name="pk_stage_visit"),
        sqlite_with_rowid=False,
    )
    _fill(visits)
    op.create_index(
        "ix_stage_visit_times",
        "stage_visit",
        ["segment", "stage", "left_at", "entered_at"],
        postgresql_include=["account_id", "csm"],
    )
    op.create_index(
        "ix_stage_visit_moves",
        "stage_visit",
        ["left_at"],
        postgresql_include=["segment", "stage", "to_stage", "kind", "health_band", "csm", "entered_at"],
    )


def downgrade() -> None:
    """Undo the step."""
    op.drop_table("stage_visit")


def _fill(visits: sa.Table) -> None:
    for page in _pages():
        rows = [row for account, log in page for row in _visits(account, log)]
        if rows:
            op.bulk_insert(visits, rows)


class _Account(NamedTuple):
    account_id: UUID
    entered_at: int
    csm: str | None


def _visits(account: _Account, log: list[LogRow]) -> Iterator[dict[str, object]]:
    for visit in visits_of(log, account.entered_at):
        yield {"account_id": account.account_id, "csm": account.csm, **asdict(visit)}


def _pages() -> Iterator[list[tuple[_Account, list[LogRow]]]]:
    """Accounts with their logs, some at a time, in the order of their ids."""
    state = sa.table(
        "account_state",
        sa.column("account_id", Id()),
        sa.column("entered_at", sa.BigInteger()),
        sa.column("csm", sa.Text()),
    )
    after = None
    while True:
        query = sa.select(state.c.account_id, state.c.entered_at, state.c.csm).order_by(state.c.account_id)
        chosen = query if after is None else query.where(state.c.account_id > after)
        accounts = [_Account(*row) for row in op.get_bind().execute(chosen.limit(_PAGE))]
        if not accounts:
            return
        logs = _logs([account.account_id for account in accounts])
        yield [(account, logs.get(account.account_id, [])) for account in accounts]
        after = accounts[-1].account_id


def _logs(ids: list[UUID]) -> dict[UUID, list[LogRow]]:
    ours: list[sa.ColumnClause[UUID] | sa.ColumnClause[int]] = [
        sa.column("account_id", Id()),
        sa.column("seq", sa.BigInteger()),
    ]
    texts = [sa.column(name, sa.Text()) for name in ("kind", "to_stage", "transition", "machine", "subject")]
    log = sa.table(
        "transition_log", *ours, *texts, sa.column("effective_at", sa.BigInteger()), sa.column("run_id", Id())
    )
    inputs = sa.table(
        "transition_inputs", sa.column("account_id", Id()), sa.column("seq"), sa.column("inputs", sa.Text())
    )
    versions = sa.table("machine_version", sa.column("digest", sa.Text()), sa.column("segment", sa.Text()))
    joined = log.outerjoin(
        inputs, sa.and_(inputs.c.account_id == log.c.account_id, inputs.c.seq == log.c.seq)
    ).outerjoin(versions, versions.c.digest == log.c.machine)
    query = sa.select(*log.c, inputs.c.inputs, versions.c.segment).select_from(joined)
    rows = op.get_bind().execute(query.where(log.c.account_id.in_(ids)).order_by(log.c.account_id, log.c.seq))
    return {
        account: [
            LogRow(
                seq=row.seq,
                kind=row.kind,
                to_stage=row.to_stage,
                transition=row.transition,
                effective_at=row.effective_at,
                machine=row.machine,
                segment=row.segment,
                subject=row.subject,
                run_id=None if row.run_id is None else str(row.run_id),
                inputs=row.inputs,
            )
            for row in group
        ]
        for account, group in groupby(rows, key=attrgetter("account_id"))
    }
