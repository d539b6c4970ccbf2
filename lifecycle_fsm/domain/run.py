"""What a run over many accounts came to."""

from dataclasses import dataclass, fields
from enum import StrEnum


class RunKind(StrEnum):
    """What a run over many accounts is."""

    EVALUATION = "evaluation"
    """Accounts that were marked or due."""
    SWEEP = "sweep"
    """Every account, decided on set-wise at one date."""
    BACK_FILL = "back_fill"
    """Every account at one date of the past."""
    UNDO = "undo"
    """What another run did, taken back."""


class AsideCause(StrEnum):
    """Why a run left an account as it was."""

    FAILED = "failed"
    """Its evaluation raised an error; it is tried again."""
    DISAGREED = "disagreed"
    """The database and the engine decide differently."""


@dataclass(frozen=True, slots=True)
class RunSummary:
    """
    Count what an evaluation run or a sweep looked at and did.

    `changed_meanwhile` are accounts that somebody else changed between decision and
    write, `failed` those whose evaluation raised: both are tried again by the next run.
    `disagreements` are accounts on which the set-wise decision and the engine differ;
    nothing was written for them. `candidates` are those that a sweep gave to the engine.
    """

    looked_at: int = 0
    moved: int = 0
    ctas_opened: int = 0
    ctas_escalated: int = 0
    ctas_suppressed: int = 0
    held_by_unknown: int = 0
    unassigned: int = 0
    changed_meanwhile: int = 0
    alerts: int = 0
    disagreements: int = 0
    failed: int = 0
    candidates: int = 0

    def __add__(self, other: "RunSummary") -> "RunSummary":
        """Add up two runs."""
        return RunSummary(*(mine + theirs for mine, theirs in zip(counts_of(self), counts_of(other), strict=True)))


COUNTERS = tuple(field.name for field in fields(RunSummary))
"""The names of the counts, in order."""


def counts_of(summary: RunSummary) -> tuple[int, ...]:
    """The counts, in the order of `COUNTERS`."""
    return tuple(getattr(summary, name) for name in COUNTERS)
