"""Published rules laid open: conditions, effects, scorecards, texts and drawings."""

import pytest

from lifecycle_fsm.services.publish import Published, publish
from lifecycle_fsm.services.world import World
from tests.api.conftest import ADMIN
from tests.api.definitions import CATALOG, SEGMENT
from tests.api.door import JSON, Door

RULED = (
    SEGMENT.replace(
        b"""  launched:
    title: Launched
    transitions:
      - key: adopted
        to: adoption
        trigger: auto
        when: {measure: logins, at_least: 20}
""",
        b"""  launched:
    title: Launched
    expected: 30d
    on_exit: [{close_ctas: {type: lifecycle, outcome: superseded}}]
    on_behind: [{escalate_cta: kickoff_call, priority: high}]
    transitions:
      - key: adopted
        to: adoption
        trigger: [auto, adopt]
        requires: [first_login]
        after: 2d
        min_dwell: 5d
        when:
          any:
            - {measure: logins, at_least: 20, for: 7d}
            - not: {fact: notice_given, is: false}
            - at_least_of: {n: 1, of: [{measure: setup, above: 90}, {milestone: kickoff_done}]}
        do: [{reach: first_login}, {notify: {channel: success, message: Adopted}}]
""",
    ).replace(
        b"    logins: {weight: 1, healthy: 20, neutral: 5}\n",
        b"    logins: {weight: 1, healthy: 20, neutral: 5}\n  stages:\n    launched:\n      setup: {weight: 0}\n",
    )
    + b"""
alerts:
  quiet:
    title: Quiet
    stages: [launched]
    when: {measure: logins, below: 5}
    clear_when: {measure: logins, at_least: 8}
    open_cta: kickoff_call
"""
)


@pytest.fixture
def ruled(door: Door, world: World) -> Door:
    """The door after a version with every kind of rule was published."""
    published = publish(world, ADMIN, {"catalog.yaml": CATALOG, "segments/starter.yaml": RULED})
    assert isinstance(published, Published), published
    return door


def machine(door: Door, selection: str) -> JSON:
    found: JSON = door.data(f'{{ machine(segment: "starter") {{ {selection} }} }}')["machine"]
    return found


def test_says_what_a_transition_asks_for_and_does(ruled: Door) -> None:
    transitions = machine(
        ruled,
        """transitions { key from { key } to { key } after minDwell requires { subject operator required text }
        effects { word text } when { text definition } guards { trigger guard { text } } }""",
    )["transitions"]

    adopted = next(each for each in transitions if each["key"] == "adopted")
    condition = (
        "Logins in 30 days at least 20 logins for 7 d or not Notice given no or "
        "(at least 1 of: Setup completion above 90 %, Kickoff reached)"
    )
    assert adopted == {
        "key": "adopted",
        "from": {"key": "launched"},
        "to": {"key": "adoption"},
        "after": "P2D",
        "minDwell": "P5D",
        "requires": [
            {"subject": "First login", "operator": "reached", "required": "reached", "text": "First login reached"}
        ],
        "effects": [
            {"word": "REACH", "text": "reach the milestone First login"},
            {"word": "NOTIFY", "text": "tell success: Adopted"},
        ],
        "when": {
            "text": condition,
            "definition": "any:\n"
            "- {measure: logins, at_least: 20, for: 7d}\n"
            "- not: {fact: notice_given, is: false}\n"
            "- at_least_of:\n"
            "    n: 1\n"
            "    of:\n"
            "    - {measure: setup, above: 90}\n"
            "    - {milestone: kickoff_done, reached: true}\n",
        },
        "guards": [
            {
                "trigger": "auto",
                "guard": {"text": f"time in stage at least 5 d and First login reached and ({condition})"},
            },
            {
                "trigger": "adopt",
                "guard": {"text": f"time in stage at least 2 d and First login reached and ({condition})"},
            },
        ],
    }


