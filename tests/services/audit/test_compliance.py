"""What the table for assessors names is what the product has."""

import re
from pathlib import Path

from lifecycle_fsm.domain.audit import AuditKind
from lifecycle_fsm.store.tables.metadata import metadata

DOCS = Path(__file__).parents[3] / "docs" / "compliance.md"
KINDS = re.compile(r"`audit_entry\.kind`: ((?:`\w+`(?:, )?)+)")


def test_every_field_that_is_named_is_in_the_schema() -> None:
    named = set(re.findall(r"`([a-z_]+)\.([a-z_]+)`", DOCS.read_text(encoding="utf-8")))

    unknown = {
        f"{table}.{column}"
        for table, column in named
        if table not in metadata.tables or column not in metadata.tables[table].columns
    }

    assert unknown == set()
    assert len(named) >= 50


def test_every_column_of_history_and_of_audit_entries_is_named() -> None:
    text = DOCS.read_text(encoding="utf-8")

    unnamed = {
        f"{table}.{column.name}"
        for table in ("transition_log", "audit_entry")
        for column in metadata.tables[table].columns
        if f"`{table}.{column.name}`" not in text
    }

    assert unnamed == {"transition_log.account_id", "audit_entry.seq"}


def test_every_kind_of_entry_that_is_named_exists() -> None:
    (listed,) = KINDS.findall(DOCS.read_text(encoding="utf-8"))

    assert set(re.findall(r"`(\w+)`", listed)) <= {kind.value for kind in AuditKind}
