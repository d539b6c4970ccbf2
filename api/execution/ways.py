"""How the schema resolves a field: by an attribute, by a call, or by a call that waits."""

from collections.abc import Callable
from dataclasses import dataclass

from graphql import GraphQLObjectType
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

from api.asked import Writer
from api.execution.reasons import NotPlannable
from api.resolvers import batch_of, writer_of

Resolver = Callable[..., object]


@dataclass(frozen=True, slots=True)
class Attribute:
    """The value lies in an attribute of the object."""

    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """A method gives the value; `info` is the name of the parameter for it, None without one."""

    field: StrawberryField
    function: Resolver
    info: str | None


@dataclass(frozen=True, slots=True)
class Relation:
    """A coroutine gives the value: of one object, or with `batch` those of all objects of a level."""

    field: StrawberryField
    function: Resolver
    info: str | None
    batch: Resolver | None
    writer: Writer | None


Way = Attribute | Call | Relation


def definition_of(type_: GraphQLObjectType) -> StrawberryObjectDefinition:
    """
    What strawberry knows of a type.

    Raises:
        NotPlannable: it knows nothing.
    """
    found = type_.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    if not isinstance(found, StrawberryObjectDefinition):
        raise NotPlannable(f"{type_.name} is not one of ours")
    return found


def way_of(type_: GraphQLObjectType, name: str) -> Way:
    """
    How a field of a type is resolved.

    Raises:
        NotPlannable: in a way that plans do not know.
    """
    field = type_.fields[name].extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    if not isinstance(field, StrawberryField) or field.extensions or field.permission_classes:
        raise NotPlannable(f"{type_.name}.{name} has a resolver of its own kind")
    resolver = field.base_resolver
    if resolver is None:
        return Attribute(field.python_name)
    if resolver.self_parameter is None or resolver.parent_parameter or resolver.root_parameter:
        raise NotPlannable(f"{type_.name}.{name} takes its object in another way")
    info = resolver.info_parameter.name if resolver.info_parameter else None
    function = resolver.wrapped_func
    if isinstance(function, staticmethod | classmethod):
        raise NotPlannable(f"{type_.name}.{name} is no method of its object")
    if resolver.is_async:
        return Relation(field, function, info, batch_of(function), writer_of(function))
    return Call(field, function, info)
