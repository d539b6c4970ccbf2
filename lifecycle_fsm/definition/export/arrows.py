"""What a drawing shows between two stages."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from lifecycle_fsm.definition.export.summaries import brief
from lifecycle_fsm.engine.machine import Machine, Transition


@dataclass(frozen=True, slots=True)
class Arrow:
    """One arrow and its label, `trigger [condition]`."""

    source: str
    target: str
    label: str


def arrows(machine: Machine) -> Iterator[Arrow]:
    """Every arrow, stage by stage in the order of the text, in the order in which exits are tried."""
    for exits in machine.exits.values():
        for transition in exits:
            for label in _labels(transition):
                yield Arrow(transition.source, transition.target, label)


def _labels(transition: Transition) -> Iterator[str]:
    """One label for triggers that ask for the same; `min_dwell` can make `auto` ask for more."""
    for guard, triggers in groupby(transition.triggers, transition.guard):
        condition = brief(guard)
        yield ", ".join(triggers) + (f" [{condition}]" if condition else "")
