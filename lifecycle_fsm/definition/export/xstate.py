"""Machines as XState v5 configurations."""

from collections.abc import Iterable, Mapping, Sequence

import orjson

from lifecycle_fsm.definition.export.names import action, condition_name, escaped
from lifecycle_fsm.definition.export.summaries import summary
from lifecycle_fsm.domain.effects import Effect
from lifecycle_fsm.engine.machine import Machine, Stage, Transition

Json = str | bool | Sequence["Json"] | Mapping[str, "Json"]


def xstate(machine: Machine) -> str:
    """
    The machine as JSON for `setup({guards, actions}).createMachine(…)`.

    Guards are named `<stage>.<transition>.<trigger>`. Actions are named by the word of
    their effect, with what it is about as `params`. Exits of one trigger stand in the
    order in which they are tried.
    """
    stages = {key: _stage(stage, machine.exits[key]) for key, stage in machine.stages.items()}
    chart = {"id": machine.segment, "description": machine.title, "initial": machine.initial, "states": stages}
    return orjson.dumps(chart, option=orjson.OPT_INDENT_2).decode() + "\n"


def _stage(stage: Stage, exits: Iterable[Transition]) -> Json:
    on: dict[str, list[Json]] = {}
    for transition in exits:
        for trigger in transition.triggers:
            on.setdefault(trigger, []).append(_transition(transition, trigger))
    parts: dict[str, Json] = {"entry": _actions(stage.on_enter), "exit": _actions(stage.on_exit), "on": on}
    final = {"type": "final"} if stage.final else {}
    return {"description": stage.title, **final, **_present(parts)}


def _transition(transition: Transition, trigger: str) -> Json:
    guard = condition_name(transition, trigger)
    parts: dict[str, Json] = {
        "guard": {} if guard is None else {"type": guard},
        "actions": _actions(transition.effects),
        "description": summary(transition.guard(trigger)),
        "reenter": transition.source == transition.target,
    }
    about = {"key": transition.key, "kind": transition.kind.value}
    return {"target": escaped(transition.target), **_present(parts), "meta": about}


def _actions(effects: Iterable[Effect]) -> list[Json]:
    return [{"type": word, "params": about} for word, about in map(action, effects)]


def _present(parts: Mapping[str, Json]) -> Mapping[str, Json]:
    return {key: part for key, part in parts.items() if part}
