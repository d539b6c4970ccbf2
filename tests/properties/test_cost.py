"""A larger operation never costs less: by longer pages, by one more field, or by the same written twice."""

from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    OperationDefinitionNode,
    SelectionSetNode,
    Visitor,
    parse,
    print_ast,
    validate,
    visit,
)
from graphql.language import IntValueNode
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from api.cost.dearest import dearest
from api.cost.formula import value_of
from api.cost.pricing import price
from api.schema import make_schema
from tests.properties.documents import Made, Pools, queries

SCHEMA = make_schema()._schema
POOLS: Pools = {
    "first": [1, 2, 5, 20, 99],
    "last": [1, 2, 99],
    "ID": ["x"],
    "String": ["x"],
    "Int": [1, 50],
    "Float": [1.0],
    "Boolean": [True, False],
    "DateTime": ["2026-01-05T09:00:00Z"],
    "Duration": ["P1D"],
    "Value": [1],
}


def cost(document: DocumentNode, variables: dict[str, Any]) -> int:
    (operation,) = (each for each in document.definitions if isinstance(each, OperationDefinitionNode))
    return value_of(price(SCHEMA, document, operation), variables)


class Longer(Visitor):
    """Ask for one item more of every page that says its length."""

    def enter_argument(self, node: Any, *_: Any) -> Any:
        """Look at one argument."""
        if node.name.value in {"first", "last"} and isinstance(node.value, IntValueNode):
            return type(node)(name=node.name, value=IntValueNode(value=str(int(node.value.value) + 1)))
        return None


def without_a_field(document: DocumentNode, place: int) -> DocumentNode:
    """Take one field out of a selection that has others."""
    seen = [0]

    class Fewer(Visitor):
        def enter_selection_set(self, node: Any, *_: Any) -> Any:
            fields = [each for each in node.selections if isinstance(each, FieldNode)]
            if len(node.selections) < 2 or not fields:
                return None
            seen[0] += 1
            if seen[0] - 1 != place:
                return None
            return SelectionSetNode(selections=tuple(each for each in node.selections if each is not fields[-1]))

    changed: DocumentNode = visit(document, Fewer())
    return changed


@given(made=queries(SCHEMA, POOLS), place=st.integers(0, 8))
def test_a_larger_operation_never_costs_less(made: Made, place: int) -> None:
    document = parse(made.text)
    assume(not validate(SCHEMA, document))
    before = cost(document, made.variables)

    longer = cost(visit(document, Longer()), {k: v + 1 if type(v) is int else v for k, v in made.variables.items()})
    fewer = cost(without_a_field(document, place), made.variables)
    text = print_ast(document)

    assert longer >= before >= fewer >= 0
    assert cost(parse(text), made.variables) == before


@given(made=queries(SCHEMA, POOLS))
def test_the_same_under_other_names_costs_as_much_again(made: Made) -> None:
    document = parse(made.text)
    assume(not validate(SCHEMA, document))
    (operation,) = (each for each in document.definitions if isinstance(each, OperationDefinitionNode))
    again = tuple(operation.selection_set.selections)
    doubled = OperationDefinitionNode(
        operation=operation.operation,
        name=operation.name,
        variable_definitions=operation.variable_definitions,
        directives=operation.directives,
        selection_set=SelectionSetNode(selections=(*again, *again)),
    )
    rest = tuple(each for each in document.definitions if each is not operation)

    found = cost(DocumentNode(definitions=(doubled, *rest)), made.variables)

    assert found == 2 * cost(document, made.variables)


@settings(deadline=None)
@given(made=queries(SCHEMA, POOLS))
def test_nothing_that_is_sent_with_an_operation_makes_it_dearer_than_the_most(made: Made) -> None:
    document = parse(made.text)
    assume(not validate(SCHEMA, document))
    (operation,) = (each for each in document.definitions if isinstance(each, OperationDefinitionNode))

    assert dearest(SCHEMA, document, operation) >= cost(document, without_rows(made.variables))


def without_rows(value: Any) -> Any:
    """The same variables without the rows of batches, which the most leaves out."""
    if isinstance(value, dict):
        return {name: without_rows(each) for name, each in value.items()}
    return [] if isinstance(value, list) else value
