"""Closed sets of the product told to GraphQL value by value."""

from enum import Enum

import strawberry
from strawberry.types.enum import has_enum_definition


def describe(enum: type[Enum], description: str, *, name: str | None = None, **values: str) -> None:
    """Make a domain enum one of GraphQL, under its own name or a longer one; a test finds values without a word."""
    strawberry.enum(enum, name=name, description=description)
    assert has_enum_definition(enum)
    for value in enum.__strawberry_definition__.values:
        value.description = values.get(value.name)
