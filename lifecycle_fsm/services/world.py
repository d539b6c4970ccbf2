"""What every service works in: the database, the clock, and the machines that were loaded."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import orjson

from lifecycle_fsm.definition.restore import machine_from_text, vocabulary_from_document
from lifecycle_fsm.definition.vocabulary import Vocabulary
from lifecycle_fsm.domain.catalog import Catalog
from lifecycle_fsm.domain.errors import MachineNotFound
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.store.database import Connection, Database
from lifecycle_fsm.store.machines import latest_catalog, load_documents


class Shelf:
    """Keep the machines that this process has loaded; a published version never changes."""

    def __init__(self) -> None:
        self._machines: dict[str, Machine] = {}
        self._vocabularies: dict[str, Vocabulary] = {}

    def catalog(self, connection: Connection) -> Catalog:
        """The catalog that was published last; an empty one before the first."""
        return self.vocabulary(connection).catalog

    def vocabulary(self, connection: Connection) -> Vocabulary:
        """The same with what its derived measures follow from."""
        latest = latest_catalog(connection)
        if latest is None:
            return Vocabulary()
        if latest.digest not in self._vocabularies:
            self._vocabularies[latest.digest] = vocabulary_from_document(orjson.loads(latest.document))
        return self._vocabularies[latest.digest]

    def loaded(self, digest: str) -> Machine | None:
        """The machine with this digest if this process has loaded it."""
        return self._machines.get(digest)

    def machines(self, connection: Connection, digests: Iterable[str]) -> dict[str, Machine]:
        """
        Give the machines with these digests, reading those that are not here yet.

        Raises:
            MachineNotFound: a digest was never published.
        """
        wanted = set(digests)
        missing = wanted - self._machines.keys()
        if missing:
            documents = load_documents(connection, sorted(missing))
            self._machines |= {digest: machine_from_text(text) for digest, text in documents.items()}
        unknown = sorted(wanted - self._machines.keys())
        if unknown:
            raise MachineNotFound(f"no machine with the digest {unknown[0]!r} was ever published in this store")
        return {digest: self._machines[digest] for digest in wanted}


@dataclass(frozen=True, slots=True)
class World:
    """
    Hold what a process keeps for its services.

    `clock` gives the present instant, aware and in UTC; it is asked once for each command.
    `small_batch` is the largest number of accounts that an ingest evaluates at once.
    With `approval`, a plan is applied only after somebody other than its author agreed.
    `erasures` is the file outside of the store that lists who was erased, None where none is kept.
    """

    database: Database
    clock: Callable[[], datetime]
    small_batch: int = 200
    shelf: Shelf = field(default_factory=Shelf)
    approval: bool = False
    erasures: Path | None = None
