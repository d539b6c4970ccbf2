"""Where health is going, and which accounts wait since a value is not known."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.domain.reports.scope import ReportScope
from lifecycle_fsm.domain.reports.shares import Quartiles, quartiles
from lifecycle_fsm.services.reports.behind import asked_of, counted_of, followed
from lifecycle_fsm.services.reports.counting import counting
from lifecycle_fsm.services.reports.journeys import asked_since
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.reports.held import Held, count_held_by
from lifecycle_fsm.store.reports.scores import Change, count_scores, find_movers

__all__ = ["Change", "Held"]

MOST_DATES = 24
MOST_MOVERS = 100


@dataclass(frozen=True, slots=True)
class StageScores:
    """The accounts of a stage at a date, and the quartiles of the scores of those that had one."""

    at: datetime
    segment: str
    stage: str
    accounts: int
    scores: Quartiles


def health_trend(world: World, actor: Actor, scope: ReportScope, dates: Sequence[datetime]) -> tuple[StageScores, ...]:
    """
    The health of accounts by stage at each of the dates, in their order, then by segment and stage.

    Raises:
        InvalidInput: there are no dates, too many, or one lies after the scope's.
    """
    require(actor, Capability.READ)
    if not 0 < len(dates) <= MOST_DATES or any(date > scope.as_of for date in dates):
        raise InvalidInput(
            f"`dates` has {len(dates)} entries; expected 1 to {MOST_DATES}, none after `asOf`", path="dates"
        )
    found = list[StageScores]()
    with counting(world) as connection:
        for date in dates:
            asked = counted_of(connection, actor, replace(scope, as_of=date, is_present=False), {})
            for (segment, stage), counts in count_scores(connection, asked).scores.items():
                known = {score: number for score, number in counts.items() if score is not None}
                found.append(StageScores(date, segment, stage, sum(counts.values()), quartiles(known)))
    return tuple(found)


def score_movers(
    world: World, actor: Actor, scope: ReportScope, since: datetime, *, up: bool, limit: int
) -> tuple[Change, ...]:
    """
    The accounts whose score rose, or fell, most from `since` to the scope's date, largest change first.

    Raises:
        InvalidInput: `since` is not before the date, or the number is out of bounds.
    """
    require(actor, Capability.READ)
    asked_since(scope, since)
    if not 0 < limit <= MOST_MOVERS:
        raise InvalidInput(f"`first` is {limit}; expected 1 to {MOST_MOVERS}", path="first")
    with counting(world) as connection:
        asked = counted_of(connection, actor, scope, {"since": str(to_ms(since))})
        return find_movers(connection, asked, up=up, limit=limit)


def held_by_unknown(world: World, actor: Actor, scope: ReportScope) -> tuple[Held, ...]:
    """
    Accounts by the automatic transitions that wait now since a value is not known, sorted.

    Raises:
        InvalidInput: the scope's date is over.
    """
    require(actor, Capability.READ)
    scope.of_now(world.clock(), "heldByUnknown")
    with counting(world) as connection:
        asked = asked_of(connection, actor, scope, {})
        return count_held_by(connection, replace(asked, machines=followed(world, connection, scope)))
