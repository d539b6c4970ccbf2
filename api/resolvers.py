"""Fields that are computed, described where they are defined."""

from collections.abc import Callable
from typing import TypeVar

import strawberry

Resolver = TypeVar("Resolver", bound=Callable[..., object])


def resolved(description: str, name: str | None = None) -> Callable[[Resolver], Resolver]:
    """
    Make a method a field of its GraphQL type, under its own name or another one.

    Strawberry's own decorator would lose the method's type.
    """
    decorate: Callable[[Resolver], Resolver] = strawberry.field(name=name, description=description)
    return decorate
