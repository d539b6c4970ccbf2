"""GraphQL types; the enums come first, since every type reads their definitions."""

from api.types import enums

__all__ = ["enums"]
