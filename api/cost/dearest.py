"""The most that an operation may cost, whatever comes with it."""

from graphql import (
    REMOVE,
    DirectiveNode,
    DocumentNode,
    GraphQLSchema,
    OperationDefinitionNode,
    VariableNode,
    Visitor,
    VisitorAction,
    visit,
)

from api.cost.formula import value_of
from api.cost.pricing import price
from api.cost.weights import LONGEST_PAGE

_CONDITIONS = frozenset({"skip", "include"})


def dearest(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) -> int:
    """
    What an operation of a valid document costs where its pages are as long as they may be and nothing is left out.

    Rows of a batch that come as variables are not in it; each costs 1 more.
    """
    whole: DocumentNode = visit(document, _Whole())
    place = document.definitions.index(operation)
    known = [each.variable.name.value for each in operation.variable_definitions or ()]
    copied = whole.definitions[place]
    assert isinstance(copied, OperationDefinitionNode)
    return value_of(price(schema, whole, copied), dict.fromkeys(known, LONGEST_PAGE))


class _Whole(Visitor):
    """Take away the conditions that variables decide."""

    def enter_directive(self, node: DirectiveNode, *_: object) -> VisitorAction:
        """Leave one out, or keep it."""
        is_open = any(isinstance(each.value, VariableNode) for each in node.arguments or ())
        return REMOVE if is_open and node.name.value in _CONDITIONS else None
