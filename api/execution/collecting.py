"""The fields that an operation asks of a type, its fragments and directives worked in as the specification says."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLObjectType,
    GraphQLSchema,
    Node,
    OperationDefinitionNode,
    VariableNode,
    Visitor,
    visit,
)
from graphql.execution.collect_fields import FieldDetails, FragmentDetails, collect_fields, collect_subfields
from graphql.execution.values import VariableValues

from api.execution.reasons import NotPlannable

_CONDITIONS = {"skip", "include"}


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a document, with what graphql-core needs to collect its fields."""

    schema: GraphQLSchema
    node: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]

    @classmethod
    def of(cls, schema: GraphQLSchema, document: DocumentNode, node: OperationDefinitionNode) -> "Operation":
        """
        Take an operation out of its document.

        Raises:
            NotPlannable: a fragment has variables of its own.
        """
        found = [each for each in document.definitions if isinstance(each, FragmentDefinitionNode)]
        if any(each.variable_definitions for each in found):
            raise NotPlannable("a fragment has variables of its own")
        return cls(schema, node, {each.name.value: each for each in found})

    def asked(
        self, type_: GraphQLObjectType, above: Sequence[FieldDetails] | None, values: VariableValues
    ) -> Iterator[tuple[str, list[FieldDetails]]]:
        """
        The response keys below some fields, in order, each with the nodes that ask for it.

        Without fields above these are the keys of the operation itself.
        """
        details = {name: FragmentDetails(node) for name, node in self.fragments.items()}
        if above is None:
            found = collect_fields(self.schema, details, values, type_, self.node)
        else:
            found = collect_subfields(self.schema, details, values, self.node, type_, list(above))
        if found.new_defer_usages:
            raise NotPlannable("a part is deferred")
        yield from found.grouped_field_set.items()


def conditions_of(operation: Operation) -> tuple[str, ...]:
    """The variables on which `@skip` and `@include` depend, sorted."""
    names: set[str] = set()

    class Conditions(Visitor):
        """Note the variables of conditions."""

        def enter_directive(self, node: Node, *_: object) -> None:
            """Look at one directive."""
            if node.name.value in _CONDITIONS:  # type: ignore[attr-defined] # a directive, as the method's name says
                values = (argument.value for argument in node.arguments)  # type: ignore[attr-defined] # likewise
                names.update(value.name.value for value in values if isinstance(value, VariableNode))

    for node in (operation.node, *operation.fragments.values()):
        visit(node, Conditions())
    return tuple(sorted(names))


def asks_of_schema(operation: OperationDefinitionNode) -> bool:
    """Whether the operation asks the schema about itself and nothing else, without fragments at its root."""
    selections = operation.selection_set.selections
    return all(isinstance(node, FieldNode) and node.name.value.startswith("__") for node in selections)


def uses_variables(node: FieldNode) -> bool:
    """Whether an argument of the field depends on a variable."""
    found: list[Node] = []

    class Uses(Visitor):
        """Note the variables."""

        def enter_variable(self, variable: Node, *_: object) -> None:
            """Look at one variable."""
            found.append(variable)

    for argument in node.arguments or ():
        visit(argument, Uses())
    return bool(found)
