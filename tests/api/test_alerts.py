"""Alerts through the door: how they stand for an account, how grave they are, and why they are not graver."""

from datetime import timedelta
from typing import Any

import pytest

from lifecycle_fsm.services.evaluate import evaluate_waiting
from lifecycle_fsm.services.publish import Published, publish
from lifecycle_fsm.services.world import World
from tests.api.conftest import ADMIN, an_account, register
from tests.api.definitions import RICH
from tests.api.door import Door
from tests.fakes import Clock

GRADED = RICH["segments/starter.yaml"].replace(
    b"open_cta: usage_low}",
    b"open_cta: usage_low,\n    levels: [{severity: high, when: {measure: logins, below: 2}},"
    b" {severity: critical, after: 7d}]}",
)

ALERTS = """{ account(key: "BETA") { alerts { key title isOn isWatched episode openedAt clearedAt severity raisedAt
    restsUntil verdict { truth summary }
    levels { severity priority isReached oldEnoughAt verdict { truth summary } } } } }"""

TEN = "Logins in 30 days is 4 logins, needs at least 10 logins: 6 logins short."
TWO = "Logins in 30 days is 4 logins, needs to be below 2 logins: 2 logins over."

WHY = """{ account(key: "BETA") { whyNot(alert: "low_usage") { ... on WhyNoAlert {
    isOn severity levels { severity isReached oldEnoughAt verdict { truth } } } } } }"""


@pytest.fixture
def graded(world: World) -> World:
    """The segment whose alert has a level by data and one by time."""
    published = publish(world, ADMIN, {**RICH, "segments/starter.yaml": GRADED})
    assert isinstance(published, Published), published
    return world


def the_alert(door: Door) -> dict[str, Any]:
    (alert,) = door.data(ALERTS)["account"]["alerts"]
    found: dict[str, Any] = alert
    return found


def test_an_alert_shows_its_episode_and_what_would_make_it_graver(door: Door, graded: World) -> None:
    register(graded, an_account("BETA", logins=4))

    found = the_alert(door)

    assert found == {
        "key": "low_usage",
        "title": "Low usage",
        "isOn": True,
        "isWatched": True,
        "episode": 1,
        "openedAt": "2026-03-02T09:00:00Z",
        "clearedAt": None,
        "severity": "MEDIUM",
        "raisedAt": None,
        "restsUntil": None,
        "verdict": {"truth": "FAILS", "summary": TEN},
        "levels": [
            {
                "severity": "HIGH",
                "priority": "HIGH",
                "isReached": False,
                "oldEnoughAt": None,
                "verdict": {"truth": "FAILS", "summary": TWO},
            },
            {
                "severity": "CRITICAL",
                "priority": "HIGH",
                "isReached": False,
                "oldEnoughAt": "2026-03-09T09:00:00Z",
                "verdict": None,
            },
        ],
    }


def test_an_episode_that_rose_and_ended_is_told_to_the_end(door: Door, graded: World, clock: Clock) -> None:
    register(graded, an_account("BETA", logins=4))
    clock.turn(days=1)
    register(graded, an_account("BETA", logins=1))
    raised = the_alert(door)
    why = door.data(WHY)["account"]["whyNot"]
    clock.turn(days=1)
    register(graded, an_account("BETA", logins=20))
    evaluate_waiting(graded, ADMIN)
    over = the_alert(door)

    assert (raised["severity"], raised["raisedAt"]) == ("HIGH", "2026-03-03T09:00:00Z")
    assert why == {
        "isOn": True,
        "severity": "HIGH",
        "levels": [
            {"severity": "HIGH", "isReached": True, "oldEnoughAt": None, "verdict": {"truth": "HOLDS"}},
            {"severity": "CRITICAL", "isReached": False, "oldEnoughAt": "2026-03-09T09:00:00Z", "verdict": None},
        ],
    }
    assert (over["isOn"], over["episode"], over["severity"]) == (False, 1, "HIGH")
    assert over["clearedAt"] == "2026-03-04T09:00:00Z"


def test_a_rise_is_a_record_with_its_reason(door: Door, graded: World, clock: Clock) -> None:
    register(graded, an_account("BETA", logins=4))
    clock.turn(days=1)
    register(graded, an_account("BETA", logins=1))

    records = door.data(
        """{ account(key: "BETA") { history(first: 1) { nodes { kind subject
        effects { kind } } } } }"""
    )["account"]["history"]["nodes"]

    assert records == [
        {
            "kind": "ALERT_RAISED",
            "subject": "low_usage",
            "effects": [{"kind": "CTA_SUPPRESSED"}, {"kind": "SEVERITY_REACHED"}],
        }
    ]


def test_a_machine_shows_the_levels_of_its_alerts(door: Door, graded: World) -> None:
    register(graded, an_account("BETA"))

    alerts = door.data(
        """{ machine(segment: "starter") { alerts { key severity
        levels { severity priority after when { text } } } } }"""
    )["machine"]["alerts"]

    assert [(each["severity"], each["levels"][1]) for each in alerts] == [
        ("MEDIUM", {"severity": "CRITICAL", "priority": "HIGH", "after": "P7D", "when": None})
    ]


def test_the_clock_turns_an_old_episode_critical(door: Door, graded: World, clock: Clock) -> None:
    register(graded, an_account("BETA", logins=4))
    clock.at += timedelta(days=7)

    evaluate_waiting(graded, ADMIN)

    assert (the_alert(door)["severity"], the_alert(door)["raisedAt"]) == ("CRITICAL", "2026-03-09T09:00:00Z")
