"""Accounts evaluated: at once after a small write, or all that are waiting."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.domain.run import RunKind, RunSummary
from lifecycle_fsm.domain.shard import WHOLE, Shard
from lifecycle_fsm.engine.outcomes import CtaEscalated, CtaOpened, CtaSuppressed
from lifecycle_fsm.services.apart import Failed, Result, evaluate_apart, prepare, write_apart
from lifecycle_fsm.services.changes import Stamp
from lifecycle_fsm.services.record import LostRace
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.ids import new_id
from lifecycle_fsm.store.layout import Layout, load_layout
from lifecycle_fsm.store.runs import Run, find_run, keep_run
from lifecycle_fsm.store.waiting import Patience, Waiting, find_waiting, forget_waiting
from lifecycle_fsm.telemetry.traces import of_run, tell

__all__ = ["RunSummary", "evaluate_ids", "evaluate_page", "evaluate_waiting", "somebody_waits", "summary_of"]

PAGE = 500
"""How many accounts one transaction evaluates."""

SHORT_PAGE = 200
"""The same where others write to the store at the same time."""

RETRY_AFTER = timedelta(minutes=15)
"""How long an account whose evaluation raised waits for its next one."""


def evaluate_waiting(
    world: World, actor: Actor, as_of: datetime | None = None, told: Callable[[RunSummary], None] | None = None
) -> RunSummary:
    """
    Evaluate every account that is marked or whose deadline has passed, page by page, until none is left.

    Each page is one transaction, so that an interrupted run loses nothing and is gone on with by the next.
    An account whose evaluation raises is set aside and tried again by the next run.
    `told` is called after each page with what the run has come to so far.

    Raises:
        Forbidden: the actor may not evaluate.
    """
    require(actor, Capability.EVALUATE)
    now = world.clock()
    run = Run(new_id(to_ms(now)), RunKind.EVALUATION, actor.name, as_of or now, now)
    while True:
        page, run = _evaluate_page(world, run)
        if told is not None and page.looked_at:
            told(run.summary)
        if page.changed_meanwhile == page.looked_at:
            return run.summary


def evaluate_page(
    world: World, actor: Actor, run_id: UUID | None, shard: Shard = WHOLE, limit: int = SHORT_PAGE
) -> UUID | None:
    """
    Evaluate the accounts of a shard that have waited longest, at most `limit`, in one transaction.

    For callers that come back every few seconds: it gives the id of the run to go on with, or None when
    nobody waits any more. An account whose evaluation raised is passed over for `RETRY_AFTER`.

    Raises:
        Forbidden: the actor may not evaluate.
    """
    require(actor, Capability.EVALUATE)
    with world.database.writing() as connection:
        now = world.clock()
        known = None if run_id is None else find_run(connection, run_id)
        run = known or Run(run_id or new_id(to_ms(now)), RunKind.EVALUATION, actor.name, now, now)
        page, run = _evaluate_some(world, connection, replace(run, as_of=now), shard, limit)
    tell(of_run(run.id, page.looked_at))
    is_last = page.looked_at < limit or page.changed_meanwhile == page.looked_at
    return None if is_last else run.id


def somebody_waits(world: World, shard: Shard) -> bool:
    """Whether `evaluate_page` would find anybody in the shard."""
    with world.database.reading() as connection:
        now = world.clock()
        return bool(find_waiting(connection, to_ms(now), 1, _patience(now), shard))


def _patience(now: datetime) -> Patience:
    return Patience(failed_since_ms=to_ms(now - RETRY_AFTER))


def _evaluate_some(world: World, connection: Connection, run: Run, shard: Shard, limit: int) -> tuple[RunSummary, Run]:
    waiting = find_waiting(connection, to_ms(run.as_of), limit, _patience(run.as_of), shard)
    return _evaluate(world, connection, run, waiting)


def _evaluate_page(world: World, run: Run) -> tuple[RunSummary, Run]:
    with world.database.writing() as connection:
        waiting = find_waiting(connection, to_ms(run.as_of), PAGE, Patience(run.id))
        return _evaluate(world, connection, run, waiting)


def _evaluate(world: World, connection: Connection, run: Run, waiting: Sequence[Waiting]) -> tuple[RunSummary, Run]:
    if not waiting:
        return RunSummary(), run
    stamp = Stamp(recorded_at=run.as_of, run_id=run.id)
    ids = [each.account_id for each in waiting]
    results = evaluate_ids(world, connection, load_layout(connection), ids, stamp, run.as_of)
    lost = {account_id for account_id, result in results.items() if isinstance(result, LostRace)}
    forget_waiting(connection, [each for each in waiting if each.account_id not in lost])
    page = summary_of(results)
    run = replace(run, summary=run.summary + page, finished_at=world.clock())
    keep_run(connection, run)
    return page, run


def evaluate_ids(
    world: World, connection: Connection, layout: Layout, ids: Sequence[UUID], stamp: Stamp, as_of: datetime
) -> dict[UUID, Result]:
    """
    Evaluate accounts in the caller's transaction; those that no segment had are offered to the segments first.

    One whose evaluation raises is given as `Failed`, listed under the stamp's run, and marked for the next run.
    """
    prepared = prepare(world, connection, ids, layout, as_of)
    return write_apart(connection, prepared, evaluate_apart(prepared, as_of), stamp, layout)


def summary_of(results: Mapping[UUID, Result]) -> RunSummary:
    """Count what came of each account."""
    total = RunSummary(looked_at=len(results))
    for result in results.values():
        total += _summary(result)
    return total


def _summary(result: Result) -> RunSummary:
    if isinstance(result, LostRace):
        return RunSummary(changed_meanwhile=1)
    if isinstance(result, Failed):
        return RunSummary(failed=1)
    done = [each for step in result.steps for each in step.done]
    return RunSummary(
        moved=sum(step.kind is RecordKind.MOVED for step in result.steps),
        ctas_opened=sum(isinstance(each, CtaOpened) for each in done),
        ctas_escalated=sum(isinstance(each, CtaEscalated) for each in done),
        ctas_suppressed=sum(isinstance(each, CtaSuppressed) for each in done),
        held_by_unknown=bool(result.held_by_unknown),
        unassigned=result.lifecycle.machine == "unassigned",
        alerts=sum(step.kind is RecordKind.ALERT_OPENED for step in result.steps),
    )
