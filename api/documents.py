"""GraphQL texts read, judged and kept, so that each is worked on once."""

from collections import OrderedDict
from dataclasses import dataclass, field

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    parse,
    specified_rules,
    validate,
)
from graphql.validation import ASTValidationRule

from api.cost.formula import Formula, Variables, value_of
from api.cost.pricing import price
from api.limits import Limits, over_limits
from api.needs import Need, needs_of

LARGEST_KEPT = 50_000
MOST_ERRORS = 20


@dataclass(frozen=True, slots=True)
class Document:
    """What a text turned out to be: operations that may run, or the errors that forbid it."""

    errors: tuple[GraphQLError, ...]
    ast: DocumentNode | None = None
    asks_for_cursor: bool = False
    """Whether it may ask for `liveCursor`, which has to be read before anything else."""
    kept: dict[str, object] = field(default_factory=dict, compare=False)
    """What its operations were made into, by name; as long as the document is kept."""
    prices: dict[str, Formula] = field(default_factory=dict, compare=False)
    """What its operations cost, by name."""
    needs: dict[str, tuple[Need, ...]] = field(default_factory=dict, compare=False)
    """What its operations need, by name."""
    chosen: dict[str | None, OperationDefinitionNode] = field(default_factory=dict, compare=False)
    """The operations that requests chose, by what they named; at most as many as it has, and the unnamed one."""

    def operation(self, name: str | None) -> OperationDefinitionNode | GraphQLError:
        """The operation that the specification selects, or why there is none."""
        chosen = self.chosen.get(name)
        if chosen is not None:
            return chosen
        operations = self._operations()
        if name is None:
            found = next(iter(operations.values())) if len(operations) == 1 else None
            return _unnamed(len(operations)) if found is None else self.chosen.setdefault(None, found)
        return self.chosen.setdefault(name, operations[name]) if name in operations else _unknown(name)

    def _operations(self) -> dict[str, OperationDefinitionNode]:
        definitions = self.ast.definitions if self.ast else ()
        found = [node for node in definitions if isinstance(node, OperationDefinitionNode)]
        return {node.name.value if node.name else "": node for node in found}


class Documents:
    """Keep the last `capacity` documents by their text; larger texts than 50,000 characters are not kept."""

    def __init__(self, schema: GraphQLSchema, limits: Limits, *, introspection: bool, capacity: int = 1_000) -> None:
        self._schema = schema
        self._limits = limits
        self._rules: tuple[type[ASTValidationRule], ...] = specified_rules
        self._hides = not introspection
        if not introspection:
            self._rules = (*specified_rules, NoSchemaIntrospectionCustomRule)
        self._capacity = capacity
        self._kept: OrderedDict[str, Document] = OrderedDict()

    def read(self, text: str) -> Document:
        """Parse and judge a text, or give what it was found to be before."""
        document = self._kept.get(text)
        if document is not None:
            self._kept.move_to_end(text)
            return document
        document = self._judged(text)
        if len(text) <= LARGEST_KEPT:
            self._kept[text] = document
        if len(self._kept) > self._capacity:
            self._kept.popitem(last=False)
        return document

    def _judged(self, text: str) -> Document:
        try:
            ast = parse(text, max_lexical_tokens=self._limits.tokens, max_comments=self._limits.tokens)
        except GraphQLError as error:
            return Document((_with_code(error, "parse_failed"),))
        errors = over_limits(ast, self._limits) or self._invalid(ast)
        return Document(tuple(errors), ast, "liveCursor" in text)

    def cost(self, document: Document, operation: OperationDefinitionNode, variables: Variables) -> int:
        """What an operation of a document without errors costs under these variables."""
        name = operation.name.value if operation.name else ""
        if name not in document.prices:
            assert document.ast is not None
            document.prices[name] = price(self._schema, document.ast, operation)
        return value_of(document.prices[name], variables)

    def needs(self, document: Document, operation: OperationDefinitionNode) -> tuple[Need, ...]:
        """What an operation of a document without errors needs of whoever sends it."""
        name = operation.name.value if operation.name else ""
        if name not in document.needs:
            assert document.ast is not None
            document.needs[name] = needs_of(self._schema, document.ast, operation)
        return document.needs[name]

    def _invalid(self, ast: DocumentNode) -> list[GraphQLError]:
        found = validate(self._schema, ast, self._rules, max_errors=MOST_ERRORS, hide_suggestions=self._hides)
        return [_with_code(error, "validation_failed") for error in found]


def _with_code(error: GraphQLError, code: str) -> GraphQLError:
    error.extensions = {**(error.extensions or {}), "code": code}
    return error


def _unnamed(count: int) -> GraphQLError:
    message = f"The document has {count} operations; name the one to run in `operationName`."
    return GraphQLError(message, extensions={"code": "operation_not_found"})


def _unknown(name: str) -> GraphQLError:
    message = f"The document has no operation {name[:60]!r}; name one that it has in `operationName`."
    return GraphQLError(message, extensions={"code": "operation_not_found"})
