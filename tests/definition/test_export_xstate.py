"""XState configurations: guards and actions by name, exits in the order in which they are tried."""

import orjson

from lifecycle_fsm.definition.export.xstate import xstate
from tests.definition.charts import HOSTILE, a_demo_machine, a_hostile_machine, a_small_machine


def test_a_small_machine_reads_like_this() -> None:
    assert orjson.loads(xstate(a_small_machine())) == {
        "id": "test",
        "description": "Test",
        "initial": "new",
        "states": {
            "new": {
                "description": "New",
                "exit": [{"type": "notify", "params": {"channel": "leads", "message": "left"}}],
                "on": {
                    "auto": [
                        {
                            "target": "lost",
                            "guard": {"type": "new.lose.auto"},
                            "description": "not usage at least 50 or milestone first_value reached",
                            "meta": {"key": "lose", "kind": "advance"},
                        },
                        {
                            "target": "note",
                            "guard": {"type": "new.start.auto"},
                            "description": "time in stage at least 1 d and usage at least 20 for 7 d",
                            "meta": {"key": "start", "kind": "advance"},
                        },
                    ],
                    "go": [
                        {
                            "target": "note",
                            "guard": {"type": "new.start.go"},
                            "description": "usage at least 20 for 7 d",
                            "meta": {"key": "start", "kind": "advance"},
                        }
                    ],
                },
            },
            "note": {
                "description": "Note: taken",
                "entry": [{"type": "open_cta", "params": {"template": "call"}}],
                "on": {
                    "auto": [
                        {
                            "target": "note",
                            "guard": {"type": "note.again.auto"},
                            "actions": [{"type": "reach", "params": {"milestone": "first_value"}}],
                            "description": "time in stage at least 1 d",
                            "reenter": True,
                            "meta": {"key": "again", "kind": "advance"},
                        },
                        {
                            "target": "lost",
                            "actions": [{"type": "notify", "params": {"channel": "leads", "message": "gone"}}],
                            "meta": {"key": "give.up", "kind": "advance"},
                        },
                    ]
                },
            },
            "lost": {"description": "Lost", "type": "final"},
        },
    }


def test_names_with_dots_are_escaped_in_targets_and_guards() -> None:
    states = orjson.loads(xstate(a_hostile_machine()))["states"]

    exits = [state["on"]["on.auto"][0] for state in states.values()]
    assert list(states) == ["a.b", "a"]
    assert [(each["target"], each["guard"]["type"]) for each in exits] == [
        ("a", r"a\.b.b.on\.auto"),
        (r"a\.b", r"a.b\.b.on\.auto"),
    ]


def test_hostile_texts_come_back_as_they_are() -> None:
    chart = orjson.loads(xstate(a_hostile_machine()))

    stage = chart["states"]["a.b"]
    assert (chart["description"], stage["description"]) == (HOSTILE, HOSTILE)
    assert stage["entry"] == [{"type": "notify", "params": {"channel": HOSTILE, "message": HOSTILE}}]


def test_the_exits_of_a_demo_stage_stand_by_falling_priority() -> None:
    onboarding = orjson.loads(xstate(a_demo_machine("enterprise")))["states"]["onboarding"]

    assert [each["meta"]["key"] for each in onboarding["on"]["auto"]] == ["churned", "notice_given", "onboarded"]
