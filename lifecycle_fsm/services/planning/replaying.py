"""One account taken through the past under a draft: people do what they did, data and time do what the draft says."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from lifecycle_fsm.domain.facts import Facts
from lifecycle_fsm.domain.history import Cause
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.engine.advance import carry_out
from lifecycle_fsm.engine.asked import date_milestone, end_cta, set_plans
from lifecycle_fsm.engine.decide import decide
from lifecycle_fsm.engine.evaluate import evaluate
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.engine.outcomes import Moved, Step
from lifecycle_fsm.services.planning.past import CtaDone, Deed, MilestoneDated, PlanMoved, TriggerFired


@dataclass(slots=True)
class Runner:
    """
    Hold an account in the middle of a replay; `now` is the account as it really stands, with all CTAs and plans.

    `steps` are those that the draft made since the last `take`.
    """

    machine: Machine
    lifecycle: Lifecycle
    now: Lifecycle
    deeds: Sequence[Deed]
    done: int = 0

    def advance(self, facts: Facts, as_of: datetime) -> tuple[Step, ...]:
        """Let people do what they did up to the date, then data and time what they do; give all steps."""
        steps: list[Step] = []
        for deed in self._due(as_of):
            for step in self._repeat(deed, facts, as_of):
                self.lifecycle = step.lifecycle
                steps.append(step)
            steps += self._evaluate(facts, as_of)
        steps += self._evaluate(facts, as_of)
        return tuple(steps)

    def _due(self, as_of: datetime) -> Iterator[Deed]:
        while self.done < len(self.deeds) and self.deeds[self.done].at <= as_of:
            yield self.deeds[self.done]
            self.done += 1

    def _evaluate(self, facts: Facts, as_of: datetime) -> Iterable[Step]:
        evaluation = evaluate(self.machine, self.lifecycle, facts, as_of)
        self.lifecycle = evaluation.lifecycle
        return evaluation.steps

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
                found = [cta for cta in self.lifecycle.ctas if cta.is_open and cta.template == template]
                if found:
                    yield end_cta(self.lifecycle, found[0], outcome, as_of)
            case PlanMoved(at, kind):
                plans = tuple(plan for plan in self.now.plans if plan.opened_at <= at)
                yield set_plans(self.lifecycle, kind, plans, as_of)


def begun(machine: Machine, stood: Lifecycle, stage: str) -> Lifecycle:
    """The account as it begins a replay, in a stage of the draft."""
    return replace(stood, segment=machine.segment, machine=machine.digest, stage=stage)
