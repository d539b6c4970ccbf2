"""Triggers that keep history as it was written; rails against mistakes, where the hash chain is the proof."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

_FUNCTION = """
CREATE OR REPLACE FUNCTION lifecycle_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""


def protect(table: str, keys: Sequence[Sequence[str]]) -> None:
    """
    Refuse to change or remove rows of a table; `keys` are all of its primary and unique keys.

    Call it again after every batch operation on the table: on SQLite such an operation
    copies the table and loses its triggers without a word.
    """
    if op.get_bind().dialect.name == "sqlite":
        _protect_sqlite(table, keys)
    else:
        _protect_postgresql(table)


def unprotect(table: str) -> None:
    """Allow changes again, for a migration that needs them."""
    if op.get_bind().dialect.name == "sqlite":
        for deed in ("update", "delete", "replace"):
            op.execute(f"DROP TRIGGER IF EXISTS {table}_no_{deed}")
    else:
        for deed in ("change", "truncate"):
            op.execute(f"DROP TRIGGER IF EXISTS {table}_no_{deed} ON {table}")


def drop_function() -> None:
    """Remove what the triggers of PostgreSQL call, once no table is protected any more."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION IF EXISTS lifecycle_append_only()")


def _protect_sqlite(table: str, keys: Sequence[Sequence[str]]) -> None:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    for deed in ("update", "delete"):
        op.execute(f"CREATE TRIGGER {table}_no_{deed} BEFORE {deed.upper()} ON {table} {refuse}")
    # INSERT OR REPLACE deletes the row in its way without firing the delete trigger.
    taken = " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} WHERE {' AND '.join(f'{column} = NEW.{column}' for column in key)})"  # noqa: S608 - our own names
        for key in keys
    )
    op.execute(sa.text(f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {taken} {refuse}"))


def _protect_postgresql(table: str) -> None:
    op.execute(_FUNCTION)
    act = "EXECUTE FUNCTION lifecycle_append_only()"
    op.execute(f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {act}")
    op.execute(f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {act}")
    for deed in ("change", "truncate"):
        # ALWAYS: they hold for rows that arrive by replication, too.
        op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_{deed}")
