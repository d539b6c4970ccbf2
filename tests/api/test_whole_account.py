"""A customer page: every part of one account in one request."""

from collections.abc import Iterator

from graphql import GraphQLObjectType, build_schema

from api.export import SCHEMA_FILE
from lifecycle_fsm.services.evaluate import evaluate_waiting
from lifecycle_fsm.services.publish import Published, publish
from lifecycle_fsm.services.world import World
from tests.api.conftest import ADMIN, an_account, register
from tests.api.definitions import RICH
from tests.api.door import Door
from tests.api.test_permissions import arguments
from tests.api.walking import Step, given, targets

SCHEMA = build_schema(SCHEMA_FILE.read_text())


def test_one_request_gives_every_part_of_an_account(door: Door, world: World) -> None:
    assert isinstance(publish(world, ADMIN, RICH), Published)
    register(world, an_account("BETA", logins=3, setup=50))
    evaluate_waiting(world, ADMIN)
    account = SCHEMA.type_map["Account"]
    assert isinstance(account, GraphQLObjectType)

    answer = door.data(f'{{ account(key: "BETA") {{ {" ".join(parts(account))} }} }}')["account"]

    assert set(answer) == set(account.fields)
    shown = {name for name, found in answer.items() if found not in (None, [], {"nodes": []})}
    assert shown >= {
        "alertEpisodes",
        "alerts",
        "availableTransitions",
        "facts",
        "health",
        "history",
        "measures",
        "milestones",
        "openCtas",
        "stage",
        "stageVisits",
        "story",
    }


def parts(named: GraphQLObjectType) -> Iterator[str]:
    """Every field of the account, each with the leaves of what it gives; of a page, those of its nodes."""
    for name, field in named.fields.items():
        goals = targets(SCHEMA, field)
        asked = f"{name}{given(Step(named.name, name, field), arguments('', ''))}"
        yield f"{asked} {{ {selected(goals)} }}" if goals else asked


def selected(goals: list[GraphQLObjectType]) -> str:
    """The leaves of an object; which one it is of several kinds."""
    if len(goals) > 1:
        return "__typename"
    (goal,) = goals
    if "nodes" in goal.fields:
        return f"nodes {{ {selected(targets(SCHEMA, goal.fields['nodes']))} }}"
    fields = goal.fields.items()
    return " ".join(["__typename", *(name for name, field in fields if not targets(SCHEMA, field) and not field.args)])
