"""Whether a trigger moves a lifecycle, and if not, why not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from lifecycle_fsm.domain.facts import Facts
from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.engine.machine import AUTO, Machine, Transition
from lifecycle_fsm.engine.outcomes import Decision, Judged, Moved, Refused, Untriggered
from lifecycle_fsm.engine.rows import guard_row, observed_row
from lifecycle_fsm.engine.runner import Token, runner_of
from lifecycle_fsm.guards.explain import explain
from lifecycle_fsm.guards.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Available:
    """One way out of the present stage: a transition, one of its triggers, and whether it would move now."""

    transition: Transition
    trigger: str
    verdict: Verdict

    @property
    def is_automatic(self) -> bool:
        """Whether data fires it, not a person."""
        return self.trigger == AUTO


def decide(machine: Machine, lifecycle: Lifecycle, trigger: str, facts: Facts, as_of: datetime) -> Decision:
    """
    Judge a trigger on the facts of one account, changing nothing.

    Transitions are tried by falling priority; the first whose guard is true is taken.
    A guard that is unknown does not move and does not stop the next one.
    """
    if not any(trigger in transition.triggers for transition in machine.exits[lifecycle.stage]):
        return Untriggered(lifecycle.stage, trigger, offered(machine, lifecycle.stage))
    row, _ = guard_row(machine, lifecycle, facts, to_ms(as_of))
    return decide_on_row(machine, lifecycle.stage, trigger, row, to_ms(as_of))


def decide_on_row(
    machine: Machine, stage: str, trigger: str, row: Mapping[str, Value], as_of_ms: int
) -> Moved | Refused:
    """
    Judge a trigger on a row, as recorded or just gathered.

    A row in the order of `machine.fields` is read by position; one from a record may have any order.
    """
    token = Token(stage, tuple(row.get(field.key) for field in machine.fields), as_of_ms)
    if runner_of(machine).trigger(trigger, token):
        assert token.taken is not None
        verdict = explain(token.taken.guard(trigger), row, as_of_ms)
        return Moved(token.taken, trigger, verdict, token.noted, row)
    judged = tuple(
        Judged(transition, explain(transition.guard(trigger), row, as_of_ms))
        for transition in machine.exits[stage]
        if trigger in transition.triggers
    )
    return Refused(stage, trigger, judged, row)


def override(machine: Machine, refused: Refused) -> Moved:
    """Take the first refused transition all the same; its verdict stays as it was found."""
    transition, verdict = refused.judged[0].transition, refused.judged[0].verdict
    source, target = machine.stages[transition.source], machine.stages[transition.target]
    effects = (*source.on_exit, *transition.effects, *target.on_enter)
    return Moved(transition, refused.trigger, verdict, effects, refused.inputs)


def available(machine: Machine, lifecycle: Lifecycle, facts: Facts, as_of: datetime) -> tuple[Available, ...]:
    """Every transition out of the present stage with each of its triggers, in the order in which they are tried."""
    as_of_ms = to_ms(as_of)
    row, _ = guard_row(machine, lifecycle, facts, as_of_ms)
    told = observed_row(row, facts)
    return tuple(
        Available(transition, trigger, explain(transition.guard(trigger), told, as_of_ms))
        for transition in machine.exits[lifecycle.stage]
        for trigger in transition.triggers
    )


def offered(machine: Machine, stage: str) -> tuple[str, ...]:
    """The triggers that people may fire in a stage, sorted."""
    triggers = {trigger for transition in machine.exits[stage] for trigger in transition.triggers}
    return tuple(sorted(triggers - {AUTO}))
