"""Texts of review marks can be erased, once the erasure is on its list: the comment and its salt, and nothing else."""

import sqlalchemy as sa
from alembic import op

from lifecycle_fsm.store.tables.types import Id
from migrations.append_only import protect, unprotect

revision = "0030"
down_revision: str | None = "0029"

_KEPT = ("id", "kind", "account_id", "seq", "from_at", "to_at", "answers", "author", "marked_at")
_EMPTIED = "NEW.comment = '' AND NEW.salt IS NULL AND EXISTS (SELECT 1 FROM text_erasure WHERE mark_id = OLD.id)"
_GONE = "EXISTS (SELECT 1 FROM erasure WHERE account_id = OLD.account_id)"
_REFUSE = "BEGIN SELECT RAISE(ABORT, 'review_mark is append-only'); END"

_FUNCTION = f"""
CREATE OR REPLACE FUNCTION lifecycle_append_only_mark() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND {_GONE} THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' AND {_EMPTIED}
        AND ({", ".join(f"NEW.{name}" for name in _KEPT)})
            IS NOT DISTINCT FROM ({", ".join(f"OLD.{name}" for name in _KEPT)}) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "text_erasure",
        sa.Column("mark_id", Id, primary_key=True),
        sa.Column("erased_at", sa.BigInteger, nullable=False),
        sa.Column("erased_by", sa.Text, nullable=False),
        sa.Column("ground", sa.Text, nullable=False),
    )
    protect("text_erasure", [["mark_id"]])
    op.add_column("review_mark", sa.Column("salt", sa.LargeBinary))
    if op.get_bind().dialect.name == "sqlite":
        same = " AND ".join(f"NEW.{name} IS OLD.{name}" for name in _KEPT)
        op.execute("DROP TRIGGER review_mark_no_update")
        op.execute(
            sa.text(
                "CREATE TRIGGER review_mark_no_update BEFORE UPDATE ON review_mark "
                f"WHEN NOT ({_EMPTIED} AND {same}) {_REFUSE}"
            )
        )
    else:
        op.execute(_FUNCTION)
        _guard("lifecycle_append_only_mark")


def downgrade() -> None:
    """Undo the step; texts that were erased stay so."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER review_mark_no_update")
        op.execute(f"CREATE TRIGGER review_mark_no_update BEFORE UPDATE ON review_mark {_REFUSE}")
        op.execute("ALTER TABLE review_mark DROP COLUMN salt")
    else:
        _guard("lifecycle_append_only_until_erased")
        op.execute("DROP FUNCTION lifecycle_append_only_mark()")
        op.drop_column("review_mark", "salt")
    unprotect("text_erasure")
    op.drop_table("text_erasure")


def _guard(function: str) -> None:
    op.execute("DROP TRIGGER review_mark_no_change ON review_mark")
    op.execute(
        "CREATE TRIGGER review_mark_no_change BEFORE UPDATE OR DELETE ON review_mark "
        f"FOR EACH ROW EXECUTE FUNCTION {function}()"
    )
    op.execute("ALTER TABLE review_mark ENABLE ALWAYS TRIGGER review_mark_no_change")
