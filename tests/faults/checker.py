"""Reads a whole store after something went wrong with it, and says what was lost, doubled or left hanging."""

from collections import Counter
from collections.abc import Iterable, Iterator
from uuid import UUID

import orjson
from sqlalchemy import func, select

from lifecycle_fsm.domain.fields import FieldKind, Value
from lifecycle_fsm.services.audit.verify import verify
from lifecycle_fsm.services.evaluate import evaluate_waiting
from lifecycle_fsm.services.sweeping.sweep import sweep
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.kept_entries import entered, kept_so_far
from lifecycle_fsm.store.layout import load_layout
from lifecycle_fsm.store.tables.accounts import account_state, field_slot
from lifecycle_fsm.store.tables.alerts import alert_episode
from lifecycle_fsm.store.tables.ctas import cta
from lifecycle_fsm.store.tables.facts import fact_history
from lifecycle_fsm.store.tables.history import transition_log
from lifecycle_fsm.store.tables.work import dirty, ingest_batch, outbox
from lifecycle_fsm.store.told_entries import told
from tests.tallies import counted_in, kept_in
from tests.worlds import ADMIN

Row = tuple[UUID, int]


def check(world: World, acknowledged: Iterable[str] = ()) -> None:
    """
    Demand that the store is whole, and that whatever a client was told is written is there once.

    `acknowledged` are the idempotency keys of batches that were answered. What waits is
    evaluated on the way; afterwards a sweep must find nothing.
    """
    evaluate_waiting(world, ADMIN)
    report = verify(world, ADMIN)
    assert report.flaws == [], report.flaws[:5]
    with world.database.reading() as connection:
        found = list(flaws(connection))
        assert found == [], found[:5]
        kept = set(connection.execute(select(ingest_batch.c.idempotency_key)).scalars())
        assert set(acknowledged) - kept == set()
        assert connection.execute(select(func.count()).select_from(dirty)).scalar_one() == 0
    again = sweep(world, ADMIN, dry_run=True)
    assert (again.candidates, again.disagreements, again.failed, again.set_aside) == (0, 0, 0, ())


def flaws(connection: Connection) -> Iterator[str]:
    """What verification does not look at: stages, CTAs, messages, what ingest shows, runs."""
    log = {(row.account_id, row.seq): row for row in connection.execute(select(transition_log))}
    yield from _wrong_heads(connection, log.keys(), {row: log[row].to_stage for row in log})
    opened = Counter(
        (account, note["cta"]) for (account, _), row in log.items() for note in _notes(row.effects, "cta_opened")
    )
    yield from _wrong_ctas(connection, opened)
    expected = Counter({key: 1 + len(orjson.loads(row.effects)) for key, row in log.items()})
    sent = Counter((row[0], row[1]) for row in connection.execute(select(outbox.c.account_id, outbox.c.seq)))
    for key in _differ(expected, sent):
        yield f"row {key} should have {expected[key]} messages and has {sent[key]}"
    yield from _wrong_values(connection)
    yield from _wrong_alerts(connection)
    yield from _wrong_episodes(connection)
    kept, counted = kept_in(connection), counted_in(connection)
    for place in sorted(kept.keys() | counted.keys()):
        if kept.get(place) != counted.get(place):
            yield f"{counted.get(place, 0)} accounts stand in {place}, {kept.get(place, 0)} are counted"
    told_rows, read_rows = (
        Counter(str(row) for row in connection.execute(select(source)))
        for source in (told(None).subquery(), entered(kept_so_far(connection)))
    )
    for row in (told_rows - read_rows) + (read_rows - told_rows):
        yield f"visits and reports do not agree about what was entered: {row}"


def _notes(effects: str, did: str) -> list[dict[str, str]]:
    return [note for note in orjson.loads(effects) if note["did"] == did]


def _differ(expected: Counter[Row], found: Counter[Row]) -> list[Row]:
    return sorted(key for key in expected.keys() | found.keys() if expected[key] != found[key])


