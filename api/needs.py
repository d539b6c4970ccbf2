"""What an operation needs of whoever sends it, collected once from the fields that it names."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLSchema,
    OperationDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    separate_operations,
    visit,
)

from api.permissions import NEEDED
from lifecycle_fsm.domain.access import CAPABILITIES, Actor, Capability, Role, is_let


@dataclass(frozen=True, slots=True)
class Need:
    """A field of the document, as in `Account.history`, and the capability that it needs."""

    field: str
    capability: Capability

    def shown(self) -> dict[str, object]:
        """The need with the roles that have it, as `extensions.lacking` shows it."""
        roles = [role.name for role in Role if self.capability in CAPABILITIES[role]]
        return {"field": self.field, "capability": self.capability.name, "roles": roles}


def needs_of(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) -> tuple[Need, ...]:
    """
    What an operation of a valid document needs, each field once, in the order of the document.

    Fields that `@skip` or `@include` may leave out count as well.
    """
    own = separate_operations(document)[operation.name.value if operation.name else ""]
    types = TypeInfo(schema)
    named = _Named(schema, types)
    visit(own, TypeInfoVisitor(types, named))
    return tuple(Need(field, capability) for field, capability in named.needed.items())


def lacking_of(needs: Sequence[Need], actor: Actor) -> tuple[Need, ...]:
    """Those that the actor does not have."""
    return tuple(need for need in needs if not is_let(actor, need.capability))


class _Named(Visitor):
    """Note what the fields that are named need."""

    def __init__(self, schema: GraphQLSchema, types: TypeInfo) -> None:
        super().__init__()
        self._schema, self._types = schema, types
        self.needed: dict[str, Capability] = {}

    def enter_field(self, node: FieldNode, *_: object) -> None:
        """Look a field up in the table, of an interface that of every type which it may be."""
        for named in self._possible(self._types.get_parent_type()):
            field = f"{named.name}.{node.name.value}"
            capability = NEEDED.get(field)
            if capability is not None:
                self.needed.setdefault(field, capability)

    def _possible(self, named: GraphQLNamedType | None) -> Iterator[GraphQLNamedType]:
        if isinstance(named, GraphQLInterfaceType):
            yield from self._schema.get_possible_types(named)
        elif named is not None:
            yield named
