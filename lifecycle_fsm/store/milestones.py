"""When milestones were reached and revoked, by whom, and why."""

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from sqlalchemy import bindparam, select

from lifecycle_fsm.domain.moments import from_ms, to_ms
from lifecycle_fsm.store.change import MilestoneEvent
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.ids import new_id
from lifecycle_fsm.store.raw import Dialect, Row, dialect_of, execute_each
from lifecycle_fsm.store.tables.facts import milestone_event

MILESTONE_COLUMNS = (
    "account_id",
    "id",
    "milestone",
    "event",
    "reached_at",
    "recorded_at",
    "source",
    "author",
    "comment",
)

_EVENTS = (
    select(*(milestone_event.c[name] for name in MILESTONE_COLUMNS))
    .where(milestone_event.c.account_id.in_(bindparam("ids", expanding=True)))
    # One write that gives a milestone another date revokes the old one first.
    .order_by(
        milestone_event.c.account_id,
        milestone_event.c.recorded_at,
        milestone_event.c.event.desc(),
        milestone_event.c.id,
    )
)


def append_milestones(connection: Connection, events: Sequence[tuple[UUID, MilestoneEvent]]) -> None:
    """Append what happened to milestones of these accounts."""
    dialect = dialect_of(connection)
    statement = dialect.insert("milestone_event", MILESTONE_COLUMNS)
    execute_each(connection, statement, [milestone_values(account_id, event, dialect) for account_id, event in events])


def load_milestone_events(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, tuple[MilestoneEvent, ...]]:
    """Read all milestone events of accounts, in the order of recording; accounts without any are absent."""
    rows = connection.execute(_EVENTS, {"ids": list(ids)}).all()
    return {
        account_id: tuple(
            MilestoneEvent(
                milestone=row.milestone,
                reached_at=from_ms(row.reached_at),
                recorded_at=from_ms(row.recorded_at),
                source=row.source,
                revoked=row.event == "revoked",
                author=row.author,
                comment=row.comment,
            )
            for row in group
        )
        for account_id, group in groupby(rows, key=attrgetter("account_id"))
    }


def milestone_values(account_id: UUID, event: MilestoneEvent, dialect: Dialect) -> Row:
    """The columns of an event, in the order of `MILESTONE_COLUMNS`."""
    recorded_at = to_ms(event.recorded_at)
    return (
        dialect.bind_id(account_id),
        dialect.bind_id(new_id(recorded_at)),
        event.milestone,
        "revoked" if event.revoked else "reached",
        to_ms(event.reached_at),
        recorded_at,
        event.source,
        event.author,
        event.comment,
    )
