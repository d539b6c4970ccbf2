"""The tables, one file for each family; importing this package registers all of them."""

from lifecycle_fsm.store.tables import accounts, ctas, facts, history, keys, machines, publications, work
from lifecycle_fsm.store.tables.metadata import metadata

__all__ = ["accounts", "ctas", "facts", "history", "keys", "machines", "metadata", "publications", "work"]