def test_lays_a_condition_open_part_by_part(ruled: Door) -> None:
    transitions = machine(
        ruled, "transitions { key when { parts { path join needed heldFor leaf { kind required } } } }"
    )["transitions"]

    parts = next(each for each in transitions if each["key"] == "adopted")["when"]["parts"]
    assert [(part["path"], part["join"], part["needed"], part["heldFor"]) for part in parts] == [
        ("", "ANY", None, None),
        ("any.0", "HELD", None, "P7D"),
        ("any.0.held", None, None, None),
        ("any.1", "NOT", None, None),
        ("any.1.not", None, None, None),
        ("any.2", "AT_LEAST_OF", 1, None),
        ("any.2.at_least_of.0", None, None, None),
        ("any.2.at_least_of.1", None, None, None),
    ]
    assert [part["leaf"] for part in parts if part["leaf"]] == [
        {"kind": "MEASURE", "required": "at least 20 logins"},
        {"kind": "FACT", "required": "no"},
        {"kind": "MEASURE", "required": "above 90 %"},
        {"kind": "MILESTONE", "required": "reached"},
    ]


def test_the_paths_of_a_guard_are_those_of_its_verdict(door: Door) -> None:
    found = door.data(
        """{ account(key: "ACME") { availableTransitions { trigger verdict { leaves { path } }
        transition { guards { trigger guard { parts { path leaf { required } } } } } } } }"""
    )["account"]["availableTransitions"]

    for way in found:
        (guard,) = [each["guard"] for each in way["transition"]["guards"] if each["trigger"] == way["trigger"]]
        paths = [part["path"] for part in guard["parts"] if part["leaf"]]
        assert [leaf["path"] for leaf in way["verdict"]["leaves"]] == paths


def test_a_transition_that_asks_for_nothing_has_an_empty_condition(door: Door) -> None:
    transitions = machine(door, "transitions { key when { text definition leaves { text } parts { join } } }")[
        "transitions"
    ]

    over = next(each for each in transitions if each["key"] == "over")
    assert over["when"] == {"text": "", "definition": "", "leaves": [], "parts": [{"join": "ALL"}]}


def test_says_what_is_done_at_the_edges_of_a_stage(ruled: Door) -> None:
    stages = machine(
        ruled, "stages { key onEnter { word text } onExit { text } onBehind { word text } onStuck { text } }"
    )["stages"]

    assert stages[0]["onEnter"] == [{"word": "OPEN_CTA", "text": "open the CTA Hold the kickoff"}]
    assert stages[1] == {
        "key": "launched",
        "onEnter": [],
        "onExit": [{"text": "close open lifecycle CTAs as superseded"}],
        "onBehind": [{"word": "ESCALATE_CTA", "text": "raise the CTA Hold the kickoff to high priority, or open it"}],
        "onStuck": [],
    }


def test_shows_alerts_and_the_scorecard_of_each_stage(ruled: Door) -> None:
    found = machine(
        ruled,
        """alerts { key stages when { text } clearWhen { text } effects { text } }
        scorecard { rollUp measures { key title unit weight } byStage { stage measures { title weight } } }""",
    )

    assert found == {
        "alerts": [
            {
                "key": "quiet",
                "stages": ["launched"],
                "when": {"text": "Logins in 30 days below 5 logins"},
                "clearWhen": {"text": "Logins in 30 days at least 8 logins"},
                "effects": [{"text": "open the CTA Hold the kickoff"}],
            }
        ],
        "scorecard": {
            "rollUp": "WEIGHTED",
            "measures": [
                {"key": "setup", "title": "Setup completion", "unit": "%", "weight": 3.0},
                {"key": "logins", "title": "Logins in 30 days", "unit": "logins", "weight": 1.0},
            ],
            "byStage": [{"stage": "launched", "measures": [{"title": "Logins in 30 days", "weight": 1.0}]}],
        },
    }


def test_the_texts_of_a_machine_make_the_same_machine_again(ruled: Door, world: World) -> None:
    texts = machine(ruled, "digest definition catalog")

    again = publish(
        world,
        ADMIN,
        {"catalog.yaml": texts["catalog"].encode(), "segments/starter.yaml": texts["definition"].encode()},
    )

    assert isinstance(again, Published)
    assert again.digests == {"starter": texts["digest"]}


@pytest.mark.parametrize(
    ("form", "begins"),
    [
        ("MERMAID", "stateDiagram-v2\n"),
        ("DOT", 'digraph "starter" {\n'),
        ("SCXML", '<?xml version="1.0" encoding="UTF-8"?>\n<scxml '),
        ("XSTATE", '{\n  "id": "starter",\n'),
    ],
)
def test_writes_a_machine_for_other_tools(door: Door, form: str, begins: str) -> None:
    assert machine(door, f"export(format: {form})")["export"].startswith(begins)
