"""Triggers that made-up people fire: some too early, which history keeps as refusals."""

from collections.abc import Iterator
from datetime import datetime

from lifecycle_fsm.domain.facts import Facts
from lifecycle_fsm.domain.history import Cause
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.engine.advance import carry_out
from lifecycle_fsm.engine.asked import keep_refusal
from lifecycle_fsm.engine.decide import decide, offered
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.engine.outcomes import Moved, Refused, Step
from lifecycle_fsm.services.demo.population import Character

_FORWARD = ("start_onboarding", "launch", "approve", "finish_onboarding")
"""The triggers with which a CSM moves an account on."""


def attempts_of(
    character: Character, machine: Machine, lifecycle: Lifecycle, facts: Facts, as_of: datetime
) -> Iterator[Step]:
    """The step of a CSM who tries to move an account on; one in ten days, by the account's number."""
    if not character.is_touched or (as_of.toordinal() + character.number) % 10 != 0:
        return
    trigger = next((each for each in offered(machine, lifecycle.stage) if each in _FORWARD), None)
    if trigger is None:
        return
    outcome = decide(machine, lifecycle, trigger, facts, as_of)
    if isinstance(outcome, Moved):
        yield carry_out(machine, lifecycle, outcome, Cause.PERSON, as_of, facts)
    elif isinstance(outcome, Refused) and character.number % 4 == 0:
        yield keep_refusal(lifecycle, outcome, as_of)
