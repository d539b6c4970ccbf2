"""One account taken through the past under a draft: people do what they did, data and time do what the draft says."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from lifecycle_fsm.domain.facts import Facts
from lifecycle_fsm.domain.history import Cause
from lifecycle_fsm.domain.landing import Landing
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.engine.advance import carry_out
from lifecycle_fsm.engine.asked import date_milestone, end_cta, set_plans
from lifecycle_fsm.engine.decide import decide
from lifecycle_fsm.engine.evaluate import evaluate
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.engine.migrate import Route, land, migrate
from lifecycle_fsm.engine.outcomes import Moved, Step
from lifecycle_fsm.engine.pausing import Span, begin_pause, end_pause
from lifecycle_fsm.engine.taking import take_away
from lifecycle_fsm.services.planning.draft import Versions, route
from lifecycle_fsm.services.planning.past import (
    ClockDeed,
    ClockResumed,
    CtaDone,
    Deed,
    MilestoneDated,
    PauseSet,
    PlanMoved,
    SegmentChosen,
    TriggerFired,
)


@dataclass(slots=True)
class Runner:
    """
    Hold an account in the middle of a replay; `now` is the account as it really stands, with all CTAs and plans.

    `machine` is the one that the account follows, among those of the draft by segment, in the order of rank.
    """

    draft: Mapping[str, Machine]
    machine: Machine
    lifecycle: Lifecycle
    now: Lifecycle
    deeds: Sequence[Deed]
    done: int = 0

    def advance(self, facts: Facts, as_of: datetime) -> tuple[Step, ...]:
        """Let people do what they did up to the date, then data and time what they do; give all steps."""
        steps: list[Step] = []
        for deed in self._due(as_of):
            done = self._set_clock(deed) if isinstance(deed, ClockDeed) else self._repeat(deed, facts, as_of)
            for step in done:
                self.lifecycle = step.lifecycle
                steps.append(step)
            steps += self._evaluate(facts, as_of)
        steps += self._evaluate(facts, as_of)
        return tuple(steps)

    def _due(self, as_of: datetime) -> Iterator[Deed]:
        while self.done < len(self.deeds) and self.deeds[self.done].at <= as_of:
            yield self.deeds[self.done]
            self.done += 1

    def _evaluate(self, facts: Facts, as_of: datetime) -> Iterator[Step]:
        """First another segment may take the account, as in an evaluation of the present."""
        taken = take_away(tuple(self.draft.values()), self.machine, self.lifecycle, facts.values, as_of)
        if taken is not None:
            self.machine, self.lifecycle = taken.machine, taken.step.lifecycle
            yield taken.step
        evaluation = evaluate(self.machine, self.lifecycle, facts, as_of)
        self.lifecycle = evaluation.lifecycle
        yield from evaluation.steps

    def _repeat(self, deed: Deed, facts: Facts, as_of: datetime) -> Iterator[Step]:
        """The step of a deed; none where the draft leaves no room for it."""
        match deed:
            case TriggerFired(_, trigger):
                decided = decide(self.machine, self.lifecycle, trigger, facts, as_of)
                if isinstance(decided, Moved):
                    yield carry_out(self.machine, self.lifecycle, decided, Cause.PERSON, as_of, facts)
            case MilestoneDated(at, milestone):
                if milestone not in self.lifecycle.milestones:
                    yield date_milestone(self.lifecycle, milestone, at, as_of)
            case CtaDone(_, template, outcome):
                found = (cta for cta in self.lifecycle.ctas if cta.is_open and cta.template == template)
                yield from (end_cta(self.lifecycle, cta, outcome, as_of) for cta in islice(found, 1))
            case PlanMoved(at, kind):
                plans = tuple(plan for plan in self.now.plans if plan.opened_at <= at)
                yield set_plans(self.lifecycle, kind, plans, as_of)
            case SegmentChosen():
                yield from self._put(deed, as_of)

    def _set_clock(self, deed: ClockDeed) -> Iterator[Step]:
        pause = self.lifecycle.pause
        if isinstance(deed, PauseSet) and pause is None:
            yield begin_pause(self.lifecycle, Span(deed.since, deed.until), None, deed.at)
        elif isinstance(deed, ClockResumed) and pause is not None:
            yield end_pause(self.lifecycle, pause, deed.at, Cause.PERSON, deed.at)

    def _put(self, chosen: SegmentChosen, as_of: datetime) -> Iterator[Step]:
        machine = self.draft.get(chosen.segment)
        stage = chosen.stage if machine is None or chosen.stage in machine.stages else self.lifecycle.stage
        if machine is None or stage not in machine.stages:
            return
        way = Route(self.machine, machine, {self.lifecycle.stage: Landing(stage)})
        step = migrate(way, self.lifecycle, as_of, Cause.PERSON)
        self.machine = machine
        yield replace(step, lifecycle=replace(step.lifecycle, by_hand=chosen.by_hand))


@dataclass(frozen=True, slots=True)
class Stood:
    """An account as it stood under the rules of its time, and as it stands now."""

    machine: Machine
    lifecycle: Lifecycle
    now: Lifecycle
    deeds: Sequence[Deed]


def begin_replay(versions: Versions, stood: Stood, facts: Facts, as_of: datetime) -> Runner | None:
    """
    Put an account where the draft has it at its first date; None where its stage leads nowhere.

    It goes on in its segment as a migration would take it there, unless the draft's rules give it to another.
    """
    machine = stood.machine
    lifecycle = replace(stood.lifecycle, segment=machine.segment)
    if machine.segment in versions.after:
        way = route(versions, machine, machine.segment)
        if lifecycle.stage in way.landings:
            machine, lifecycle = way.after, land(way, lifecycle, as_of)
    taken = take_away(tuple(versions.after.values()), machine, lifecycle, facts.values, as_of)
    if taken is not None:
        machine, lifecycle = taken.machine, taken.step.lifecycle
    if versions.after.get(machine.segment) is not machine:
        return None
    return Runner(versions.after, machine, lifecycle, stood.now, stood.deeds)
