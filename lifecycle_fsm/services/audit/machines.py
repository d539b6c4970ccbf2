"""Published versions whose text is the one that their name is the digest of."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from lifecycle_fsm.definition.restore import machine_from_text
from lifecycle_fsm.domain.audit import Check, Flaw
from lifecycle_fsm.domain.errors import LifecycleError
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.store.audit_documents import StoredDocument, load_catalogs, load_machines
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.raw import printable


@dataclass(frozen=True, slots=True)
class Library:
    """The machines that can be trusted by their digest, and what is wrong with the others; `documents` counts all."""

    machines: Mapping[str, Machine]
    flaws: tuple[Flaw, ...]
    documents: int


def open_library(connection: Connection) -> Library:
    """Read every version ever published and hold each to its digest."""
    stored, catalogs = load_machines(connection), load_catalogs(connection)
    flaws = [flaw for each in catalogs if (flaw := _forgery(each)) is not None]
    machines: dict[str, Machine] = {}
    for document in stored:
        found = _forgery(document) or _restored(document)
        if isinstance(found, Flaw):
            flaws.append(found)
        else:
            machines[document.digest] = found
    return Library(machines, tuple(flaws), len(stored) + len(catalogs))


def _forgery(document: StoredDocument) -> Flaw | None:
    text = document.text if isinstance(document.text, str) else ""
    if sha256(text.encode(errors="surrogateescape")).hexdigest() == document.digest:
        return None
    return Flaw(Check.MACHINE, "its text is not the one that was published", subject=printable(document.digest))


def _restored(document: StoredDocument) -> Machine | Flaw:
    try:
        machine = machine_from_text(document.text)
    except (LifecycleError, ValueError) as error:
        return Flaw(Check.MACHINE, f"its text cannot be read any more: {error}", subject=document.digest)
    if machine.digest != document.digest:
        return Flaw(Check.MACHINE, "its rules are not those that were published", subject=document.digest)
    return machine
