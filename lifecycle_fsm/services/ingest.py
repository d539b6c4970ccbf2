"""Facts and measures arrive: kept, shown, and acted on."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

import orjson

from lifecycle_fsm.domain.access import EVERYTHING, Actor, Capability, Portfolio, require
from lifecycle_fsm.domain.errors import IdempotencyConflict, InvalidInput
from lifecycle_fsm.domain.intake import take_text
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.services.apart import Failed
from lifecycle_fsm.services.changes import Stamp
from lifecycle_fsm.services.commands import check_key
from lifecycle_fsm.services.evaluate import evaluate_ids
from lifecycle_fsm.services.history import record_of
from lifecycle_fsm.services.intake.refusing import fact_matter, fact_not_taken
from lifecycle_fsm.services.metering import count_rows
from lifecycle_fsm.services.observe import Checked, FactRow, RowNote, RowResult, check_rows
from lifecycle_fsm.services.record import LostRace
from lifecycle_fsm.services.refused_rows import NotTaken, keep_refused, resolve
from lifecycle_fsm.services.viewing import view_many
from lifecycle_fsm.services.views import AccountView, HistoryRecord
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.accounts import existing_ids
from lifecycle_fsm.store.batches import KeptBatch, find_batch, keep_batch
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.facts import Reception
from lifecycle_fsm.store.facts import record_facts as store_facts
from lifecycle_fsm.store.history import load_runs
from lifecycle_fsm.store.ids import new_id
from lifecycle_fsm.store.layout import Layout, load_layout
from lifecycle_fsm.store.scope import visible_ids
from lifecycle_fsm.store.waiting import mark_waiting

LARGEST_BATCH = 1_000
SHOWN_ACCOUNTS = 100

_REJECTED = RowNote.REJECTED.value

_NOTES = {
    Reception.CURRENT: RowNote.RECORDED,
    Reception.LATE: RowNote.LATE,
    Reception.REPEATED: RowNote.UNCHANGED,
}


@dataclass(frozen=True, slots=True)
class RecordFacts:
    """
    Ask to record 1 to 1,000 values; `source` says where they come from.

    `unread` are rows of the same batch of which no value could be made, and `places` says where the others stand
    among them, from 1; without it they are all.
    """

    rows: tuple[FactRow, ...]
    source: str
    idempotency_key: str
    unread: tuple[NotTaken, ...] = ()
    places: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Ingested:
    """
    The result of every row, in order, the accounts that changed (at most 100) and what happened to them.

    Accounts of a large batch are evaluated later; their history shows it.
    """

    rows: tuple[RowResult, ...]
    accounts: tuple[AccountView, ...]
    records: tuple[HistoryRecord, ...]
    replayed: bool


def record_facts(world: World, actor: Actor, wanted: RecordFacts) -> Ingested:
    """
    Record values and evaluate the accounts that they are about, at once for a small batch.

    The same idempotency key gives the first results again and writes nothing.

    Raises:
        Forbidden: the actor may not record facts.
        InvalidInput: no row, too many, or a source that cannot be kept.
        IdempotencyConflict: the key came with other rows before.
    """
    require(actor, Capability.RECORD_FACTS)
    _check_batch(wanted)
    digest = _digest(wanted)
    with world.database.writing() as connection:
        kept = find_batch(connection, wanted.idempotency_key)
        if kept is not None:
            return _again(kept, digest, wanted)
        return _record(world, connection, actor, wanted, digest)


def _check_batch(wanted: RecordFacts) -> None:
    check_key(wanted.idempotency_key)
    count = len(wanted.rows) + len(wanted.unread)
    if not 1 <= count <= LARGEST_BATCH:
        raise InvalidInput(f"the batch has {count} rows; expected 1 to {LARGEST_BATCH}", path="input.rows")
    if take_text(wanted.source) != wanted.source:
        raise InvalidInput("the source must be 1 to 500 printable characters", path="input.source")


def _record(world: World, connection: Connection, actor: Actor, wanted: RecordFacts, digest: str) -> Ingested:
    as_of = world.clock()
    stamp = Stamp(recorded_at=as_of, actor=actor.name, run_id=new_id(to_ms(as_of)), source=wanted.source)
    results, touched = take_facts(world, connection, wanted.rows, stamp, actor.portfolio)
    count_rows("facts", Counter([*(result.note.value for result in results), *(_REJECTED for _ in wanted.unread)]))
    _settle(connection, wanted, results, stamp)
    keep_batch(connection, KeptBatch(wanted.idempotency_key, digest, _to_text(results), as_of))
    shown = touched[:SHOWN_ACCOUNTS]
    accounts = view_many(world, connection, shown, as_of, actor.portfolio)
    assert stamp.run_id is not None
    records = tuple(record_of(link) for link in load_runs(connection, shown, stamp.run_id))
    return Ingested(results, tuple(accounts[each] for each in shown), records, replayed=False)


def _settle(connection: Connection, wanted: RecordFacts, results: Sequence[RowResult], stamp: Stamp) -> None:
    """Keep what was refused, and resolve what had been."""
    pairs = list(zip(wanted.rows, results, strict=True))
    taken = {fact_matter(row.account, row.measure, row.fact) for row, result in pairs if result.accepted}
    places = wanted.places or range(1, len(wanted.rows) + 1)
    refused = [fact_not_taken(row, result, places[result.index]) for row, result in pairs if not result.accepted]
    resolve(connection, stamp, taken)
    keep_refused(connection, stamp, [*refused, *wanted.unread])


def take_facts(
    world: World,
    connection: Connection,
    rows: Sequence[FactRow],
    stamp: Stamp,
    portfolio: Portfolio = EVERYTHING,
) -> tuple[tuple[RowResult, ...], list[UUID]]:
    """
    Record values in the caller's transaction, and act on them: at once for a small batch.

    An account outside the portfolio is as unknown as one that does not exist.
    Gives the result of each row, in order, and the accounts that changed and could be evaluated.
    """
    as_of, layout = stamp.recorded_at, load_layout(connection)
    known = visible_ids(connection, existing_ids(connection, {row.account for row in rows}), portfolio)
    checked = check_rows(rows, world.shelf.catalog(connection), known, stamp.source, as_of)
    receptions = store_facts(connection, list(checked.observations.values()), layout, as_of)
    touched = _touched(checked, receptions)
    failed = _act(world, connection, layout, touched, stamp)
    return _results(checked, receptions), [each for each in touched if each not in failed]


def _act(
    world: World, connection: Connection, layout: Layout, touched: Sequence[UUID], stamp: Stamp
) -> frozenset[UUID]:
    """
    Evaluate a small batch at once; leave a large one, and whoever was changed meanwhile, to the next run.

    Gives the accounts whose evaluation failed.
    """
    if len(touched) > world.small_batch:
        mark_waiting(connection, touched, "facts", stamp.recorded_at)
        return frozenset()
    results = evaluate_ids(world, connection, layout, touched, stamp, stamp.recorded_at)
    lost = [account_id for account_id, result in results.items() if isinstance(result, LostRace)]
    mark_waiting(connection, lost, "lost_race", stamp.recorded_at)
    return frozenset(account_id for account_id, result in results.items() if isinstance(result, Failed))


def _results(checked: Checked, receptions: Sequence[Reception]) -> tuple[RowResult, ...]:
    written = {
        index: RowResult(index, _NOTES[reception])
        for index, reception in zip(checked.observations, receptions, strict=True)
    }
    return tuple(result for _, result in sorted({**checked.rejected, **written}.items()))


def _touched(checked: Checked, receptions: Sequence[Reception]) -> list[UUID]:
    pairs = zip(checked.observations.values(), receptions, strict=True)
    return list(dict.fromkeys(seen.account_id for seen, reception in pairs if reception is not Reception.REPEATED))


def _again(kept: KeptBatch, digest: str, wanted: RecordFacts) -> Ingested:
    if kept.request_digest != digest:
        raise IdempotencyConflict(
            f"the idempotency key {wanted.idempotency_key!r} came with other rows before; use a new key"
        )
    rows = tuple(RowResult(**{**row, "note": RowNote(row["note"])}) for row in orjson.loads(kept.result))
    return Ingested(rows, (), (), replayed=True)


def _to_text(results: Sequence[RowResult]) -> str:
    return orjson.dumps(results).decode()


def _digest(wanted: RecordFacts) -> str:
    return sha256(orjson.dumps([wanted.source, wanted.rows])).hexdigest()
