"""The one write that changes an account: hot row, history, CTAs, plans, milestones and messages together."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import bindparam, select

from lifecycle_fsm.domain.errors import StaleRevision
from lifecycle_fsm.domain.fields import HEALTH_SCORE, Field, FieldKind
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.store import ledger
from lifecycle_fsm.store.change import AccountChange, Head, Saved, SuppressedCta, place_of
from lifecycle_fsm.store.ctas import CtaRow, find_blocker, insert_ctas, update_ctas
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.episodes import save_episodes, take_back_episodes
from lifecycle_fsm.store.facts import Noted, Observation, append_history
from lifecycle_fsm.store.history import Evidence, append_links
from lifecycle_fsm.store.hot_row import writing, written_values
from lifecycle_fsm.store.ids import new_id
from lifecycle_fsm.store.layout import Layout
from lifecycle_fsm.store.milestones import append_milestones
from lifecycle_fsm.store.one_statement import Appended, move_and_log
from lifecycle_fsm.store.outbox import put_messages
from lifecycle_fsm.store.plans import save_plans
from lifecycle_fsm.store.raw import POSTGRESQL, dialect_of, hits
from lifecycle_fsm.store.tables.accounts import account_state
from lifecycle_fsm.store.tally import Counts, add_to_tally, shift, tally_values
from lifecycle_fsm.store.visits import append_visits, take_back_visits


@dataclass(frozen=True, slots=True)
class Write:
    """A change, its place among those asked for, and its rows chained to the history that it was decided on."""

    place: int
    change: AccountChange
    links: tuple[ledger.Link, ...]
    evidence: tuple[Evidence, ...]

    @property
    def account_id(self) -> UUID:
        """Whose change it is."""
        return self.change.lifecycle.account_id

    @property
    def head(self) -> Head:
        """The end of the account's history after it."""
        return Head(self.links[-1].seq, self.links[-1].hash) if self.links else self.change.before

    @property
    def shift(self) -> Counts:
        """What it changes about how many accounts stand where."""
        stood, stands = self.change.stood, place_of(self.change.lifecycle)
        return {} if stood is None or stood == stands else shift([(stood, stands, 1)])

    @property
    def writes(self) -> int:
        """How many writes of history and of facts came before: more with each that can change a score."""
        return self.change.before.revision + (self.change.facts_version or 0)

    def seq(self, record: int) -> int:
        """The number in the account's history of one of the write's records, from 0."""
        return self.change.before.revision + 1 + record


Suppressions = dict[int, tuple[SuppressedCta, ...]]
"""The CTAs that found their place taken, by the place of their write."""


def save(connection: Connection, change: AccountChange, layout: Layout) -> Saved:
    """
    Write one account's change, all of it or nothing.

    Raises:
        StaleRevision: the account's history or its facts have moved on; read it again and decide again.
    """
    (outcome,) = save_many(connection, [change], layout)
    if isinstance(outcome, StaleRevision):
        raise outcome
    return outcome


def save_many(connection: Connection, changes: Sequence[AccountChange], layout: Layout) -> list[Saved | StaleRevision]:
    """
    Write the changes of many accounts in few round trips, and say of each what it left.

    A change whose account has moved on is returned as `StaleRevision`, not raised, and
    leaves nothing; the others are written. Several changes of one account are written
    in the order given.
    """
    writes = [chained(place, change) for place, change in enumerate(changes)]
    # Every writer takes the rows in the same order, so that no two wait for each other.
    writes.sort(key=lambda write: write.account_id.bytes)
    moved = _move_and_log(connection, writes, layout)
    fresh = [write for write, has_moved in zip(writes, moved, strict=True) if has_moved]
    suppressed = _follow(connection, fresh)
    outcomes: dict[int, Saved | StaleRevision] = {
        write.place: Saved(write.head, suppressed.get(write.place, ())) for write in fresh
    }
    if len(fresh) < len(writes):
        outcomes.update(_stale(connection, [write for write in writes if write.place not in outcomes]))
    return [outcomes[place] for place in range(len(changes))]


def chained(place: int, change: AccountChange) -> Write:
    """Chain a change's rows to the history that it was decided on, each with a commitment to its inputs."""
    account_id, previous = change.lifecycle.account_id, change.before.hash
    links: list[ledger.Link] = []
    evidence: list[Evidence] = []
    for seq, record in enumerate(change.records, change.before.revision + 1):
        commitment = None
        if record.inputs or record.entry.reason is not None:
            inputs, reason = ledger.canonical_inputs(record.inputs), record.entry.reason
            evidence.append(Evidence(account_id, seq, os.urandom(16), inputs, reason))
            commitment = ledger.commit_to(evidence[-1].salt, inputs, reason)
        links.append(ledger.link(account_id, seq, previous, record.entry, commitment))
        previous = links[-1].hash
    return Write(place, change, tuple(links), tuple(evidence))


