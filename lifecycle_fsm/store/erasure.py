"""What the law lets a person take back, gone from every table; what it lets a company keep stays provable."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Table, delete, insert, inspect, null, select, update

from lifecycle_fsm.domain.moments import from_ms, to_ms
from lifecycle_fsm.store.change import Head, Place
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.history import append_links
from lifecycle_fsm.store.ledger import Entry, link
from lifecycle_fsm.store.tables.accounts import (
    INTEGER_SLOTS,
    NUMBER_SLOTS,
    TEXT_SLOTS,
    account_profile,
    account_state,
)
from lifecycle_fsm.store.tables.alerts import alert_episode
from lifecycle_fsm.store.tables.audit import erasure, review_mark, text_erasure
from lifecycle_fsm.store.tables.ctas import cta, cta_comment, cta_link, cta_task, success_plan
from lifecycle_fsm.store.tables.facts import fact_history, milestone_event
from lifecycle_fsm.store.tables.history import transition_inputs
from lifecycle_fsm.store.tables.refused import refused_row
from lifecycle_fsm.store.tables.runs import set_aside
from lifecycle_fsm.store.tables.work import delivery, dirty, outbox
from lifecycle_fsm.store.tally import add_to_tally, shift
from lifecycle_fsm.store.visits import close_visits

EMPTIED: tuple[Table, ...] = (
    transition_inputs,
    account_profile,
    fact_history,
    milestone_event,
    review_mark,
    cta_task,
    cta_comment,
    cta_link,
    cta,
    success_plan,
    alert_episode,
    outbox,
    delivery,
    dirty,
    set_aside,
    refused_row,
)
"""The tables that keep nothing of an erased account; of its history only the hashed rows stay."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """An account that was erased, by whom and on which ground, such as an article of the law."""

    account_id: UUID
    erased_at: datetime
    erased_by: str
    ground: str

    @property
    def key(self) -> UUID:
        """What names it on a list."""
        return self.account_id


@dataclass(frozen=True, slots=True)
class TextErasure:
    """A review mark whose text was erased, by whom and on which ground."""

    mark_id: UUID
    erased_at: datetime
    erased_by: str
    ground: str

    @property
    def key(self) -> UUID:
        """What names it on a list."""
        return self.mark_id


def load_text_erasures(connection: Connection) -> tuple[TextErasure, ...]:
    """Read the list of erased texts, oldest first; empty in an older store, which is backed up as well."""
    if not inspect(connection).has_table(text_erasure.name):
        return ()
    order = (text_erasure.c.erased_at, text_erasure.c.mark_id)
    rows = connection.execute(select(*text_erasure.columns).order_by(*order))
    return tuple(TextErasure(row.mark_id, from_ms(row.erased_at), row.erased_by, row.ground) for row in rows)


def erase_text(connection: Connection, made: TextErasure) -> None:
    """Put a text on the list, and empty it; the database lets go of nothing else of the mark."""
    at = to_ms(made.erased_at)
    connection.execute(
        insert(text_erasure).values(mark_id=made.mark_id, erased_at=at, erased_by=made.erased_by, ground=made.ground)
    )
    here = review_mark.c.id == made.mark_id
    connection.execute(update(review_mark).where(here).values(comment="", salt=None))


def names_of(connection: Connection, account_id: UUID) -> tuple[str, ...]:
    """What people call an account: its id, its key and its name, as far as they are known."""
    columns = (account_profile.c.key, account_profile.c.name)
    row = connection.execute(select(*columns).where(account_profile.c.account_id == account_id)).one_or_none()
    return (str(account_id), *(each for each in row or () if each))


def load_erasures(connection: Connection) -> tuple[Erasure, ...]:
    """Read the list of erasures, oldest first."""
    rows = connection.execute(select(*erasure.columns).order_by(erasure.c.erased_at, erasure.c.account_id))
    return tuple(Erasure(row.account_id, from_ms(row.erased_at), row.erased_by, row.ground) for row in rows)


def erased_among(connection: Connection, ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of some accounts that were erased."""
    rows = select(erasure.c.account_id).where(erasure.c.account_id.in_(ids))
    return frozenset(connection.execute(rows).scalars()) if ids else frozenset()


def list_erasure(connection: Connection, made: Erasure) -> None:
    """Put an account on the list; only then the database lets go of its facts."""
    connection.execute(
        insert(erasure).values(
            account_id=made.account_id,
            erased_at=to_ms(made.erased_at),
            erased_by=made.erased_by,
            ground=made.ground,
        )
    )


def find_head(connection: Connection, account_id: UUID) -> tuple[Head, str] | None:
    """The end of an account's history and its stage, locked until the transaction ends; None without an account."""
    columns = (account_state.c.state_version, account_state.c.head_hash, account_state.c.stage)
    query = select(*columns).where(account_state.c.account_id == account_id).with_for_update()
    row = connection.execute(query).one_or_none()
    return None if row is None else (Head(row.state_version, row.head_hash), row.stage)


def erase_rows(connection: Connection, account_id: UUID) -> None:
    """Remove everything that is known about an account that is on the list, but for the hashed rows."""
    for table in EMPTIED:
        connection.execute(delete(table).where(table.c.account_id == account_id))


def close_account(connection: Connection, account_id: UUID, before: Head, entry: Entry) -> None:
    """Append the last row of an account, and leave of its state what the row says."""
    last = link(account_id, before.revision + 1, before.hash, entry, None)
    append_links(connection, [last], [])
    close_visits(connection, account_id, entry, last.seq)
    slots = {name: null() for name in (*NUMBER_SLOTS, *INTEGER_SLOTS, *TEXT_SLOTS)}
    kept = {
        "segment": entry.to_stage,
        "machine": entry.machine,
        "stage": entry.to_stage,
        "state_version": last.seq,
        "head_hash": last.hash,
        "more": {},
        "bookkeeping": {},
    }
    forgotten = dict.fromkeys(
        ("came_from", "next_check_at", "health_score", "health_band", "csm", "overrides", "paused_ms", "pause_from")
    )
    here = account_state.c.account_id == account_id
    columns = (account_state.c.segment, account_state.c.machine, account_state.c.stage)
    stood = Place(*connection.execute(select(*columns).where(here)).one())
    left = shift([(stood, Place(entry.to_stage, entry.machine, entry.to_stage), 1)])
    add_to_tally(connection, account_id, left, to_ms(entry.recorded_at))
    connection.execute(update(account_state).where(here).values({**slots, **kept, **forgotten}))
