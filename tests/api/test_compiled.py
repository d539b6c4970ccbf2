"""A statement that was asked before is found among those that are compiled: a server's memory ends growing."""

from collections import Counter

import pytest

from api.ids import global_id
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.services.world import World
from tests.api.counting import compiled
from tests.api.door import Door
from tests.api.test_permissions import WALKS, arguments, ids_of


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_a_probe_compiles_nothing_again(door: Door, path: str) -> None:
    assert door.send("GET", path).status_code == 200

    with compiled() as statements:
        assert door.send("GET", path).status_code == 200

    assert statements == Counter()


def test_no_query_compiles_anything_again(door: Door, world: World) -> None:
    given = arguments(*ids_of(world, "ACME"))
    again: dict[str, Counter[str]] = {}
    for walk in WALKS:
        document = walk.document(given)
        door.ask(document)
        with compiled() as statements:
            door.ask(document)
        if statements:
            again[".".join(step.field for step in walk.steps)] = statements

    assert again == {}


@pytest.mark.parametrize(
    ("mutation", "given"),
    [
        ("recordFacts", '{rows: [{accountId: "ID", measure: "setup", value: 1}], source: "x", idempotencyKey: "KEY"}'),
        ("fireTransition", '{accountId: "ID", trigger: "advance", idempotencyKey: "KEY"}'),
        ("openCta", '{accountId: "ID", title: "x", type: ACTIVITY, reason: "x", idempotencyKey: "KEY"}'),
        ("startSweep", '{idempotencyKey: "KEY"}'),
        ("registerAccounts", '{rows: [{key: "ACME", name: "Acme"}], source: "x", idempotencyKey: "KEY"}'),
    ],
)
def test_no_mutation_compiles_anything_again(door: Door, mutation: str, given: str) -> None:
    account = global_id("Account", account_id_for("ACME"))

    def mutate(key: str) -> None:
        answer = door.data(
            f"mutation {{ {mutation}(input: {given.replace('ID', account).replace('KEY', key)}) {{ __typename }} }}"
        )
        assert answer[mutation]["__typename"] != "InvalidInput"

    for number in range(3):
        mutate(f"warm-{number}")
    with compiled() as statements:
        mutate("again")

    assert statements == Counter()