def _move_and_log(connection: Connection, writes: Sequence[Write], layout: Layout) -> list[bool]:
    """Set the hot rows whose history is where it was, append to it, and say of each whether it was."""
    dialect, columns = dialect_of(connection), layout.derived_columns
    rows = [written_values(write.change, write.head, layout, dialect) for write in writes]
    if dialect is POSTGRESQL and len(writes) == 1:
        (write,) = writes
        tallied = tally_values(write.account_id, write.shift, to_ms(write.change.recorded_at), dialect)
        return [move_and_log(connection, rows[0], columns, Appended(write.links, write.evidence, tallied))]
    moved = hits(connection, writing(dialect, columns), rows)
    fresh = [write for write, has_moved in zip(writes, moved, strict=True) if has_moved]
    links = [link for write in fresh for link in write.links]
    append_links(connection, links, [row for write in fresh for row in write.evidence])
    _tally(connection, fresh)
    return moved


def _tally(connection: Connection, writes: Sequence[Write]) -> None:
    """Count where accounts stand now; many accounts that go the same way are one row."""
    moves = [(write.change.stood, place_of(write.change.lifecycle), 1) for write in writes if write.change.stood]
    counts = shift(moves)
    if counts:
        add_to_tally(connection, writes[0].account_id, counts, to_ms(writes[0].change.recorded_at))


def _follow(connection: Connection, writes: Sequence[Write]) -> Suppressions:
    """Write what follows from moves that are won."""
    suppressed = _write_ctas(connection, writes)
    save_plans(connection, [(write.account_id, plan) for write in writes for plan in write.change.plans])
    append_milestones(connection, [(write.account_id, event) for write in writes for event in write.change.milestones])
    _append_visits(connection, writes)
    _save_episodes(connection, writes)
    _append_health(connection, writes)
    _put_messages(connection, writes, suppressed)
    return suppressed


def _write_ctas(connection: Connection, writes: Sequence[Write]) -> Suppressions:
    # Updates first: a CTA that this write closes makes room for one that it opens.
    update_ctas(connection, [(write.account_id, cta) for write in writes for cta in write.change.updated])
    asked = [(write, row) for write in writes for row in cta_rows(write)]
    inserted = insert_ctas(connection, [row for _, row in asked])
    suppressed: dict[int, tuple[SuppressedCta, ...]] = {}
    for (write, row), is_new in zip(asked, inserted, strict=True):
        if not is_new:
            blocker = find_blocker(connection, write.account_id, row.cta)
            suppressed[write.place] = (*suppressed.get(write.place, ()), blocker)
    return suppressed


def cta_rows(write: Write) -> list[CtaRow]:
    """The CTAs that a write opens, with their ids and the rows that opened them."""
    # Ids of one write rise with the order of opening, which is the order of reading.
    ids = sorted(opened.cta.id or new_id(to_ms(opened.cta.opened_at)) for opened in write.change.opened)
    return [
        CtaRow(write.account_id, cta_id, write.seq(opened.record), opened.cta)
        for cta_id, opened in zip(ids, write.change.opened, strict=True)
    ]


def _undone(writes: Sequence[Write]) -> list[tuple[UUID, int]]:
    return [(write.account_id, since) for write in writes if (since := write.change.undoes_since) is not None]


def _save_episodes(connection: Connection, writes: Sequence[Write]) -> None:
    take_back_episodes(connection, _undone(writes))
    found = [
        (write.account_id, write.change.before.revision, each) for write in writes for each in write.change.episodes
    ]
    save_episodes(connection, found)


def _append_visits(connection: Connection, writes: Sequence[Write]) -> None:
    take_back_visits(connection, _undone(writes))
    visits = [(write.account_id, write.seq(left.record), left) for write in writes for left in write.change.left]
    append_visits(connection, visits)


def _append_health(connection: Connection, writes: Sequence[Write]) -> None:
    append_history(connection, [noted for write in writes for noted in _noted(write)])


def _noted(write: Write) -> Iterator[Noted]:
    """The score and the derived measures that have changed, as history gets them."""
    health, at, writes = write.change.health, write.change.recorded_at, write.writes
    if health.changed_at is not None:
        score = Observation(write.account_id, HEALTH_SCORE, health.score, health.changed_at, "scorecard")
        yield Noted(score, at, writes)
    for key, value in health.measures.items():
        assert health.found_at is not None
        field = Field(key, FieldKind.NUMBER)
        yield Noted(Observation(write.account_id, field, value, health.found_at, "derived"), at, writes)


def _put_messages(connection: Connection, writes: Sequence[Write], suppressed: Suppressions) -> None:
    messages = [
        (write.account_id, write.seq(message.record), message)
        for write in writes
        for message in write.change.messages
        if message.cta is None or message.cta not in {cta.cause_key for cta in suppressed.get(write.place, ())}
    ]
    put_messages(connection, messages)


def _stale(connection: Connection, writes: Sequence[Write]) -> dict[int, StaleRevision]:
    rows = connection.execute(_REVISIONS, {"ids": [write.account_id for write in writes]})
    actual = {row.account_id: row.state_version for row in rows}
    return {
        write.place: _stale_revision(write.change.before.revision, actual.get(write.account_id, 0)) for write in writes
    }


def _stale_revision(expected: int, actual: int) -> StaleRevision:
    moved = f"the account is at revision {actual}, the decision was made at {expected}"
    if actual == expected:
        moved = f"newer facts about the account came in since the decision was made at revision {expected}"
    return StaleRevision(
        f"{moved}; read it again and decide again",
        expected=expected,
        actual=actual,
    )


_REVISIONS = select(account_state.c.account_id, account_state.c.state_version).where(
    account_state.c.account_id.in_(bindparam("ids", expanding=True))
)
