"""Fields that are computed, described where they are defined."""

from collections.abc import Callable
from typing import TypeVar

import strawberry

from api.asked import Writer

Resolver = TypeVar("Resolver", bound=Callable[..., object])

_BATCH = "__batch__"
_WRITER = "__writer__"


def resolved(
    description: str,
    name: str | None = None,
    batch: Callable[..., object] | None = None,
    writer: Writer | None = None,
) -> Callable[[Resolver], Resolver]:
    """
    Make a method a field of its GraphQL type, under its own name or another one.

    `batch` gives the values of many objects at once: a coroutine function of `info`, the
    objects, and the field's arguments by name, whose list is in the order of the objects.
    `writer` writes the values down at once where the selection allows it.
    Strawberry's own decorator would lose the method's type.
    """
    decorate: Callable[[Resolver], Resolver] = strawberry.field(name=name, description=description)

    def with_batch(method: Resolver) -> Resolver:
        if batch is not None:
            setattr(method, _BATCH, batch)
        if writer is not None:
            setattr(method, _WRITER, writer)
        return decorate(method)

    return with_batch


def batch_of(method: Callable[..., object]) -> Callable[..., object] | None:
    """The batch form that a field's method was declared with."""
    found: Callable[..., object] | None = getattr(method, _BATCH, None)
    return found


def writer_of(method: Callable[..., object]) -> Writer | None:
    """The writer that a field's method was declared with."""
    found: Writer | None = getattr(method, _WRITER, None)
    return found
