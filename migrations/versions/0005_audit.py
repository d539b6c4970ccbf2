"""The ledger's surroundings; reasons and inputs can be erased, by account, once the erasure is on its list."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from lifecycle_fsm.store.tables.types import Id
from migrations.append_only import protect, unprotect

revision = "0005"
down_revision: str | None = "0002"

_GROWING = {
    "audit_entry": [["seq"]],
    "merkle_leaf": [["position"], ["account_id", "seq"]],
    "merkle_node": [["level", "position"]],
    "checkpoint_key": [["verifier"]],
    "checkpoint": [["size", "verifier"]],
    "erasure": [["account_id"]],
}
"""The new tables that only grow, with all of their keys."""

_ERASABLE = {
    "fact_history": [["account_id", "field", "observed_at", "recorded_at", "id"]],
    "milestone_event": [["account_id", "id"]],
    "review_mark": [["id"]],
}
"""The tables that only grow until the account is erased."""

_LOG_KEYS = [["account_id", "seq"], ["account_id", "command_id"]]

_OLD_KINDS = (
    "assigned",
    "moved",
    "refused",
    "pace_changed",
    "alert_opened",
    "alert_cleared",
    "milestone_reached",
    "cta_closed",
    "plan_changed",
    "csm_changed",
    "migrated",
    "reassigned",
)

_UNTIL_ERASED = """
CREATE OR REPLACE FUNCTION lifecycle_append_only_until_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND EXISTS (SELECT 1 FROM erasure WHERE account_id = OLD.account_id) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""


def upgrade() -> None:
    """
    Apply the step.

    Reasons leave what is hashed, so that history of before would not verify any more:
    it is refused rather than called tampered with.
    """
    if op.get_bind().execute(sa.text("SELECT 1 FROM transition_log LIMIT 1")).first() is not None:
        raise RuntimeError("this store has history in a form that was never released; start with a new store")
    _create_tables()
    _change_log((*_OLD_KINDS, "erased"), erasable=True)
    for table, keys in _GROWING.items():
        protect(table, keys)
    for table, keys in _ERASABLE.items():
        _protect_until_erased(table, keys)


def downgrade() -> None:
    """Undo the step; refused by the database once an account was erased, for its history would be lost."""
    _change_log(_OLD_KINDS, erasable=False)
    for table, keys in _ERASABLE.items():
        unprotect(table)
        if table != "review_mark":
            protect(table, keys)
    op.drop_table("review_mark")
    for table in _GROWING:
        unprotect(table)
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION IF EXISTS lifecycle_append_only_until_erased()")


def _change_log(kinds: Sequence[str], *, erasable: bool) -> None:
    name, allowed = op.f("ck_transition_log_kind"), ", ".join(f"'{kind}'" for kind in kinds)
    unprotect("transition_log")
    with op.batch_alter_table("transition_log") as log:
        log.drop_constraint(name, type_="check")
        log.create_check_constraint(name, f"kind IN ({allowed})")
        if erasable:
            log.drop_column("reason")
        else:
            log.add_column(sa.Column("reason", sa.Text()))
    protect("transition_log", _LOG_KEYS)
    if erasable:
        op.add_column("transition_inputs", sa.Column("reason", sa.Text()))
    else:
        op.drop_column("transition_inputs", "reason")


def _protect_until_erased(table: str, keys: Sequence[Sequence[str]]) -> None:
    unprotect(table)
    protect(table, keys)
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"DROP TRIGGER {table}_no_delete")
        refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        on_the_list = "EXISTS (SELECT 1 FROM erasure WHERE account_id = OLD.account_id)"
        op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} WHEN NOT {on_the_list} {refuse}")
        return
    op.execute(_UNTIL_ERASED)
    op.execute(f"DROP TRIGGER {table}_no_change ON {table}")
    op.execute(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION lifecycle_append_only_until_erased()"
    )
    op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_change")


def _create_tables() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("seq", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("prev_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_audit_entry"),
        sa.CheckConstraint(
            "kind IN ('published', 'plan_approved', 'token_issued', 'tokens_revoked', 'key_added', 'exported', "
            "'erased')",
            name=op.f("ck_audit_entry_kind"),
        ),
    )
    op.create_table(
        "merkle_leaf",
        sa.Column("position", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("account_id", Id(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_merkle_leaf"),
        sa.UniqueConstraint("account_id", "seq", name="uq_merkle_leaf_account_id_seq"),
    )
    op.create_table(
        "merkle_node",
        sa.Column("level", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("position", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("level", "position", name="pk_merkle_node"),
    )
    op.create_table(
        "checkpoint_key",
        sa.Column("verifier", sa.Text(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("verifier", name="pk_checkpoint_key"),
    )
    op.create_table(
        "checkpoint",
        sa.Column("size", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("verifier", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("size", "verifier", name="pk_checkpoint"),
    )
    op.create_table(
        "erasure",
        sa.Column("account_id", Id(), nullable=False),
        sa.Column("erased_at", sa.BigInteger(), nullable=False),
        sa.Column("erased_by", sa.Text(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_erasure"),
    )
    op.create_table(
        "review_mark",
        sa.Column("id", Id(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("account_id", Id()),
        sa.Column("seq", sa.BigInteger()),
        sa.Column("from_at", sa.BigInteger()),
        sa.Column("to_at", sa.BigInteger()),
        sa.Column("answers", Id()),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("marked_at", sa.BigInteger(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_review_mark"),
        sa.CheckConstraint("kind IN ('reviewed', 'question', 'answer')", name=op.f("ck_review_mark_kind")),
    )
    op.create_index("ix_review_mark_marked_at", "review_mark", ["marked_at"])
