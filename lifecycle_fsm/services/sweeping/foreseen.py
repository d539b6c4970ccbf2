"""What a sweep came to, and what a rehearsal of one foresees."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.domain.run import COUNTERS, RunSummary, counts_of
from lifecycle_fsm.engine.outcomes import Evaluation, Step
from lifecycle_fsm.services.apart import Prepared, Result
from lifecycle_fsm.services.notes import note_of
from lifecycle_fsm.store.ledger import EffectNote
from lifecycle_fsm.store.runs import SetAside

LISTED = 1_000
"""How many accounts are listed one by one."""


@dataclass(frozen=True, slots=True)
class ForeseenStep:
    """One history row that would be written, with its effects."""

    kind: RecordKind
    from_stage: str | None
    to_stage: str
    transition: str | None
    subject: str | None
    effects: tuple[EffectNote, ...]


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What would happen to one account, in order."""

    account_id: UUID
    steps: tuple[ForeseenStep, ...]


@dataclass(frozen=True, slots=True)
class SweepSummary(RunSummary):
    """
    The counts of a sweep with its run, and the accounts that it set aside, at most 1,000.

    A rehearsal has no run; its `effects` are those of the first 1,000 accounts.
    """

    run_id: UUID | None = None
    effects: tuple[Foreseen, ...] = ()
    set_aside: tuple[SetAside, ...] = ()


def sweep_summary(
    counted: RunSummary,
    run_id: UUID | None,
    effects: tuple[Foreseen, ...] = (),
    set_aside: tuple[SetAside, ...] = (),
) -> SweepSummary:
    """The counts with what belongs to them."""
    counts = dict(zip(COUNTERS, counts_of(counted), strict=True))
    return SweepSummary(**counts, run_id=run_id, effects=effects, set_aside=set_aside)


def effects_of(prepared: Prepared, results: Mapping[UUID, Result]) -> Iterator[Foreseen]:
    """What evaluations would write, by account; those that would write no history are left out."""
    for account_id, result in results.items():
        if isinstance(result, Evaluation):
            steps = (*prepared.asked.get(account_id, ()), *result.steps)
            if steps:
                yield Foreseen(account_id, tuple(_foreseen(step) for step in steps))


def _foreseen(step: Step) -> ForeseenStep:
    effects = tuple(note_of(done) for done in step.done)
    return ForeseenStep(step.kind, step.from_stage, step.lifecycle.stage, step.transition, step.subject, effects)
