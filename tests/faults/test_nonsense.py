"""Whatever somebody puts into a column that verification reads, verification goes to its end and says so."""

from collections.abc import Iterator
from contextlib import suppress
from uuid import UUID

import orjson
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from lifecycle_fsm.domain.audit import Flaw
from lifecycle_fsm.services.audit.checkpoints import sign_checkpoint
from lifecycle_fsm.services.audit.erase import Texts, erase_texts
from lifecycle_fsm.services.audit.machines import open_library
from lifecycle_fsm.services.audit.review import About, mark_reviewed
from lifecycle_fsm.services.audit.signing import make_signer
from lifecycle_fsm.services.audit.verify import Extent, in_order, verify_part, verify_span
from lifecycle_fsm.store.audit_rows import Span
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.raw import any_text
from lifecycle_fsm.store.tables import metadata
from tests.faults.attackers import unguarded
from tests.services.audit.histories import a_long_story
from tests.worlds import ADMIN, Stage, a_stage

EVERYBODY = Span(UUID(int=0), UUID(int=2**128 - 1))

NONSENSE = (
    "'nonsense'",
    "''",
    "'[1]'",
    '\'{"mark": 1, "comment": 2}\'',
    "CAST(x'ff41' AS TEXT)",
    "x'0102'",
    "-1",
    "9223372036854775807",
    "1.5",
    "NULL",
)
"""As SQL; PostgreSQL refuses most of it for most columns, SQLite hardly any."""

READ = {
    "transition_log": set[str](),
    "transition_inputs": set[str](),
    "account_state": {"account_id", "state_version", "head_hash", "stage", "machine"},
    "audit_entry": set[str](),
    "machine_version": {"digest", "document"},
    "catalog_version": {"digest", "document"},
    "review_mark": {"id", "comment", "salt"},
    "checkpoint": {"note"},
    "checkpoint_key": {"verifier"},
    "merkle_leaf": set[str](),
    "text_erasure": {"mark_id"},
}
"""The columns that verification holds to what was hashed or signed; every column where none are named."""


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    """A store with a signed log, a mark, and another whose text was erased."""
    with a_stage(database_url) as opened:
        acme = a_long_story(opened)
        erased = mark_reviewed(opened.world, ADMIN, About(acme), "of a person", "one").mark.id
        erase_texts(opened.world, ADMIN, Texts(mark_id=erased), "asked to")
        mark_reviewed(opened.world, ADMIN, About(acme), "looked at", "two")
        sign_checkpoint(opened.world, ADMIN, make_signer("example.com/lifecycle"))
        yield opened


def found(connection: Connection) -> list[Flaw]:
    """What verification of the whole store says by this connection; it can be written down and read."""
    with any_text(connection):
        report = verify_part(connection, Extent(), 0)
        report.add(verify_span(connection, open_library(connection), EVERYBODY, Extent()))
    flaws = in_order(report).flaws
    orjson.dumps(flaws)
    return flaws


def rows_with(connection: Connection, table: str, column: str) -> Iterator[None]:
    """Put each nonsense into the last row of a table that the database takes there, one after the other."""
    keys = [key.name for key in metadata.tables[table].primary_key]
    backwards = ", ".join(f"{key} DESC" for key in keys)
    last = f"({', '.join(keys)}) = (SELECT {', '.join(keys)} FROM {table} ORDER BY {backwards} LIMIT 1)"
    for nonsense in NONSENSE:
        undo = connection.begin_nested()
        with suppress(DBAPIError):
            changed = text(
                f'UPDATE {table} SET "{column}" = {nonsense} WHERE {last} AND "{column}" IS DISTINCT FROM {nonsense}'
            )
            if connection.execute(changed).rowcount:
                yield
        undo.rollback()


@pytest.mark.parametrize("table", READ)
def test_nonsense_is_named_and_ends_nothing(stage: Stage, table: str) -> None:
    unseen, tried = set[str](), 0
    with unguarded(stage.world.database) as connection:
        assert found(connection) == []
        for column in READ[table] or set(metadata.tables[table].columns.keys()):
            for _ in rows_with(connection, table, column):
                tried += 1
                unseen |= set[str]() if found(connection) else {column}
        assert found(connection) == []

    assert unseen == set()
    assert tried > 0 or (table, connection.dialect.name) == ("text_erasure", "postgresql")
