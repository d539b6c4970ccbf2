"""Operations turned into plans: one Python function for each type and place that it asks about."""

from asyncio import gather
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeGuard, cast

import orjson
import strawberry
from graphql import (
    FieldNode,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLResolveInfo,
    GraphQLScalarType,
    GraphQLUnionType,
    VariableNode,
    get_named_type,
    is_leaf_type,
)
from graphql.execution.collect_fields import FieldDetails
from graphql.execution.values import VariableValues, get_argument_values
from graphql.pyutils import Path
from graphql.type.definition import GraphQLResolveInfoHelpers
from strawberry.types.arguments import convert_arguments
from strawberry.types.field import StrawberryField

from api.asked import Asked, Slots, Writing
from api.execution.collecting import Operation, uses_variables
from api.execution.leaves import leaf_expression
from api.execution.plan import Plan, Run, Step
from api.execution.reasons import NotPlannable, surprise
from api.execution.source import Source
from api.execution.ways import Attribute, Call, Relation, definition_of, way_of

_MOST_FUNCTIONS = 2_000

Details = list[FieldDetails]


def compile_operation(
    schema: strawberry.Schema, operation: Operation, values: VariableValues, plain: frozenset[str] = frozenset()
) -> Plan:
    """
    Make the plan of a query; `plain` are the variables whose values stay as they are sent.

    Raises:
        NotPlannable: a part of it has to be left to graphql-core.
    """
    root = operation.schema.query_type
    assert root is not None
    compiler = _Compiler(schema, operation, values, plain)
    name = compiler.object_function(root, None)
    made = compiler.source.made()
    compiler.fill(made)
    steps = tuple(Step(field, key, slot, load, made[complete]) for field, key, slot, load, complete in compiler.steps)
    return Plan(tuple(compiler.makers), cast("Callable[[object, Slots], dict[str, object]]", made[name]), steps)


