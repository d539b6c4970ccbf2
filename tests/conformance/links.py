"""Where the schema takes an id, which type's it has to be, and documents that give every id back that they meet."""

from collections.abc import Iterator, Mapping

from graphql import (
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    get_named_type,
    is_input_object_type,
    is_required_argument,
    parse,
)

from api.needs import Need, needs_of
from tests.api.door import JSON
from tests.api.walking import targets

Found = Mapping[str, list[str]]
"""Ids by the type of their objects."""

NAMED = {
    "accountId": "Account",
    "ctaId": "Cta",
    "parentId": "Cta",
    "runId": "Run",
    "questionId": "ReviewMark",
    "markId": "ReviewMark",
    "tokenId": "Token",
    "planId": "ConfigurationPlan",
    "SetSuccessPlanStatusInput.planId": "SuccessPlan",
    "ChangeCtasInput.ids": "Cta",
    "PurgeDeliveriesInput.ids": "DeadLetterEntry",
    "ReplayDeliveriesInput.ids": "DeadLetterEntry",
    "accountIds": "Account",
    "runIds": "Run",
    "Query.account.id": "Account",
    "Query.verification.id": "Verification",
    "Query.plan.id": "ConfigurationPlan",
    "Query.run.id": "Run",
    "Query.node.id": "Node",
}
"""The type that an id names, by the name of its place, or by this name alone."""


def type_at(parent: str, name: str) -> str:
    """The type whose ids a place takes."""
    return NAMED.get(f"{parent}.{name}") or NAMED[name]


def id_places(schema: GraphQLSchema) -> Iterator[tuple[str, str]]:
    """Every place that takes an id: the type or field that it belongs to, and its name."""
    for named in schema.type_map.values():
        if isinstance(named, GraphQLInputObjectType):
            yield from ((named.name, name) for name, field in named.fields.items() if _is_id(field.type))
        elif isinstance(named, GraphQLObjectType):
            for name, field in named.fields.items():
                for argument, about in field.args.items():
                    if _is_id(about.type):
                        yield f"{named.name}.{name}", argument


def takes_id(parent: GraphQLInputObjectType) -> bool:
    """Whether an object of this input has to name something by its id, itself or below."""
    for field in parent.fields.values():
        named = get_named_type(field.type)
        if _is_id(named) or (is_input_object_type(named) and takes_id(named)):
            return True
    return False


def selection(schema: GraphQLSchema, named: GraphQLObjectType, depth: int) -> str:
    """The id of an object, and of what it leads to without being asked for more; pages with their cursors."""
    own = [name for name in ("id", "endCursor", "hasNextPage", "code") if name in named.fields]
    # Of an event; edges have cursors as well, and are not asked for.
    own += ["cursor"] if named.name.endswith("Event") else []
    below: list[str] = []
    for name, field in named.fields.items() if depth else ():
        goals = targets(schema, field)
        # Edges lead where nodes lead.
        if goals and name != "edges" and not any(is_required_argument(each) for each in field.args.values()):
            page = "(first: 2)" if "first" in field.args else ""
            # A page is no level of its own.
            left = depth if named.name.endswith("Connection") else depth - 1
            parts = " ".join(f"... on {goal.name} {{ {selection(schema, goal, left)} }}" for goal in goals)
            below.append(f"{named.name}_{name}: {name}{page} {{ {parts} }}" if parts else "")
    return " ".join(["__typename", *own, *below])


def ids_in(answer: object) -> Iterator[tuple[str, str]]:
    """The type and the id of every object in an answer that has one."""
    if isinstance(answer, dict):
        if answer.get("id") is not None:
            yield answer["__typename"], answer["id"]
        for value in answer.values():
            yield from ids_in(value)
    elif isinstance(answer, list):
        for value in answer:
            yield from ids_in(value)


def needs(schema: GraphQLSchema, document: str) -> tuple[Need, ...]:
    """What the one operation of a document needs of whoever sends it, by the table."""
    read = parse(document)
    operation = read.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    return needs_of(schema, read, operation)


def is_refused(answer: JSON) -> bool:
    """Whether an answer says that the roles do not allow it: as an error, or as a problem."""
    told = (answer.get("data") or {}).values()
    return any(each["extensions"]["code"] == "forbidden" for each in answer.get("errors", ())) or any(
        isinstance(each, dict) and each.get("__typename") == "Forbidden" for each in told
    )


def _is_id(type_: GraphQLInputType) -> bool:
    return get_named_type(type_).name == "ID"
