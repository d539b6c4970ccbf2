"""Accounts read, evaluated and written together, where one that raises is set aside and does not spoil the others."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lifecycle_fsm.domain.errors import StaleRevision, StoreFailed
from lifecycle_fsm.domain.run import AsideCause
from lifecycle_fsm.engine.outcomes import Evaluation, Step
from lifecycle_fsm.services.assign import offer
from lifecycle_fsm.services.changes import Stamp, change_of
from lifecycle_fsm.services.metering import count_failures, count_steps
from lifecycle_fsm.services.reachable import read_reachable
from lifecycle_fsm.services.reading import Reading
from lifecycle_fsm.services.record import LostRace, evaluation_after
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.apart import NotSaved, save_apart
from lifecycle_fsm.store.change import AccountChange
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.failures import DRIVER_ERRORS
from lifecycle_fsm.store.layout import Layout
from lifecycle_fsm.store.runs import SetAside, set_accounts_aside
from lifecycle_fsm.store.waiting import mark_waiting


@dataclass(frozen=True, slots=True)
class Failed:
    """An account that could not be evaluated, with the name of the error; nothing was written for it."""

    error: str


Result = Evaluation | LostRace | Failed
"""What became of one account."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """Accounts read for an evaluation by id, the steps that come first for some, and those that failed already."""

    readings: Mapping[UUID, Reading]
    asked: Mapping[UUID, Sequence[Step]]
    failed: Mapping[UUID, Failed]


Reader = Callable[[World, Connection, Sequence[UUID], Layout, datetime], dict[UUID, Reading]]
"""How accounts are read: as they are now, or with what was known at a date."""


def prepare(
    world: World,
    connection: Connection,
    ids: Sequence[UUID],
    layout: Layout,
    as_of: datetime,
    read: Reader = read_reachable,
) -> Prepared:
    """Read accounts; those that no segment had are offered to the segments first. Unknown ids are absent."""
    if not ids:
        return Prepared({}, {}, {})
    try:
        readings = read(world, connection, ids, layout, as_of)
        taken = offer(world, connection, readings.values(), as_of)
    except Exception as error:
        if isinstance(error, (*DRIVER_ERRORS, StoreFailed)):
            raise
        if len(ids) == 1:
            return Prepared({}, {}, {ids[0]: Failed(type(error).__name__)})
    else:
        offered = {account_id: assigned.reading for account_id, assigned in taken.items()}
        return Prepared(readings | offered, {key: (each.step,) for key, each in taken.items()}, {})
    half = len(ids) // 2
    first = prepare(world, connection, ids[:half], layout, as_of, read)
    second = prepare(world, connection, ids[half:], layout, as_of, read)
    return Prepared(
        {**first.readings, **second.readings}, {**first.asked, **second.asked}, {**first.failed, **second.failed}
    )


def evaluate_apart(prepared: Prepared, as_of: datetime) -> dict[UUID, Evaluation | Failed]:
    """Evaluate the accounts that were read, writing nothing."""
    results: dict[UUID, Evaluation | Failed] = dict(prepared.failed)
    for account_id, reading in prepared.readings.items():
        try:
            results[account_id] = evaluation_after(reading, prepared.asked.get(account_id, ()), as_of)
        except Exception as error:  # noqa: BLE001 - whatever one account does, the others go on
            results[account_id] = Failed(type(error).__name__)
    return results


def write_apart(
    connection: Connection,
    prepared: Prepared,
    evaluations: Mapping[UUID, Evaluation | Failed],
    stamp: Stamp,
    layout: Layout,
) -> dict[UUID, Result]:
    """Write evaluations with the steps that came first, and keep a list of those that failed."""
    results: dict[UUID, Result] = {}
    changes: dict[UUID, AccountChange] = {}
    for account_id, evaluation in evaluations.items():
        results[account_id] = evaluation
        if isinstance(evaluation, Evaluation):
            asked = prepared.asked.get(account_id, ())
            changes[account_id] = change_of(prepared.readings[account_id].stored, asked, evaluation, stamp)
    for account_id, outcome in zip(changes, save_apart(connection, list(changes.values()), layout), strict=True):
        if isinstance(outcome, NotSaved):
            results[account_id] = Failed(outcome.error)
        elif isinstance(outcome, StaleRevision):
            results[account_id] = LostRace(outcome.message, expected=outcome.expected, actual=outcome.actual)
    for account_id, result in results.items():
        if isinstance(result, Evaluation):
            count_steps((*prepared.asked.get(account_id, ()), *result.steps))
    _set_aside(connection, results, stamp)
    return results


def _set_aside(connection: Connection, results: Mapping[UUID, Result], stamp: Stamp) -> None:
    """List the accounts that failed, and mark them for the next run."""
    assert stamp.run_id is not None
    failed = {account_id: each.error for account_id, each in results.items() if isinstance(each, Failed)}
    entries = [
        SetAside(each, stamp.run_id, AsideCause.FAILED, error, stamp.recorded_at) for each, error in failed.items()
    ]
    set_accounts_aside(connection, entries)
    count_failures(len(failed))
    mark_waiting(connection, failed, AsideCause.FAILED, stamp.recorded_at)
