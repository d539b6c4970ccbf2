"""A batch of rows of one kind, in one transaction, whichever door it came through."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import cast

import orjson

from lifecycle_fsm.domain.access import Actor, Capability, require, require_everything
from lifecycle_fsm.domain.errors import IdempotencyConflict, InvalidInput
from lifecycle_fsm.domain.intake import take_text
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.services.changes import Stamp
from lifecycle_fsm.services.commands import check_key
from lifecycle_fsm.services.ingest import take_facts
from lifecycle_fsm.services.intake.milestones import MilestoneResult, MilestoneRow, reach_milestones
from lifecycle_fsm.services.intake.refusing import matter_of, refused_of
from lifecycle_fsm.services.intake.rows import IntakeRow, Kind, RowProblem, read_row
from lifecycle_fsm.services.metering import count_rows
from lifecycle_fsm.services.observe import FactRow, RowResult
from lifecycle_fsm.services.refused_rows import keep_refused, resolve
from lifecycle_fsm.services.register import AccountResult, AccountRow, take_accounts
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.batches import KeptBatch, find_batch, keep_batch
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.ids import new_id

LARGEST_BATCH = 1_000
REJECTED = "rejected"

NEEDED: Mapping[Kind, Capability] = {
    Kind.ACCOUNTS: Capability.RECORD_FACTS,
    Kind.FACTS: Capability.RECORD_FACTS,
    Kind.MEASURES: Capability.RECORD_FACTS,
    Kind.MILESTONES: Capability.REACH_MILESTONE,
}
"""What leave each kind of row needs."""


@dataclass(frozen=True, slots=True)
class Batch:
    """
    Hold 1 to 1,000 rows as a program sent them, decoded from JSON.

    `source` says where they come from, `before` how many rows of the same request or file
    came earlier. With an `idempotency_key` the same rows are taken once.
    """

    kind: Kind
    rows: Sequence[object]
    source: str
    idempotency_key: str | None = None
    before: int = 0


@dataclass(frozen=True, slots=True)
class Taken:
    """Count rows by what became of them, and say it of each, in order, with what was wrong with the rejected ones."""

    notes: Mapping[str, int]
    problems: tuple[RowProblem, ...]
    replayed: bool = False
    rows: tuple[str, ...] = ()


def take_batch(world: World, actor: Actor, batch: Batch) -> Taken:
    """
    Write the rows that can be written, and act on them: at once for a small batch, by the worker for a large one.

    Raises:
        Forbidden: the actor may not bring in such rows, or is limited to a portfolio.
        InvalidInput: no row, too many, or a source or key that cannot be kept.
        IdempotencyConflict: the key came with other rows before.
    """
    require(actor, NEEDED[batch.kind])
    require_everything(actor)
    _check(batch)
    digest = _digest(batch)
    with world.database.writing() as connection:
        known = None if batch.idempotency_key is None else find_batch(connection, batch.idempotency_key)
        if known is not None:
            return _again(known, digest)
        as_of = world.clock()
        stamp = Stamp(recorded_at=as_of, actor=actor.name, run_id=new_id(to_ms(as_of)), source=batch.source)
        taken = _take(world, connection, batch, stamp)
        if batch.idempotency_key is not None:
            kept = orjson.dumps({"rows": taken.rows, "problems": taken.problems}).decode()
            keep_batch(connection, KeptBatch(batch.idempotency_key, digest, kept, as_of))
        return taken


def _check(batch: Batch) -> None:
    if not 1 <= len(batch.rows) <= LARGEST_BATCH:
        raise InvalidInput(f"the batch has {len(batch.rows)} rows; expected 1 to {LARGEST_BATCH}", path="rows")
    if take_text(batch.source) != batch.source:
        raise InvalidInput("the source must be 1 to 500 printable characters", path="source")
    if batch.idempotency_key is not None:
        check_key(batch.idempotency_key)


def _take(world: World, connection: Connection, batch: Batch, stamp: Stamp) -> Taken:
    read = [read_row(batch.kind, index, row) for index, row in enumerate(batch.rows)]
    rows = {index: row for index, row in enumerate(read) if not isinstance(row, tuple)}
    problems = [problem for each in read if isinstance(each, tuple) for problem in each]
    notes = [REJECTED] * len(read)
    for index, result in zip(rows, _written(world, connection, batch.kind, list(rows.values()), stamp), strict=True):
        notes[index] = result.note.value
        problems += _problems(index, result)
    problems.sort(key=lambda problem: problem.index)
    count_rows(batch.kind.value, Counter(notes))
    resolve(connection, stamp, {matter_of(batch.kind, row) for index, row in rows.items() if notes[index] != REJECTED})
    keep_refused(connection, stamp, list(refused_of(batch.kind, batch.rows, problems, batch.before)))
    return Taken(Counter(notes), tuple(problems), rows=tuple(notes))


Result = AccountResult | RowResult | MilestoneResult


def _written(world: World, connection: Connection, kind: Kind, rows: list[IntakeRow], stamp: Stamp) -> Sequence[Result]:
    if not rows:
        return ()
    match kind:
        case Kind.ACCOUNTS:
            return take_accounts(world, connection, cast("list[AccountRow]", rows), stamp).rows
        case Kind.FACTS | Kind.MEASURES:
            return take_facts(world, connection, cast("list[FactRow]", rows), stamp)[0]
        case Kind.MILESTONES:
            return reach_milestones(world, connection, cast("list[MilestoneRow]", rows), stamp)


def _problems(index: int, result: Result) -> Iterable[RowProblem]:
    if isinstance(result, AccountResult):
        for problem in result.problems:
            yield RowProblem(index, _local(problem.path), problem.code or "", problem.message or "")
    elif result.message is not None:
        yield RowProblem(index, _local(result.path), result.code or "", result.message)


def _local(path: str | None) -> str:
    """Where in its row a value stands: services count the rows that they got, which their sender does not know."""
    parts = (path or "").split(".")
    return ".".join(parts[2:] if parts[0] == "rows" else parts)


def _again(kept: KeptBatch, digest: str) -> Taken:
    if kept.request_digest != digest:
        raise IdempotencyConflict(
            f"the idempotency key {kept.idempotency_key!r} came with other rows before; use a new key"
        )
    found = orjson.loads(kept.result)
    rows, problems = tuple(found["rows"]), tuple(RowProblem(**problem) for problem in found["problems"])
    return Taken(Counter(rows), problems, replayed=True, rows=rows)


def _digest(batch: Batch) -> str:
    if batch.idempotency_key is None:
        return ""
    return sha256(orjson.dumps([batch.kind.value, batch.source, batch.rows])).hexdigest()
