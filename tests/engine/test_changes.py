"""When a change over a window is looked at again: as its beginning becomes another value."""

from datetime import timedelta

import orjson
import pytest

from lifecycle_fsm.domain.facts import Facts
from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.domain.moments import DAY_MS, to_ms
from lifecycle_fsm.engine.evaluate import evaluate
from lifecycle_fsm.engine.machine import Machine
from tests.builders import MONDAY, a_lifecycle
from tests.properties.definitions import CATALOG, machine_of

BEFORE = f"derived.launch.before.{7 * DAY_MS}"
SEEN = {"fact.seen_at": to_ms(MONDAY)}
WEEK, FIFTEENTH_DAY = MONDAY + timedelta(days=7), MONDAY.replace(hour=0) + timedelta(days=15)


@pytest.fixture(scope="module")
def machine() -> Machine:
    """An alert on a fall of `launch` in a week; it is 100 until nobody was seen for a fortnight."""
    segment = {
        "schema": "lifecycle/v1",
        "segment": "any",
        "title": "Any",
        "applies_to": {"manual": "true"},
        "initial": "a",
        "stages": {"a": {"transitions": [{"key": "go", "to": "z", "trigger": "go"}]}, "z": {"final": "true"}},
        "alerts": {
            "fell": {"when": {"measure": "launch", "change_over": "1w", "at_most": "-10"}, "open_cta": "call"},
        },
    }
    return machine_of(orjson.dumps(CATALOG), orjson.dumps(segment), "any")


@pytest.mark.parametrize(
    ("known", "due"),
    [
        ({}, WEEK),
        ({BEFORE: 40.0}, WEEK),
        ({BEFORE: 100.0}, FIFTEENTH_DAY),
        ({BEFORE: 40.0, f"{BEFORE}.until": to_ms(MONDAY) + DAY_MS}, MONDAY + timedelta(days=1)),
    ],
)
def test_a_value_that_is_new_is_what_a_change_begins_with_a_window_later(
    machine: Machine, known: dict[str, Value], due: object
) -> None:
    found = evaluate(machine, a_lifecycle("a"), Facts({**SEEN, **known}), MONDAY)

    assert (found.row["derived.launch"], found.next_check_at) == (100.0, due)
