"""A store that is closed for a while refuses every change with one code, and answers every question."""

import json
from collections.abc import Callable

import httpx
import pytest

from api.app import create_app
from api.ids import global_id
from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.services.read_only import close_store, open_store
from lifecycle_fsm.services.tokens import issue_token
from lifecycle_fsm.services.world import World
from lifecycle_fsm.settings import Settings
from lifecycle_fsm.store import read_only
from lifecycle_fsm.store.feed import Position
from lifecycle_fsm.store.read_only import closed_by_mode
from tests.api.conftest import ADMIN
from tests.api.door import Door
from tests.api.serving import served
from tests.api.test_permissions import INPUTS, SCHEMA, filled, ids_of

STATE = "{ operations { readOnly { since begunBy reason } } }"


@pytest.fixture
def switched(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The world as the server opens it; it looks at the mode each time."""
    monkeypatch.setattr(read_only, "LOOKED_AT_EVERY_SECONDS", 0.0)
    world.database.refuse_writers(closed_by_mode(world.database))
    return world


@pytest.fixture
def closed(switched: World) -> World:
    close_store(switched, ADMIN, "moving house")
    return switched


def test_every_mutation_is_refused_with_one_code(door: Door, closed: World) -> None:
    assert SCHEMA.mutation_type is not None
    ids = ids_of(closed, "ACME")
    codes: dict[str, list[str]] = {}
    for name in SCHEMA.mutation_type.fields:
        given = filled(INPUTS[name], ids)
        answer = door.ask(f"mutation {{ {name}(input: {given}) {{ __typename }} }}")
        codes[name] = [
            each["extensions"]["code"] for each in answer.get("errors", ()) if each["extensions"]["retryable"]
        ]

    assert codes == {name: [] if name == "rehearseSweep" else ["read_only"] for name in INPUTS}


def test_senders_of_rows_are_told_to_come_back(door: Door, closed: World) -> None:
    row = b'{"account": "ACME", "fact": "arr", "value": 1}\n'

    answer = door.send("POST", "/ingest/v1/facts", content=row, headers={"Content-Type": "application/x-ndjson"})

    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "read_only", "5")


def test_reading_and_probes_go_on_and_say_so(door: Door, closed: World) -> None:
    token = issue_token_before(closed)
    asks = door.as_token(token)

    assert asks.data("{ accounts(first: 1) { totalCount } }") == {"accounts": {"totalCount": 1}}
    assert asks.data(STATE)["operations"]["readOnly"] == {
        "since": "2026-03-02T09:00:00Z",
        "begunBy": "root",
        "reason": "moving house",
    }
    assert door.send("GET", "/readyz").text == "ready\n"


def issue_token_before(world: World) -> str:
    """A token that was never used, so that its first use would be noted."""
    open_store(world, ADMIN)
    token = issue_token(world, ADMIN, "vic", [Role.VIEWER], None).token
    close_store(world, ADMIN, "moving house")
    return token


def test_an_opened_store_takes_changes_again(door: Door, closed: World) -> None:
    account = global_id("Account", account_id_for("ACME"))
    fire = f'mutation {{ fireTransition(input: {{accountId: "{account}", trigger: "advance", idempotencyKey: "1"}}) '
    before = door.error(fire + "{ __typename } }")["extensions"]["code"]

    was_closed = (open_store(closed, ADMIN), open_store(closed, ADMIN))

    assert before == "read_only"
    assert was_closed == (True, False)
    assert door.data(fire + "{ __typename } }")["fireTransition"]["__typename"] != "Forbidden"
    assert door.data(STATE)["operations"]["readOnly"] is None


def test_subscriptions_go_on(closed: World, settings: Settings, token_of: Callable[[Role], str]) -> None:
    open_store(closed, ADMIN)
    token = token_of(Role.VIEWER)
    close_store(closed, ADMIN, "moving house")
    ask = {
        "query": "subscription ($after: String) { historyRecorded(after: $after) { record { kind } account { key } } }",
        "variables": {"after": Position(0).written()},
    }
    headers = {"Authorization": f"Bearer {token}", "Accept": "text/event-stream"}

    with (
        served(create_app(closed, settings)) as address,
        httpx.stream("POST", f"http://{address}/graphql", json=ask, headers=headers, timeout=30) as answer,
    ):
        told = next(line for line in answer.iter_lines() if line.startswith("data: {"))

    event = json.loads(told.removeprefix("data: "))["data"]["historyRecorded"]
    assert event == {"record": {"kind": "ASSIGNED"}, "account": {"key": "ACME"}}