class _Compiler:
    """Write the functions of one plan."""

    def __init__(
        self, schema: strawberry.Schema, operation: Operation, values: VariableValues, plain: frozenset[str]
    ) -> None:
        self._schema, self._operation, self._values, self._plain = schema, operation, values, plain
        self.source = Source()
        self._surprise = self.source.constant("surprise", surprise)
        self.makers: list[Callable[[Run], object]] = []
        self.steps: list[
            tuple[str, str, int, Callable[[Sequence[object], Slots], Awaitable[Sequence[object]]], str]
        ] = []
        self._choices: list[tuple[dict[type, Callable[..., object]], Mapping[type, str]]] = []
        self._written = 0

    def fill(self, made: Mapping[str, Callable[..., object]]) -> None:
        """Let the places of unions and interfaces find their functions."""
        for choice, names in self._choices:
            choice.update({each: made[name] for each, name in names.items()})

    def object_function(self, type_: GraphQLObjectType, above: Details | None) -> str:
        """Write the function that answers an object of the type, and give its name."""
        self._written += 1
        if self._written > _MOST_FUNCTIONS:
            raise NotPlannable("the operation is too large")
        name = self.source.fresh("object")
        items: list[str] = []
        after: list[str] = []
        for key, details in self._operation.asked(type_, above, self._values):
            expression = self._field(type_, key, details, after)
            items.append(f"{self.source.constant('key', key)}: {expression}")
        answer = f"{{{', '.join(items)}}}"
        lines = [f"answer = {answer}", *after, "return answer"] if after else [f"return {answer}"]
        self.source.function(name, "o, q", lines)
        return name

    def _field(self, type_: GraphQLObjectType, key: str, details: Details, after: list[str]) -> str:
        name = details[0].node.name.value
        if name == "__typename":
            return self.source.constant("typename", type_.name)
        if name.startswith("__"):
            raise NotPlannable("the schema is asked about itself")
        field, way = type_.fields[name], way_of(type_, name)
        if isinstance(way, Relation):
            slot = self._relation(type_, key, details, way)
            after.append(f"q[{slot}].append(o); q[{slot + 1}].append(answer)")
            return "None"
        value = f"o.{way.name}" if isinstance(way, Attribute) else self._call(type_, key, details, way)
        return self._completed(field.type, details, value)

    def _call(self, type_: GraphQLObjectType, key: str, details: Details, way: Call) -> str:
        function = self.source.constant("call", way.function)
        info = "" if way.info is None else f", {way.info}=q[{self._info_slot(type_, key, details, way.field)}]"
        field = type_.fields[details[0].node.name.value]
        if not field.args:
            return f"{function}(o{info})"
        return f"{function}(o{info}, **q[{self._arguments_slot(field, details, way.field)}])"

    def _relation(self, type_: GraphQLObjectType, key: str, details: Details, way: Relation) -> int:
        slot = self._slot(_empty_list)
        self._slot(_empty_list)
        field = type_.fields[details[0].node.name.value]
        info = self._info_slot(type_, key, details, way.field)
        arguments = self._arguments_slot(field, details, way.field)
        complete = self.source.fresh("complete")
        # Reserved before what is below it, so that the steps of a level come in the order of the document.
        place = len(self.steps)
        writing = self._writing(way, field, details)
        load = _loading(way, info, arguments)
        load = load if writing is None else _written(writing, load, info, arguments)
        self.steps.append((f"{type_.name}.{details[0].node.name.value}", key, slot, load, complete))
        assert place < len(self.steps)
        completed = self._completed(field.type, details, "v")
        if writing is not None:
            completed = f"v if v.__class__ is {self.source.constant('fragment', orjson.Fragment)} else {completed}"
        self.source.function(complete, "v, q", [f"return {completed}"])
        return slot

    def _writing(self, way: Relation, field: GraphQLField, details: Details) -> Writing | None:
        """What writes the field's values at once, None where there is nothing or the selection asks for more."""
        if way.writer is None:
            return None
        try:
            return way.writer(self._below(field, details))
        except NotPlannable:
            return None

    def _below(self, field: GraphQLField, details: Details) -> tuple[Asked, ...]:
        """
        What is asked of the field's objects.

        Raises:
            NotPlannable: they may be of several types.
        """
        type_ = get_named_type(field.type)
        if is_leaf_type(type_):
            return ()
        if not isinstance(type_, GraphQLObjectType):
            raise NotPlannable(f"{type_} is not one type")
        return tuple(self._asked(type_, *each) for each in self._operation.asked(type_, details, self._values))

    def _asked(self, type_: GraphQLObjectType, key: str, details: Details) -> Asked:
        node = details[0].node
        name, given = node.name.value, frozenset(each.name.value for each in node.arguments or ())
        if name.startswith("__"):
            return Asked(key, name, type_.name, given, None, ())
        field, way = type_.fields[name], way_of(type_, name)
        known = None if isinstance(way, Attribute) else way.field
        slot = self._arguments_slot(field, details, known) if known is not None and field.args else None
        return Asked(key, name, type_.name, given, slot, self._below(field, details))

    def _slot(self, make: Callable[[Run], object]) -> int:
        self.makers.append(make)
        return len(self.makers) - 1

    def _info_slot(self, type_: GraphQLObjectType, key: str, details: Details, field: StrawberryField) -> int:
        name = details[0].node.name.value
        nodes, returned = [each.node for each in details], type_.fields[name].type
        operation, info_class = self._operation, self._schema.config.info_class
        fragments, path = dict(operation.fragments), Path(None, key, type_.name)

        def make(run: Run) -> object:
            raw = GraphQLResolveInfo(
                name, nodes, returned, type_, path, operation.schema, fragments, None, operation.node, run.values,
                run.context, _is_awaitable, None, _NO_HELPERS,
            )  # fmt: skip
            return info_class(_raw_info=raw, _field=field)

        return self._slot(make)

    def _arguments_slot(self, field: GraphQLField, details: Details, known: StrawberryField) -> int:
        node, schema = details[0].node, self._schema

        def arguments(values: VariableValues) -> dict[str, object]:
            given = get_argument_values(field, node, values)
            registry = schema.schema_converter.scalar_registry
            return convert_arguments(given, known.arguments, registry, schema.config)

        if uses_variables(node):
            quick = self._quick_arguments(node, known, arguments(self._values))
            return self._slot(quick or (lambda run: arguments(run.values)))
        fixed = arguments(self._values)
        return self._slot(lambda _: fixed)

    def _quick_arguments(
        self, node: FieldNode, known: StrawberryField, found: Mapping[str, object]
    ) -> Callable[[Run], object] | None:
        """The same arguments by looking their variables up, where each is one whose value stays as it is."""
        given = {each.name.value: each.value for each in node.arguments or ()}
        names: dict[str, str] = {}
        for argument in known.arguments:
            value = given.get(self._schema.config.name_converter.get_graphql_name(argument))
            if isinstance(value, VariableNode) and value.name.value in self._plain:
                names[argument.python_name] = value.name.value
        looked_up = {name: self._values.coerced[variable] for name, variable in names.items()}
        variables = [value for value in given.values() if isinstance(value, VariableNode)]
        if len(variables) < len(given) or len(names) < len(given) or {**found, **looked_up} != found:
            return None
        fixed = {name: value for name, value in found.items() if name not in names}
        pairs = tuple(names.items())
        return lambda run: {**fixed, **{name: run.values.coerced[variable] for name, variable in pairs}}

    def _completed(self, type_: GraphQLOutputType, details: Details, value: str) -> str:
        """The expression that makes a value its answer."""
        nullable = not isinstance(type_, GraphQLNonNull)
        inner = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
        if isinstance(inner, GraphQLScalarType | GraphQLEnumType):
            return leaf_expression(self.source, inner, value, nullable=nullable)
        held, bind = self.source.bound(value)
        otherwise = "None" if nullable else f"{self._surprise}()"
        return f"({self._composed(inner, details, held)} if {bind} is not None else {otherwise})"

    def _composed(self, type_: GraphQLOutputType, details: Details, held: str) -> str:
        if isinstance(type_, GraphQLList):
            item = self.source.fresh("i")
            below = self._completed(type_.of_type, details, item)
            proper = f"{held} if {held}.__class__ is list or {held}.__class__ is tuple else {self._surprise}()"
            return f"[{below} for {item} in ({proper})]"
        if isinstance(type_, GraphQLObjectType):
            return f"{self.object_function(type_, details)}({held}, q)"
        assert isinstance(type_, GraphQLUnionType | GraphQLInterfaceType)
        return f"{self._choice(type_, details)}[{held}.__class__]({held}, q)"

    def _choice(self, type_: GraphQLUnionType | GraphQLInterfaceType, details: Details) -> str:
        possible = self._operation.schema.get_possible_types(type_)
        classes = [definition_of(each).origin for each in possible]
        if len(set(classes)) < len(classes):
            raise NotPlannable(f"{type_.name} has two types of one class")
        names = {each: self.object_function(one, details) for each, one in zip(classes, possible, strict=True)}
        choice: dict[type, Callable[..., object]] = {}
        self._choices.append((choice, names))
        return self.source.constant("choice", choice)


