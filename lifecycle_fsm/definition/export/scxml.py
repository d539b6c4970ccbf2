"""Machines as SCXML 1.0 state charts."""

import re
from collections.abc import Iterable
from xml.etree import ElementTree as ET

import orjson

from lifecycle_fsm.definition.export.names import action, condition_name
from lifecycle_fsm.domain.effects import Effect
from lifecycle_fsm.engine.machine import Machine, Stage, Transition

NAMESPACE = "http://www.w3.org/2005/07/scxml"
OURS = "urn:lifecycle-fsm:v1"
"""The namespace of attributes that only people read: titles, and the keys of transitions."""

_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def scxml(machine: Machine) -> str:
    """
    The machine as one flat state chart.

    A condition is `holds('<stage>.<transition>.<trigger>')`, which the host answers. An
    effect is a `log` whose label is its word: every interpreter runs it in the right
    order, and nothing happens until a host gives it a meaning.
    """
    attributes = {
        "xmlns": NAMESPACE,
        "xmlns:lifecycle": OURS,
        "version": "1.0",
        "name": machine.segment,
        "initial": machine.initial,
        "datamodel": "ecmascript",
        "lifecycle:title": _writable(machine.title),
    }
    root = ET.Element("scxml", attributes)
    for stage in machine.stages.values():
        _add_stage(root, stage, machine.exits[stage.key])
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _add_stage(root: ET.Element, stage: Stage, exits: Iterable[Transition]) -> None:
    attributes = {"id": stage.key, "lifecycle:title": _writable(stage.title)}
    element = ET.SubElement(root, "final" if stage.final else "state", attributes)
    for tag, effects in (("onentry", stage.on_enter), ("onexit", stage.on_exit)):
        if effects:
            _add_effects(ET.SubElement(element, tag), effects)
    for transition in exits:
        for trigger in transition.triggers:
            _add_transition(element, transition, trigger)


def _add_transition(stage: ET.Element, transition: Transition, trigger: str) -> None:
    attributes = {"event": trigger, "target": transition.target}
    name = condition_name(transition, trigger)
    if name is not None:
        attributes["cond"] = "holds('{}')".format(name.replace("\\", "\\\\"))
    attributes["lifecycle:key"], attributes["lifecycle:kind"] = transition.key, transition.kind.value
    _add_effects(ET.SubElement(stage, "transition", attributes), transition.effects)


def _add_effects(block: ET.Element, effects: Iterable[Effect]) -> None:
    for effect in effects:
        word, about = action(effect)
        ET.SubElement(block, "log", {"label": word, "expr": f"({_writable(orjson.dumps(about).decode())})"})


def _writable(text: str) -> str:
    """The text without the characters that XML cannot hold."""
    return _UNWRITABLE.sub("\ufffd", text)
