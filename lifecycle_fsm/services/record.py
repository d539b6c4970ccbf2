"""THE writer: whatever changes an account's lifecycle is saved here, with its history, in the caller's transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from lifecycle_fsm.domain.errors import StaleRevision, StoreFailed
from lifecycle_fsm.domain.history import Cause
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.domain.moments import from_ms, to_ms
from lifecycle_fsm.domain.scorecard import NO_HEALTH
from lifecycle_fsm.engine.evaluate import evaluate
from lifecycle_fsm.engine.migrate import stand
from lifecycle_fsm.engine.outcomes import Evaluation, Step
from lifecycle_fsm.engine.taking import next_taking, take_away
from lifecycle_fsm.services.changes import Stamp, change_of
from lifecycle_fsm.services.metering import count_steps
from lifecycle_fsm.services.reading import Reading
from lifecycle_fsm.store.change import AccountChange, Saved
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.layout import Layout
from lifecycle_fsm.store.transitions import save_many


class LostRace(StaleRevision):
    """Somebody else changed the account between reading and writing; nothing was written."""


def record(
    connection: Connection, reading: Reading, asked: Sequence[Step], stamp: Stamp, as_of: datetime, layout: Layout
) -> Evaluation:
    """
    Write the steps that were asked for, and all that data and time make of them, at once.

    Raises:
        LostRace: somebody else changed the account since it was read.
    """
    evaluation = evaluation_after(reading, asked, as_of)
    change = change_of(reading.stored, asked, evaluation, stamp)
    (outcome,) = save_many(connection, [change], layout)
    if isinstance(outcome, StaleRevision):
        raise LostRace(outcome.message, expected=outcome.expected, actual=outcome.actual)
    _check_complete(outcome)
    count_steps((*asked, *evaluation.steps))
    return evaluation


@dataclass(frozen=True, slots=True)
class Writes:
    """
    Accounts to evaluate by id, and the steps that come first for some of them.

    With `still`, data and time do not act on them yet: only those steps are taken. `by` says who asked for the steps
    of an account, where it is not who stands behind the whole write.
    """

    readings: Mapping[UUID, Reading]
    asked: Mapping[UUID, Sequence[Step]] = field(default_factory=dict)
    still: bool = False
    by: Mapping[UUID, str] = field(default_factory=dict)

    def stamped(self, account_id: UUID, stamp: Stamp) -> Stamp:
        """What stands behind the write of one account."""
        return replace(stamp, actor=self.by[account_id]) if account_id in self.by else stamp


def record_many(
    connection: Connection, writes: Writes, stamp: Stamp, as_of: datetime, layout: Layout
) -> dict[UUID, Evaluation | LostRace]:
    """
    Evaluate accounts and write what came of it, in few statements.

    An account that somebody else changed meanwhile is given as `LostRace` and stays as it is.
    """
    evaluations: dict[UUID, Evaluation] = {}
    changes: list[AccountChange] = []
    for account_id, reading in writes.readings.items():
        asked = writes.asked.get(account_id, ())
        find = standing_after if writes.still else evaluation_after
        evaluations[account_id] = find(reading, asked, as_of)
        changes.append(change_of(reading.stored, asked, evaluations[account_id], writes.stamped(account_id, stamp)))
    outcomes = save_many(connection, changes, layout)
    results = {
        account_id: _result(evaluation, outcome)
        for (account_id, evaluation), outcome in zip(evaluations.items(), outcomes, strict=True)
    }
    for account_id, result in results.items():
        if isinstance(result, Evaluation):
            count_steps((*writes.asked.get(account_id, ()), *result.steps))
    return results


def _result(evaluation: Evaluation, outcome: Saved | StaleRevision) -> Evaluation | LostRace:
    if isinstance(outcome, StaleRevision):
        return LostRace(outcome.message, expected=outcome.expected, actual=outcome.actual)
    _check_complete(outcome)
    return evaluation


def _check_complete(saved: Saved) -> None:
    """The engine decides on all CTAs of the revision that the write was won for, so none can find its place taken."""
    if saved.suppressed:
        raise StoreFailed(
            f"the CTA {saved.suppressed[0].cause_key!r} found its place taken by {saved.suppressed[0].by!r}, "
            "which the account's history does not know; run `lifecycle-fsm verify`"
        )


def evaluation_after(reading: Reading, asked: Sequence[Step], as_of: datetime) -> Evaluation:
    """Evaluate an account as the steps that were asked for left it; first another segment may take it."""
    lifecycle = asked[-1].lifecycle if asked else reading.lifecycle
    if reading.machine is None:
        return _awaited(reading, _untouched(lifecycle), as_of)
    ranked = reading.rules.of(lifecycle)
    taken = take_away(ranked, reading.machine, lifecycle, reading.facts.values, as_of)
    if taken is None:
        return _awaited(reading, evaluate(reading.machine, lifecycle, reading.facts, as_of, Cause.AUTOMATIC), as_of)
    there = evaluate(taken.machine, taken.step.lifecycle, reading.facts, as_of, Cause.AUTOMATIC)
    return _awaited(reading, replace(there, steps=(taken.step, *there.steps)), as_of)


def standing_after(reading: Reading, asked: Sequence[Step], as_of: datetime) -> Evaluation:
    """Look at an account as the steps that were asked for left it, and take no other."""
    lifecycle = asked[-1].lifecycle if asked else reading.lifecycle
    if reading.machine is None:
        return _awaited(reading, _untouched(lifecycle), as_of)
    return _awaited(reading, stand(reading.machine, lifecycle, reading.facts, as_of), as_of)


def _awaited(reading: Reading, evaluation: Evaluation, as_of: datetime) -> Evaluation:
    """The same, due as well when time alone may let another segment take the account."""
    lifecycle = evaluation.lifecycle
    if lifecycle.by_hand:
        return evaluation
    at = next_taking(reading.rules.of(lifecycle), reading.facts.values, as_of)
    if at is None or (evaluation.next_check_at is not None and to_ms(evaluation.next_check_at) <= at):
        return evaluation
    return replace(evaluation, next_check_at=from_ms(at))


def _untouched(lifecycle: Lifecycle) -> Evaluation:
    return Evaluation((), lifecycle, NO_HEALTH, {}, (), None)