def _loading(
    way: Relation, info: int, arguments: int
) -> Callable[[Sequence[object], Slots], Awaitable[Sequence[object]]]:
    """How the values of a relation are loaded for the objects of a level."""
    function, batch, name = way.function, way.batch, way.info

    async def together(objects: Sequence[object], slots: Slots) -> Sequence[object]:
        found = batch(slots[info], objects, **cast("dict[str, object]", slots[arguments]))  # type: ignore[misc] # there is one
        return await cast("Awaitable[Sequence[object]]", found)

    async def each(objects: Sequence[object], slots: Slots) -> Sequence[object]:
        given = dict(cast("dict[str, object]", slots[arguments]))
        if name is not None:
            given[name] = slots[info]
        found = [cast("Awaitable[object]", function(each, **given)) for each in objects]
        return [await found[0]] if len(found) == 1 else await gather(*found)

    return each if batch is None else together


def _written(
    writing: Writing,
    otherwise: Callable[[Sequence[object], Slots], Awaitable[Sequence[object]]],
    info: int,
    arguments: int,
) -> Callable[[Sequence[object], Slots], Awaitable[Sequence[object]]]:
    """Let the values be written at once, or loaded where that is not possible this time."""

    async def load(objects: Sequence[object], slots: Slots) -> Sequence[object]:
        texts = await writing(slots[info], objects, slots, **cast("dict[str, object]", slots[arguments]))
        if texts is None:
            return await otherwise(objects, slots)
        return [orjson.Fragment(text) for text in texts]

    return load


def _empty_list(_: Run) -> list[object]:
    return []


def _is_awaitable(value: object) -> TypeGuard[Awaitable[object]]:
    return isinstance(value, Awaitable)


async def _gathered(values: Sequence[Awaitable[object]]) -> list[object]:
    return list(await gather(*values))


_NO_HELPERS = GraphQLResolveInfoHelpers(_gathered, lambda _: None)
