"""Published machines and catalogs: versions that never change, and the version that each segment uses."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, func, insert, select

from lifecycle_fsm.domain.moments import from_ms, to_ms
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.tables.machines import catalog_version, machine_version
from lifecycle_fsm.store.tables.machines import segment as segment_table
from lifecycle_fsm.store.tables.publications import publication


@dataclass(frozen=True, slots=True)
class MachineVersion:
    """One published version of a segment's rules; `document` is its canonical text, whose digest it is named by."""

    digest: str
    segment: str
    document: str
    published_at: datetime
    published_by: str


@dataclass(frozen=True, slots=True)
class CurrentSegment:
    """A segment, the version that new accounts get, and its rank: the lowest that takes an account wins."""

    segment: str
    machine: str
    rank: int
    published_at: datetime
    published_by: str


@dataclass(frozen=True, slots=True)
class CatalogVersion:
    """One published version of the catalog."""

    digest: str
    document: str
    published_at: datetime
    published_by: str


def publish_machine(connection: Connection, version: MachineVersion, rank: int) -> bool:
    """Make a version the current one of its segment; False when it was published before, which keeps its date."""
    is_new = connection.execute(_HAS_MACHINE, {"digest": version.digest}).first() is None
    if is_new:
        connection.execute(insert(machine_version).values(_machine_values(version)))
    connection.execute(delete(segment_table).where(segment_table.c.segment == version.segment))
    connection.execute(insert(segment_table).values(segment=version.segment, machine=version.digest, rank=rank))
    return is_new


def retire_segment(connection: Connection, segment: str) -> None:
    """Take no more accounts into a segment; accounts in it keep their version."""
    connection.execute(delete(segment_table).where(segment_table.c.segment == segment))


def load_segments(connection: Connection) -> tuple[CurrentSegment, ...]:
    """Read the segments in the order in which they are asked to take an account."""
    return tuple(
        CurrentSegment(row.segment, row.machine, row.rank, from_ms(row.published_at), row.published_by)
        for row in connection.execute(_SEGMENTS)
    )


def published_segments(connection: Connection) -> frozenset[str]:
    """Every segment of which a version was ever published."""
    return frozenset(connection.execute(_SEGMENT_NAMES).scalars())


def load_documents(connection: Connection, digests: Sequence[str]) -> dict[str, str]:
    """Read the canonical texts of versions by digest; unknown digests are absent."""
    rows = connection.execute(_DOCUMENTS, {"digests": list(digests)})
    return {row.digest: row.document for row in rows}


def publish_catalog(connection: Connection, version: CatalogVersion) -> bool:
    """Keep a version of the catalog; False when it was published before, which keeps its date."""
    if connection.execute(_HAS_CATALOG, {"digest": version.digest}).first() is not None:
        return False
    connection.execute(
        insert(catalog_version).values(
            digest=version.digest,
            document=version.document,
            published_at=to_ms(version.published_at),
            published_by=version.published_by,
        )
    )
    return True


def latest_catalog(connection: Connection) -> CatalogVersion | None:
    """Read the catalog of the newest publication, which may be an older text again; None before the first."""
    row = connection.execute(_LATEST_CATALOG).first()
    return (
        None if row is None else CatalogVersion(row.digest, row.document, from_ms(row.published_at), row.published_by)
    )


def load_catalog(connection: Connection, digest: str) -> str:
    """Read the canonical text of a catalog that was published."""
    text: str = connection.execute(_CATALOG, {"digest": digest}).scalar_one()
    return text


_HAS_MACHINE = select(machine_version.c.digest).where(machine_version.c.digest == bindparam("digest"))
_HAS_CATALOG = select(catalog_version.c.digest).where(catalog_version.c.digest == bindparam("digest"))

_SEGMENTS = (
    select(
        segment_table.c.segment,
        segment_table.c.machine,
        segment_table.c.rank,
        machine_version.c.published_at,
        machine_version.c.published_by,
    )
    .join(machine_version, machine_version.c.digest == segment_table.c.machine)
    .order_by(segment_table.c.rank, segment_table.c.segment)
)

_SEGMENT_NAMES = select(machine_version.c.segment).distinct()

_DOCUMENTS = select(machine_version.c.digest, machine_version.c.document).where(
    machine_version.c.digest.in_(bindparam("digests", expanding=True))
)

_CATALOG = select(catalog_version.c.document).where(catalog_version.c.digest == bindparam("digest"))

_LATEST_CATALOG = (
    select(*catalog_version.columns)
    .outerjoin(publication, publication.c.catalog == catalog_version.c.digest)
    .order_by(
        func.coalesce(publication.c.published_at, catalog_version.c.published_at).desc(), catalog_version.c.digest
    )
    .limit(1)
)


def _machine_values(version: MachineVersion) -> dict[str, object]:
    return {
        "digest": version.digest,
        "segment": version.segment,
        "document": version.document,
        "published_at": to_ms(version.published_at),
        "published_by": version.published_by,
    }
