"""Accounts evaluated: at once after a small write, or all that are waiting."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.engine.outcomes import CtaEscalated, CtaOpened, CtaSuppressed, Evaluation
from lifecycle_fsm.services.assign import offer
from lifecycle_fsm.services.changes import Stamp
from lifecycle_fsm.services.reading import read_accounts
from lifecycle_fsm.services.record import LostRace, Writes, record_many
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.ids import new_id
from lifecycle_fsm.store.layout import Layout, load_layout
from lifecycle_fsm.store.waiting import find_waiting, forget_waiting

PAGE = 500
"""How many accounts one transaction evaluates."""


@dataclass(frozen=True, slots=True)
class RunSummary:
    """Count what an evaluation run looked at and did; `changed_meanwhile` are tried again by the next run."""

    looked_at: int = 0
    moved: int = 0
    ctas_opened: int = 0
    ctas_escalated: int = 0
    ctas_suppressed: int = 0
    held_by_unknown: int = 0
    unassigned: int = 0
    changed_meanwhile: int = 0

    def __add__(self, other: "RunSummary") -> "RunSummary":
        """Add up two runs."""
        return RunSummary(*(mine + theirs for mine, theirs in zip(_counts(self), _counts(other), strict=True)))


def _counts(summary: RunSummary) -> tuple[int, ...]:
    return (
        summary.looked_at,
        summary.moved,
        summary.ctas_opened,
        summary.ctas_escalated,
        summary.ctas_suppressed,
        summary.held_by_unknown,
        summary.unassigned,
        summary.changed_meanwhile,
    )


def evaluate_waiting(
    world: World, actor: Actor, as_of: datetime | None = None, told: Callable[[RunSummary], None] | None = None
) -> RunSummary:
    """
    Evaluate every account that is marked or whose deadline has passed, page by page, until none is left.

    Each page is one transaction, so that an interrupted run loses nothing and is gone on with by the next.
    `told` is called after each page with what the run has come to so far.

    Raises:
        Forbidden: the actor may not evaluate.
    """
    require(actor, Capability.EVALUATE)
    at = as_of or world.clock()
    total = RunSummary()
    while (summary := _evaluate_page(world, at)).looked_at:
        total += summary
        if told is not None:
            told(total)
        if summary.changed_meanwhile == summary.looked_at:
            break
    return total


def _evaluate_page(world: World, as_of: datetime) -> RunSummary:
    with world.database.writing() as connection:
        waiting = find_waiting(connection, to_ms(as_of), PAGE)
        layout = load_layout(connection)
        stamp = Stamp(recorded_at=as_of, run_id=new_id(to_ms(as_of)))
        results = evaluate_ids(world, connection, layout, [each.account_id for each in waiting], stamp, as_of)
        lost = {account_id for account_id, result in results.items() if isinstance(result, LostRace)}
        forget_waiting(connection, [each for each in waiting if each.account_id not in lost])
        return summary_of(results)


def evaluate_ids(
    world: World, connection: Connection, layout: Layout, ids: Sequence[UUID], stamp: Stamp, as_of: datetime
) -> dict[UUID, Evaluation | LostRace]:
    """Evaluate accounts in the caller's transaction; those that no segment had are offered to the segments first."""
    readings = read_accounts(world, connection, ids, layout, as_of)
    taken = offer(world, connection, readings.values(), as_of)
    readings |= {account_id: assigned.reading for account_id, assigned in taken.items()}
    asked = {account_id: (assigned.step,) for account_id, assigned in taken.items()}
    return record_many(connection, Writes(readings, asked), stamp, as_of, layout)


def summary_of(results: Mapping[UUID, Evaluation | LostRace]) -> RunSummary:
    """Count what came of each account."""
    total = RunSummary(looked_at=len(results))
    for result in results.values():
        if isinstance(result, LostRace):
            total += RunSummary(changed_meanwhile=1)
        else:
            total += _summary(result)
    return total


def _summary(evaluation: Evaluation) -> RunSummary:
    done = [each for step in evaluation.steps for each in step.done]
    return RunSummary(
        moved=sum(step.kind is RecordKind.MOVED for step in evaluation.steps),
        ctas_opened=sum(isinstance(each, CtaOpened) for each in done),
        ctas_escalated=sum(isinstance(each, CtaEscalated) for each in done),
        ctas_suppressed=sum(isinstance(each, CtaSuppressed) for each in done),
        held_by_unknown=bool(evaluation.held_by_unknown),
        unassigned=evaluation.lifecycle.machine == "unassigned",
    )
