"""Spans around the fields that graphql-core resolves itself: those that wait for something."""

from collections.abc import Awaitable, Callable
from inspect import isawaitable

from graphql import GraphQLResolveInfo

from lifecycle_fsm.telemetry.traces import within


class TracedFields:
    """Stand around every resolver of an operation that is recorded; values that are there already have no span."""

    def resolve(
        self, resolver: Callable[..., object], source: object, info: GraphQLResolveInfo[object], **arguments: object
    ) -> object:
        """Resolve a field."""
        found = resolver(source, info, **arguments)
        return _waited(f"{info.parent_type.name}.{info.field_name}", found) if isawaitable(found) else found


async def _waited(field: str, found: Awaitable[object]) -> object:
    with within(field, {"lifecycle.graphql.field": field}):
        return await found
