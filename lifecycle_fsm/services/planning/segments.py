"""What a plan says about each segment, put together from what was found out."""

from collections.abc import Iterator
from itertools import islice

from lifecycle_fsm.definition.diff import diff
from lifecycle_fsm.domain.landing import Landing, StageClock
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.services.planning.content import (
    MOST_SAMPLES,
    Accounts,
    SegmentChange,
    SegmentPlan,
    StageEffect,
)
from lifecycle_fsm.services.planning.draft import Versions
from lifecycle_fsm.services.planning.looking import Seen
from lifecycle_fsm.services.planning.meaning import meanings
from lifecycle_fsm.services.planning.tally import Counter
from lifecycle_fsm.store.population import Group


def segment_plans(versions: Versions, seen: Seen) -> Iterator[SegmentPlan]:
    """Every segment of the draft in the order of rank, then those that are removed."""
    for segment in {**versions.after, **versions.before}:
        yield _segment(versions, seen, segment)


def _segment(versions: Versions, seen: Seen, segment: str) -> SegmentPlan:
    before, after, tally = versions.before.get(segment), versions.after.get(segment), seen.tallies[segment]
    shown = after or before
    assert shown is not None
    return SegmentPlan(
        segment=segment,
        title=shown.title,
        change=_change(before, after),
        before=None if before is None else before.digest,
        after=None if after is None else after.digest,
        parts=diff(before, after),
        meanings=meanings(before, after),
        stages=tuple(_stages(seen, segment, shown)),
        moves=tuple(tally.move_effects()),
        exits=tuple(tally.exit_effects()),
        deeds=tuple(tally.deed_effects()),
        arrivals=tuple(tally.arrival_effects()),
    )


def _change(before: Machine | None, after: Machine | None) -> SegmentChange:
    if before is None:
        return SegmentChange.ADDED
    if after is None:
        return SegmentChange.REMOVED
    return SegmentChange.UNCHANGED if before.digest == after.digest else SegmentChange.CHANGED


def _stages(seen: Seen, segment: str, shown: Machine) -> Iterator[StageEffect]:
    """The stages that have accounts, in the order of the version that is shown, old ones last."""
    order = {stage: place for place, stage in enumerate(shown.stages)}
    own = (group for group in seen.groups if group.segment == segment)
    for group in sorted(own, key=lambda group: (order.get(group.stage, len(order)), group.stage, group.machine)):
        yield _stage(seen, group)


def _stage(seen: Seen, group: Group) -> StageEffect:
    key, tally = (group.machine, group.stage), seen.tallies[group.segment]
    accounts = group.accounts - seen.reassigned.leaving.get((group.segment, *key), 0)
    moving = tally.moving.get(key, Counter()).accounts()
    landing = _landing(seen, group)
    return StageEffect(
        machine=group.machine,
        stage=group.stage,
        lands_in=None if landing is None else landing.stage,
        clock=StageClock.KEEP if landing is None else landing.clock,
        accounts=accounts,
        moving=moving,
        staying=Accounts(accounts - moving.number, tuple(islice(tally.watched[key], MOST_SAMPLES))),
        blocked=tally.blocked.get(key, Counter()).accounts(),
        unblocked=tally.unblocked.get(key, Counter()).accounts(),
    )


def _landing(seen: Seen, group: Group) -> Landing | None:
    way = seen.routes.get((group.segment, group.machine))
    return Landing(group.stage) if way is None else way.landings.get(group.stage)
