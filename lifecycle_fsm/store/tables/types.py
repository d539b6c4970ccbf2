"""Column types that mean the same on SQLite and PostgreSQL."""

from collections.abc import Iterable
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Dialect, LargeBinary, Text, TypeDecorator, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine


class Id(TypeDecorator[UUID]):
    """A UUID: the native type on PostgreSQL, 16 bytes on SQLite, where text would double every key."""

    impl = LargeBinary
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[UUID] | TypeEngine[bytes]:
        """Choose the database's own type."""
        return Uuid() if dialect.name == "postgresql" else LargeBinary(16)

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> UUID | bytes | None:
        """Give what the driver binds."""
        return value if value is None or dialect.name == "postgresql" else value.bytes

    def process_result_value(self, value: UUID | bytes | None, dialect: Dialect) -> UUID | None:  # noqa: ARG002 - the interface
        """Give the UUID of what the driver read."""
        return UUID(bytes=value) if isinstance(value, bytes) else value


JsonObject = JSON().with_variant(JSONB(), "postgresql")
"""A JSON object that SQL can read into."""

SortedText = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that both databases sort byte by byte, so that a cursor means the same on both."""


def one_of(column: str, choices: type[StrEnum], *more: str) -> CheckConstraint:
    """Allow only the values of a closed set, and None where the column allows it."""
    return allow_only(column, [*(choice.value for choice in choices), *more])


def allow_only(column: str, values: Iterable[str]) -> CheckConstraint:
    """Allow only these texts; the constraint carries the column's name."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)
