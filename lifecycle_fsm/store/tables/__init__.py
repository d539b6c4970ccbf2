"""The tables, one file for each family; importing this package registers all of them."""

from lifecycle_fsm.store.tables import (
    accounts,
    alerts,
    audit,
    ctas,
    entries,
    facts,
    history,
    keys,
    machines,
    modes,
    publications,
    runs,
    tallies,
    verifications,
    visits,
    work,
    workers,
)
from lifecycle_fsm.store.tables.metadata import metadata

__all__ = [
    "accounts",
    "alerts",
    "audit",
    "ctas",
    "entries",
    "facts",
    "history",
    "keys",
    "machines",
    "metadata",
    "modes",
    "publications",
    "runs",
    "tallies",
    "verifications",
    "visits",
    "work",
    "workers",
]
