"""How long an account was in its stages, visit by visit and in all."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from lifecycle_fsm.domain.scorecard import Band


@dataclass(frozen=True, slots=True)
class Visit:
    """
    One visit to a stage.

    `exited_at`, `to_stage`, `transition` and the health on leaving are None while it goes on;
    `transition` also where a migration or another segment ended it. `spent` is how long it
    took, or has taken so far, without what it was `paused`;
    `expected` how long it was to take at most under the version of the rules that it ended
    under, None without a limit. `seq` is the number of the history
    row with which it ended, None while it goes on.
    """

    segment: str
    stage: str
    title: str
    entered_at: datetime
    exited_at: datetime | None
    spent: timedelta
    expected: timedelta | None
    paused: timedelta = timedelta()
    to_stage: str | None = None
    transition: str | None = None
    health_score: float | None = None
    health_band: Band | None = None
    seq: int | None = None

    @property
    def variance(self) -> timedelta | None:
        """How much longer it took than expected, negative for shorter; None where nothing was expected."""
        return None if self.expected is None else self.spent - self.expected


@dataclass(frozen=True, slots=True)
class StageTotal:
    """
    All visits to one stage of one segment, oldest first, at least one.

    The running one counts with what it has taken so far.
    """

    visits: tuple[Visit, ...]

    @property
    def latest(self) -> Visit:
        """The newest visit."""
        return self.visits[-1]

    @property
    def cumulative(self) -> timedelta:
        """How long all visits took together."""
        return sum((visit.spent for visit in self.visits), timedelta())

    @property
    def variance(self) -> timedelta | None:
        """The sum over the visits that were to end by some time; None where none was."""
        known = [visit.variance for visit in self.visits if visit.variance is not None]
        return sum(known, timedelta()) if known else None


def totals_of(visits: Iterable[Visit]) -> tuple[StageTotal, ...]:
    """Gather visits, oldest first, by stage, in the order of the first visits."""
    found: dict[tuple[str, str], list[Visit]] = {}
    for visit in visits:
        found.setdefault((visit.segment, visit.stage), []).append(visit)
    return tuple(StageTotal(tuple(each)) for each in found.values())
