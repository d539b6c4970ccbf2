"""Published versions whose text is the one that their name is the digest of."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

from lifecycle_fsm.definition.restore import machine_from_text
from lifecycle_fsm.domain.audit import Check, Flaw
from lifecycle_fsm.domain.errors import LifecycleError
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.store.audit_documents import StoredDocument, load_catalogs, load_machines
from lifecycle_fsm.store.database import Connection


@dataclass(frozen=True, slots=True)
class Library:
    """The machines that can be trusted by their digest, and what is wrong with the others; `documents` counts all."""

    machines: Mapping[str, Machine]
    flaws: tuple[Flaw, ...]
    documents: int


def open_library(connection: Connection) -> Library:
    """Read every version ever published and hold each to its digest."""
    stored, catalogs = load_machines(connection), load_catalogs(connection)
    flaws = [*_forged(stored), *_forged(catalogs)]
    wrong = {flaw.subject for flaw in flaws}
    machines: dict[str, Machine] = {}
    for document in stored:
        if document.digest not in wrong:
            restored = _restored(document)
            if isinstance(restored, Flaw):
                flaws.append(restored)
            else:
                machines[document.digest] = restored
    return Library(machines, tuple(flaws), len(stored) + len(catalogs))


def _forged(documents: tuple[StoredDocument, ...]) -> Iterator[Flaw]:
    for document in documents:
        if sha256(document.text.encode()).hexdigest() != document.digest:
            yield Flaw(Check.MACHINE, "its text is not the one that was published", subject=document.digest)


def _restored(document: StoredDocument) -> Machine | Flaw:
    try:
        machine = machine_from_text(document.text)
    except (LifecycleError, ValueError) as error:
        return Flaw(Check.MACHINE, f"its text cannot be read any more: {error}", subject=document.digest)
    if machine.digest != document.digest:
        return Flaw(Check.MACHINE, "its rules are not those that were published", subject=document.digest)
    return machine
