"""Bring a database to the tables that this release expects, or back."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import cache
from importlib.resources import files

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import text

from lifecycle_fsm.domain.errors import StoreFailed
from lifecycle_fsm.store.database import Connection, Database
from lifecycle_fsm.store.revision import revision_of
from lifecycle_fsm.store.tables import metadata

MIGRATING = 4_200_001
"""The advisory lock that processes which migrate one PostgreSQL take in turn."""


class Standing(StrEnum):
    """How tables stand to a release: without any, of one before, its own, or of a later one."""

    EMPTY = "empty"
    OLDER = "older"
    CURRENT = "current"
    NEWER = "newer"


def upgrade(url: str, revision: str = "head") -> bool:
    """
    Apply every migration up to the revision, all of them or none; False where there was none to apply.

    Of several processes that do so at once one migrates; the others wait for it.

    Raises:
        StoreFailed: the database is of another release, or cannot be reached.
    """
    with _explained(), _opened(url) as database, database.writing() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATING})
        before = revision_of(connection)
        if before == (newest() if revision == "head" else revision):
            # Nothing to apply, so that writers need not be kept out.
            return False
        command.upgrade(_config(connection), revision)
        return revision_of(connection) != before


def downgrade(url: str, revision: str) -> None:
    """
    Undo migrations back to the revision, `base` for an empty database; all of them or none.

    Raises:
        StoreFailed: there is no such revision, or the database cannot be reached.
    """
    with _explained(), _opened(url) as database, database.writing() as connection:
        command.downgrade(_config(connection), revision)


def current(url: str) -> str | None:
    """The revision of the database, None before the first."""
    with _opened(url) as database, database.reading() as connection:
        return revision_of(connection)


def how_it_stands(url: str) -> "Standing":
    """The same for an address."""
    with _opened(url) as database, database.reading() as connection:
        return standing(connection)


def standing(connection: Connection) -> "Standing":
    """How the tables of a database stand to this release."""
    found = revision_of(connection)
    if found == newest():
        return Standing.CURRENT
    if found is None:
        return Standing.EMPTY
    return Standing.OLDER if found in _known() else Standing.NEWER


@cache
def newest() -> str | None:
    """The revision that this release expects."""
    return ScriptDirectory(str(files("migrations"))).get_current_head()


@cache
def _known() -> frozenset[str]:
    """Every revision that this release knows; one that it does not know is of a later release."""
    return frozenset(each.revision for each in ScriptDirectory(str(files("migrations"))).walk_revisions())


def is_known(revision: str) -> bool:
    """Whether this release can bring tables of the revision up to its own."""
    return revision in {each.revision for each in ScriptDirectory(str(files("migrations"))).walk_revisions()}


def differences(url: str) -> list[str]:
    """What the tables in the database lack or have beside those of this release, empty when they agree."""
    with _opened(url) as database, database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": _is_ours})
        return [repr(difference) for difference in compare_metadata(context, metadata)]


_OF_THE_DATABASE = frozenset({"commit_order", "ix_transition_log_commit_order"})
"""What PostgreSQL keeps for itself: it fills it, and no code writes it."""


def _is_ours(_: object, name: str | None, __: str, reflected: bool, ___: object) -> bool:  # noqa: FBT001 # Alembic's interface
    return not (reflected and name in _OF_THE_DATABASE)


@contextmanager
def _explained() -> Iterator[None]:
    """A migration that cannot go on says so with a `RuntimeError`."""
    try:
        yield
    except (CommandError, RuntimeError) as error:
        raise StoreFailed(f"the tables cannot be migrated: {error}") from error


@contextmanager
def _opened(url: str) -> Iterator[Database]:
    database = Database(url, connections=1)
    try:
        yield database
    finally:
        database.dispose()


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("migrations")))
    config.attributes["connection"] = connection
    return config
