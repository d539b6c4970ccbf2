"""The places of guards and leaves in a machine, in the paths that positions know."""

from collections.abc import Iterator

from lifecycle_fsm.engine.machine import Alert, Machine
from lifecycle_fsm.guards.model import All, AnyOf, AtLeastOf, Guard, Held, Leaf, Not


def placed_guards(machine: Machine) -> Iterator[tuple[str, Guard]]:
    """Every condition that the text of a machine writes, with its path, in the order of the text."""
    if machine.assignment.when is not None:
        yield "applies_to.when", machine.assignment.when
    for transition in machine.transitions:
        path = f"stages.{transition.source}.transitions.{transition.key}"
        yield from ((f"{path}.requires.{index}", leaf) for index, leaf in enumerate(transition.requires))
        yield f"{path}.when", transition.when
    yield from ((f"milestones.{each.milestone}.when", each.when) for each in machine.achievements)
    for alert in machine.alerts:
        yield from _of_alert(alert)
    for rule in machine.cta_rules:
        if rule.close_when is not None:
            yield f"ctas.{rule.template}.close_when", rule.close_when


def _of_alert(alert: Alert) -> Iterator[tuple[str, Guard]]:
    path = f"alerts.{alert.key}"
    yield f"{path}.when", alert.when
    if alert.clear_when is not None:
        yield f"{path}.clear_when", alert.clear_when
    for level in alert.levels:
        if level.when is not None:
            yield f"{path}.levels.{level.severity.value}.when", level.when


def placed_leaves(machine: Machine) -> Iterator[tuple[str, Leaf]]:
    """Every leaf of every condition, with its path."""
    for path, guard in placed_guards(machine):
        yield from leaves_under(path, guard)


def leaves_under(path: str, guard: Guard) -> Iterator[tuple[str, Leaf]]:
    """Every leaf of one condition; a held leaf has the path of its condition."""
    for place, part in parts_under(path, guard):
        yield place, part.leaf if isinstance(part, Held) else part


def parts_under(path: str, guard: Guard) -> Iterator[tuple[str, Leaf | Held]]:
    """Every leaf of one condition, or what holds it."""
    match guard:
        case Leaf() | Held():
            yield path, guard
        case Not():
            yield from parts_under(f"{path}.not", guard.part)
        case All() | AnyOf() | AtLeastOf():
            word = {All: "all", AnyOf: "any", AtLeastOf: "at_least_of"}[type(guard)]
            for index, part in enumerate(guard.parts):
                yield from parts_under(f"{path}.{word}.{index}", part)
