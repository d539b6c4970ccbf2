"""The past replayed under a draft over HTTP."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.services.world import World
from tests.api.conftest import an_account, register
from tests.api.definitions import CATALOG, SEGMENT
from tests.api.door import JSON, Door
from tests.builders import MONDAY
from tests.fakes import Clock

SIMULATE = """query ($files: [ConfigurationFile!]!, $period: Period!) {
    simulateConfiguration(files: $files, period: $period) { __typename
    ... on InvalidConfiguration { code check { errors } }
    ... on Simulation { accounts leftOut machines { segment }
        dates { at stages { segment stage then draft } }
        segmentChanges { fromSegment toSegment then draft }
        transitions { segment transition then draft } ctas { template then draft } } } }"""
LOOSER = SEGMENT.replace(
    b"""        trigger: [advance]
        requires: [kickoff_done]
        when: {measure: setup, at_least: 80}
""",
    b"""        trigger: [auto, advance]
        priority: 5
        when: {measure: setup, at_least: 50}
""",
)
WEEK = {"from": "2026-03-02T09:00:00Z", "to": "2026-03-04T09:00:00Z", "step": "P1D"}


@pytest.fixture(autouse=True)
def past(world: World, clock: Clock) -> None:
    """BETA joins on Monday, and is set up to 60 % on Tuesday."""
    register(world, an_account("BETA"))
    clock.at = MONDAY + timedelta(days=1)
    register(world, an_account("BETA", setup=60))
    clock.at = MONDAY + timedelta(days=7)


def request(segment: bytes = LOOSER, period: Mapping[str, str] | None = None) -> dict[str, Any]:
    texts = {"catalog.yaml": CATALOG, "segments/starter.yaml": segment}
    files = [{"name": name, "content": text.decode()} for name, text in texts.items()]
    return {"files": files, "period": {**WEEK, **(period or {})}}


def test_says_where_accounts_would_have_stood_and_what_they_would_have_done(door: Door) -> None:
    found: JSON = door.data(SIMULATE, **request())["simulateConfiguration"]

    assert found == {
        "__typename": "Simulation",
        "accounts": 2,
        "leftOut": 0,
        "machines": [{"segment": "starter"}],
        "dates": [
            {
                "at": "2026-03-02T09:00:00Z",
                "stages": [{"segment": "starter", "stage": "onboarding", "then": 2, "draft": 2}],
            },
            *(
                {
                    "at": f"2026-03-0{day}T09:00:00Z",
                    "stages": [
                        {"segment": "starter", "stage": "adoption", "then": 0, "draft": 1},
                        {"segment": "starter", "stage": "onboarding", "then": 2, "draft": 1},
                    ],
                }
                for day in (3, 4)
            ),
        ],
        "segmentChanges": [],
        "transitions": [{"segment": "starter", "transition": "onboarding.onboarded", "then": 0, "draft": 1}],
        "ctas": [],
    }


def test_changes_nothing(door: Door) -> None:
    before = door.data('{ account(key: "BETA") { revision stage { key } } segments { digest } }')

    door.data(SIMULATE, **request())

    assert door.data('{ account(key: "BETA") { revision stage { key } } segments { digest } }') == before


def test_definitions_with_errors_are_not_replayed(door: Door) -> None:
    found = door.data(SIMULATE, **request(SEGMENT.replace(b"to: launched", b"to: lunched")))["simulateConfiguration"]

    assert (found["__typename"], found["code"]) == ("InvalidConfiguration", "INVALID_CONFIGURATION")
    assert found["check"]["errors"] >= 1


@pytest.mark.parametrize(
    ("period", "path"),
    [
        ({"to": "2026-03-02T09:00:00Z"}, "period"),
        ({"step": "PT0S"}, "period"),
        ({"step": "-P1D"}, "period"),
        ({"step": "PT1S"}, "period.step"),
    ],
)
def test_refuses_periods_beyond_the_limits(door: Door, period: dict[str, str], path: str) -> None:
    error = door.error(SIMULATE, **request(period=period))

    assert (error["extensions"]["code"], error["extensions"]["input"]) == ("invalid_input", path)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CSM, Role.AUDITOR, Role.INGEST])
def test_only_publishers_replay(door: Door, token_of: Callable[[Role], str], role: Role) -> None:
    error = door.as_token(token_of(role)).error(SIMULATE, **request())

    assert error["extensions"]["code"] == "forbidden"
