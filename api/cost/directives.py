"""Costs shown in the schema, by the directives of IBM's "GraphQL Cost Directives" that other servers know."""

import strawberry
from graphql import GraphQLObjectType, GraphQLSchema
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.schema_directive import Location
from strawberry.types.field import StrawberryField

from api.cost.weights import LENGTHS, weight_of

_WHERE = [Location.FIELD_DEFINITION]


@strawberry.schema_directive(
    locations=_WHERE,
    name="cost",
    description="What the field costs beside its objects, each of which costs 1. Without it: 0, of a mutation 10.",
)
class Cost:
    """A weight."""

    weight: str = strawberry.directive_field(name="weight")


@strawberry.schema_directive(
    locations=_WHERE,
    name="listSize",
    description="How long the list is taken to be. Without it: its `first` or `last`, or 5 where it has none.",
)
class ListSize:
    """An assumed length."""

    assumed_size: int = strawberry.directive_field(name="assumedSize")


def show_costs(schema: GraphQLSchema) -> None:
    """Give every field of a new schema whose cost is not the usual one its directives."""
    for named in schema.type_map.values():
        if isinstance(named, GraphQLObjectType) and not named.name.startswith("__"):
            for name, field in named.fields.items():
                known = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
                if isinstance(known, StrawberryField):
                    known.directives = [*_others(known), *_directives(named.name, name)]


def _others(field: StrawberryField) -> list[object]:
    return [each for each in field.directives if not isinstance(each, Cost | ListSize)]


def _directives(type_name: str, field: str) -> list[object]:
    weight, length = weight_of(type_name, field), LENGTHS.get(f"{type_name}.{field}")
    found: list[object] = [Cost(weight=str(weight))] if weight else []
    return found if length is None else [*found, ListSize(assumed_size=length)]