def _wrong_heads(connection: Connection, keys: Iterable[Row], stages: dict[Row, str]) -> Iterator[str]:
    """Accounts that do not stand where their last row put them."""
    last: dict[UUID, int] = {}
    for account, seq in keys:
        last[account] = max(seq, last.get(account, 0))
    for row in connection.execute(select(account_state)):
        revision = last.get(row.account_id, 0)
        if row.state_version != revision:
            yield f"account {row.account_id} is at revision {row.state_version}, its history at {revision}"
        elif revision and row.stage != stages[row.account_id, revision]:
            yield f"account {row.account_id} is in {row.stage}, its history in {stages[row.account_id, revision]}"


def _wrong_alerts(connection: Connection) -> Iterator[str]:
    """Accounts whose number of alerts that are on is not what they remember."""
    for row in connection.execute(select(account_state)):
        on = sum(cleared_at is None for _, _, cleared_at, *_ in row.bookkeeping.get("alerts", {}).values())
        if (row.alerts_on or 0) != on:
            yield f"account {row.account_id} remembers {on} alerts that are on, its row counts {row.alerts_on}"


def _wrong_episodes(connection: Connection) -> Iterator[str]:
    """Accounts whose memory of alerts is not what the rows of their episodes say."""
    newest: dict[tuple[UUID, str], list[object]] = {}
    for row in connection.execute(select(alert_episode).order_by(alert_episode.c.opened_at, alert_episode.c.episode)):
        if (newest.get((row.account_id, row.alert)) or [None] * 3)[2] is None and (row.account_id, row.alert) in newest:
            yield f"an episode of {row.alert} of account {row.account_id} was never cleared"
        told = [row.episode, row.opened_at, row.cleared_at, row.severity, row.raised_at]
        newest[row.account_id, row.alert] = told
    remembered = {
        (row.account_id, key): [*value, *("medium", None)[len(value) - 3 :]]
        for row in connection.execute(select(account_state))
        for key, value in row.bookkeeping.get("alerts", {}).items()
    }
    for account, alert in sorted(newest.keys() | remembered.keys(), key=str):
        rows, memory = newest.get((account, alert)), remembered.get((account, alert))
        if rows != memory:
            yield f"account {account} remembers {memory} of {alert}, its rows say {rows}"


def _wrong_ctas(connection: Connection, opened: Counter[tuple[UUID, str]]) -> Iterator[str]:
    """Causes with no CTA or several, CTAs without a cause, and places that are taken twice."""
    rows = list(connection.execute(select(cta)))
    found = Counter((row.account_id, row.cause_key) for row in rows)
    for key in sorted(opened.keys() | found.keys(), key=str):
        if (opened[key], found[key]) != (1, 1):
            yield f"the cause {key} was recorded {opened[key]} times and has {found[key]} CTAs"
    places = Counter((row.account_id, row.identity) for row in rows if row.closed_at is None)
    yield from (f"the place {place} is taken {count} times" for place, count in places.items() if count > 1)


def _wrong_values(connection: Connection) -> Iterator[str]:
    """Hot rows that do not show the newest observation of a field that has a slot."""
    slots = load_layout(connection).slots
    kinds = {row.field: row.kind for row in connection.execute(select(field_slot))}
    newest: dict[tuple[UUID, str], tuple[tuple[int, int, UUID], Value]] = {}
    for row in connection.execute(select(fact_history).where(fact_history.c.field.in_(list(slots)))):
        value = {FieldKind.NUMBER: row.number, FieldKind.TEXT: row.text}.get(FieldKind(kinds[row.field]), row.integer)
        order, known = (row.observed_at, row.recorded_at, row.id), newest.get((row.account_id, row.field))
        if known is None or known[0] < order:
            newest[row.account_id, row.field] = (order, value)
    rows = {row.account_id: row for row in connection.execute(select(account_state))}
    for (account, key), (_, value) in newest.items():
        shown = getattr(rows[account], slots[key])
        if shown != value and not key.startswith("health."):
            yield f"account {account} shows {shown!r} for {key}, the newest is {value!r}"
