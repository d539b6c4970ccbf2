"""An account in the middle of an evaluation: its lifecycle, and the row that follows from it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from lifecycle_fsm.domain.facts import Facts
from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.domain.scorecard import HealthScore
from lifecycle_fsm.domain.zones import Zone
from lifecycle_fsm.engine.machine import Machine, Stage
from lifecycle_fsm.engine.outcomes import Step
from lifecycle_fsm.engine.rows import guard_row


@dataclass(frozen=True, slots=True)
class Situation:
    """
    Hold what an evaluation has come to.

    `row` and `health` always belong to `lifecycle`; `steps` are those taken so far.
    """

    machine: Machine
    lifecycle: Lifecycle
    facts: Facts
    as_of: datetime
    row: Mapping[str, Value]
    health: HealthScore
    steps: tuple[Step, ...] = ()

    @property
    def as_of_ms(self) -> int:
        """The evaluation date in milliseconds since 1970."""
        return to_ms(self.as_of)

    @property
    def zone(self) -> Zone:
        """Where the days of the account begin."""
        return self.machine.zone(self.facts.values)

    @property
    def stage(self) -> Stage:
        """The rules of the present stage."""
        return self.machine.stages[self.lifecycle.stage]

    def after(self, step: Step) -> "Situation":
        """The situation once the step is taken."""
        return replace(self.with_lifecycle(step.lifecycle), steps=(*self.steps, step))

    def with_lifecycle(self, lifecycle: Lifecycle) -> "Situation":
        """The situation with another value of the lifecycle, and no step for it."""
        row, health = guard_row(self.machine, lifecycle, self.facts, self.as_of_ms)
        return replace(self, lifecycle=lifecycle, row=row, health=health)


def situation_of(machine: Machine, lifecycle: Lifecycle, facts: Facts, as_of: datetime) -> Situation:
    """The situation in which an evaluation begins."""
    row, health = guard_row(machine, lifecycle, facts, to_ms(as_of))
    return Situation(machine, lifecycle, facts, as_of, row, health)
