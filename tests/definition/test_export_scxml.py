"""SCXML: well-formed, in document order, with named conditions and effects that every interpreter can run."""

from xml.etree import ElementTree as ET

import orjson
import pytest

from lifecycle_fsm.definition.export.scxml import NAMESPACE, OURS, scxml
from lifecycle_fsm.engine.machine import Machine
from tests.definition.charts import HOSTILE, a_demo_machine, a_hostile_machine, a_small_machine

WRITABLE = HOSTILE.replace("\x07", "\ufffd")


def parsed(machine: Machine) -> ET.Element:
    return ET.fromstring(scxml(machine).encode())


def of(tag: str) -> str:
    return f"{{{NAMESPACE}}}{tag}"


def test_a_small_machine_has_its_stages_and_its_exits_in_order() -> None:
    root = parsed(a_small_machine())

    assert (root.tag, root.get("version"), root.get("initial")) == (of("scxml"), "1.0", "new")
    assert [(child.tag, child.get("id")) for child in root] == [
        (of("state"), "new"),
        (of("state"), "note"),
        (of("final"), "lost"),
    ]
    assert [(each.get("event"), each.get("target"), each.get("cond")) for each in root.iter(of("transition"))] == [
        ("auto", "lost", "holds('new.lose.auto')"),
        ("auto", "note", "holds('new.start.auto')"),
        ("go", "note", "holds('new.start.go')"),
        ("auto", "note", "holds('note.again.auto')"),
        ("auto", "lost", None),
    ]


def test_effects_are_logged_where_they_happen_and_raise_nothing() -> None:
    root = parsed(a_small_machine())

    logs = {(parent.tag, log.get("label"), log.get("expr")) for parent in root.iter() for log in parent.iter(of("log"))}
    blocks = {of("onentry"), of("onexit"), of("transition")}
    assert {log for log in logs if log[0] in blocks} == {
        (of("onexit"), "notify", '({"channel":"leads","message":"left"})'),
        (of("onentry"), "open_cta", '({"template":"call"})'),
        (of("transition"), "reach", '({"milestone":"first_value"})'),
        (of("transition"), "notify", '({"channel":"leads","message":"gone"})'),
    }
    assert list(root.iter(of("raise"))) == []


def test_hostile_texts_come_back_except_for_what_xml_cannot_hold() -> None:
    root = parsed(a_hostile_machine())

    titles = [element.get(f"{{{OURS}}}title") for element in (root, *root.iter(of("state")))]
    expression = next(root.iter(of("log"))).get("expr")
    assert titles == [WRITABLE] * 3
    assert expression is not None
    assert orjson.loads(expression[1:-1]) == {"channel": HOSTILE, "message": HOSTILE}


def test_names_with_dots_give_different_conditions() -> None:
    root = parsed(a_hostile_machine())

    assert [each.get("cond") for each in root.iter(of("transition"))] == [
        r"holds('a\\.b.b.on\\.auto')",
        r"holds('a.b\\.b.on\\.auto')",
    ]


@pytest.mark.parametrize("segment", ["enterprise", "mid_market", "tech_touch"])
def test_the_demo_machines_are_well_formed(segment: str) -> None:
    machine = a_demo_machine(segment)

    root = parsed(machine)

    exits = [len(transition.triggers) for transition in machine.transitions]
    assert [child.get("id") for child in root] == list(machine.stages)
    assert len(list(root.iter(of("transition")))) == sum(exits)
