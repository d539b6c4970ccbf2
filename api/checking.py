"""A folder of documents held to the schema before a server trusts them: who may run them, and what they cost."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from graphql import DocumentNode, GraphQLError, GraphQLSchema, Node, OperationDefinitionNode, get_location, validate
from graphql.validation import NoDeprecatedCustomRule

from api.cost.dearest import dearest
from api.documents import Documents
from api.limits import Limits
from api.needs import Need, needs_of
from api.persisted import Trusted, trusted_in
from api.schema import make_schema
from lifecycle_fsm.domain.access import CAPABILITIES, OVER_EVERYTHING, Capability, Role
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.settings import Settings


@dataclass(frozen=True, slots=True)
class Place:
    """A file, the document in it where it lists several, and line and column of the document's text, from 1."""

    file: str
    document: str | None
    line: int
    column: int

    def shown(self) -> str:
        """The place as editors and terminals know it."""
        listed = "" if self.document is None else f"#{self.document}"
        return f"{self.file}{listed}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong at a place; what is no error is a warning, and the document may run."""

    place: Place
    code: str
    message: str
    is_error: bool = True


@dataclass(frozen=True, slots=True)
class CheckedOperation:
    """One operation of a document without errors; `cost` is the most that it may cost without rows of batches."""

    place: Place
    kind: str
    name: str | None
    document_id: str
    needs: tuple[Need, ...]
    cost: int

    @property
    def capabilities(self) -> tuple[Capability, ...]:
        """What it needs, each once, in the order of the table."""
        needed = {need.capability for need in self.needs}
        return tuple(each for each in Capability if each in needed)

    @property
    def roles(self) -> tuple[Role, ...]:
        """Roles each of which alone may run it."""
        return tuple(role for role in Role if CAPABILITIES[role].issuperset(self.capabilities))

    @property
    def reaches_everything(self) -> bool:
        """Whether a token that is limited to a portfolio may not run it."""
        return not OVER_EVERYTHING.isdisjoint(self.capabilities)


@dataclass(frozen=True, slots=True)
class CheckedDocuments:
    """What was found in a folder, file by file; `most` is what an operation may cost, 0 for no limit."""

    documents: int
    operations: tuple[CheckedOperation, ...]
    findings: tuple[Finding, ...]
    most: int

    @property
    def errors(self) -> int:
        """How many findings keep a document from running."""
        return sum(each.is_error for each in self.findings)


def check_documents(folder: Path, settings: Settings) -> CheckedDocuments:
    """
    Hold the trusted documents of a folder to the schema of this release and the limits of the settings.

    Raises:
        InvalidInput: a file cannot be read, or there is no document.
    """
    found = list(trusted_in(folder))
    if not found:
        raise InvalidInput(f"{folder.as_posix()!r} has no document; expected .graphql, .gql or .json files")
    checking = _Checking(settings)
    for trusted in found:
        checking.look_at(trusted)
    return CheckedDocuments(len(found), tuple(checking.operations), tuple(checking.findings), settings.max_cost)


class _Checking:
    """Look at one document after the other."""

    def __init__(self, settings: Settings) -> None:
        self._schema: GraphQLSchema = make_schema()._schema
        self._documents = Documents(self._schema, Limits(), introspection=settings.introspection)
        self._most = settings.max_cost
        self.operations: list[CheckedOperation] = []
        self.findings: list[Finding] = []

    def look_at(self, trusted: Trusted) -> None:
        """Note what its operations need and cost, or what is wrong with it."""
        document = self._documents.read(trusted.text)
        self.findings.extend(_finding(trusted, error) for error in document.errors)
        if document.errors or document.ast is None:
            return
        self.findings.extend(self._deprecated(trusted, document.ast))
        for operation in document.ast.definitions:
            if isinstance(operation, OperationDefinitionNode):
                self._note(trusted, document.ast, operation)

    def _note(self, trusted: Trusted, ast: DocumentNode, operation: OperationDefinitionNode) -> None:
        place, cost = _place(trusted, operation), dearest(self._schema, ast, operation)
        name = operation.name.value if operation.name else None
        needs = needs_of(self._schema, ast, operation)
        self.operations.append(CheckedOperation(place, operation.operation.value, name, trusted.id, needs, cost))
        if 0 < self._most < cost:
            message = f"The operation may cost {cost:,}; at most {self._most:,} are allowed. Ask for shorter pages."
            self.findings.append(Finding(place, "cost_exceeded", message))

    def _deprecated(self, trusted: Trusted, ast: DocumentNode) -> Iterator[Finding]:
        for error in validate(self._schema, ast, (NoDeprecatedCustomRule,)):
            yield _finding(trusted, error, is_error=False)


def _finding(trusted: Trusted, error: GraphQLError, *, is_error: bool = True) -> Finding:
    code = str((error.extensions or {}).get("code", "deprecated"))
    line, column = next(((each.line, each.column) for each in error.locations or ()), (1, 1))
    return Finding(_at(trusted, line, column), code, error.message, is_error)


def _place(trusted: Trusted, node: Node) -> Place:
    assert node.loc is not None
    location = get_location(node.loc.source, node.loc.start)
    return _at(trusted, location.line, location.column)


def _at(trusted: Trusted, line: int, column: int) -> Place:
    return Place(trusted.file.as_posix(), trusted.id if trusted.is_listed else None, line, column)
