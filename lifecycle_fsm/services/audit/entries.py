"""What was done beside the history of accounts, as auditors read it."""

from collections.abc import Sequence

from lifecycle_fsm.domain.access import Actor, Capability, require, require_everything
from lifecycle_fsm.domain.audit import AuditKind
from lifecycle_fsm.domain.paging import Page, PageRequest
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.audit_entries import ChainedEntry
from lifecycle_fsm.store.audit_pages import page_entries

__all__ = ["ChainedEntry", "list_entries"]


def list_entries(world: World, actor: Actor, kinds: Sequence[AuditKind], page: PageRequest) -> Page[ChainedEntry]:
    """
    One page of audit entries, newest first; of all kinds where none is named.

    Raises:
        Forbidden: the actor may not read the history of everything.
        InvalidInput: the cursor is not one of this list.
    """
    require(actor, Capability.READ_HISTORY)
    require_everything(actor)
    with world.database.reading() as connection:
        return page_entries(connection, kinds, page)
