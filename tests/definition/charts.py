"""Machines that exports are tried on: a small one to read, and one whose titles try to break out."""

from dataclasses import replace

from lifecycle_fsm.definition.configuration import compile_configuration
from lifecycle_fsm.domain.effects import Notify, OpenCta, ReachMilestone
from lifecycle_fsm.domain.moments import DAY_MS
from lifecycle_fsm.engine.machine import Machine, Stage
from lifecycle_fsm.guards.model import AnyOf, Held, Not
from tests.builders import a_machine, a_transition, reached, stage_age, usage
from tests.definition.folders import folder

HOSTILE = 'a "b": c; <d> &amp; {e}\n%%{init}%% \\N \\" --> `f` # [*] ]]> \x07 é'


def a_small_machine() -> Machine:
    """Three stages; conditions of every shape; an unconditional move; a final stage."""
    return a_machine(
        a_transition("start", "new", "note", Held(usage(20.0), 7 * DAY_MS), "auto", "go", min_dwell_ms=DAY_MS),
        a_transition("lose", "new", "lost", AnyOf((Not(usage(50.0)), reached("first_value"))), "auto", priority=5),
        a_transition("again", "note", "note", stage_age(1), effects=(ReachMilestone("first_value"),)),
        a_transition("give.up", "note", "lost", effects=(Notify("leads", "gone"),)),
        stages=(
            Stage("new", "New", on_exit=(Notify("leads", "left"),)),
            Stage("note", "Note: taken", on_enter=(OpenCta("call"),)),
            Stage("lost", "Lost", final=True),
        ),
    )


def a_hostile_machine() -> Machine:
    """Every text that people choose freely is `HOSTILE`; names have the dots that names may have."""
    shout = (Notify(HOSTILE, HOSTILE),)
    leaf = usage(20.0)
    guard = replace(leaf, subject=replace(leaf.subject, title=HOSTILE, unit=HOSTILE))
    machine = a_machine(
        a_transition("b", "a.b", "a", guard, "on.auto", effects=shout),
        a_transition("b.b", "a", "a.b", guard, "on.auto", effects=shout),
        stages=(Stage("a.b", HOSTILE, on_enter=shout, on_exit=shout), Stage("a", HOSTILE, on_enter=shout)),
    )
    return replace(machine, title=HOSTILE)


def a_demo_machine(segment: str) -> Machine:
    """One of the demo's machines, as it is published."""
    configuration = compile_configuration(folder("demo")).configuration
    assert configuration is not None
    return configuration.machines[segment]
