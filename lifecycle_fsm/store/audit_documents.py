"""Every text that was ever published, as an audit reads it."""

from dataclasses import dataclass

from sqlalchemy import Table, select

from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.tables.machines import catalog_version, machine_version


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A published text and the digest that it is named by, as they are stored; somebody may have put bytes there."""

    digest: str
    text: str


def load_machines(connection: Connection) -> tuple[StoredDocument, ...]:
    """Read the canonical text of every version of every segment."""
    return _documents(connection, machine_version)


def load_catalogs(connection: Connection) -> tuple[StoredDocument, ...]:
    """Read the text of every version of the catalog."""
    return _documents(connection, catalog_version)


def _documents(connection: Connection, table: Table) -> tuple[StoredDocument, ...]:
    rows = connection.execute(select(table.c.digest, table.c.document).order_by(table.c.digest))
    return tuple(StoredDocument(row.digest, row.document) for row in rows)
