"""The store is closed to writers for a while, and opened again; who reads notices nothing."""

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.audit import AuditKind
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.intake import take_text
from lifecycle_fsm.domain.operations import ReadOnlyMode
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.audit_entries import AuditEntry, append_entry
from lifecycle_fsm.store.read_only import begin_read_only, end_read_only, load_read_only

_SUBJECT = "store"


def close_store(world: World, actor: Actor, reason: str) -> ReadOnlyMode:
    """
    Let every process refuse to write within a second; a store that is read-only stays as it is.

    Raises:
        Forbidden: the actor may not operate.
        InvalidInput: the reason is none.
    """
    require(actor, Capability.OPERATE)
    if take_text(reason) is None:
        raise InvalidInput("the reason must be 1 to 500 printable characters", path="reason")
    with world.database.writing(though_read_only=True) as connection:
        before = load_read_only(connection)
        if before is not None:
            return before
        mode = ReadOnlyMode(world.clock(), actor.name, reason)
        begin_read_only(connection, mode)
        append_entry(connection, AuditEntry(AuditKind.READ_ONLY_BEGUN, actor.name, _SUBJECT, mode.since, {}))
    return mode


def open_store(world: World, actor: Actor) -> bool:
    """
    Let every process write again within a second; False where none was refused.

    Raises:
        Forbidden: the actor may not operate.
    """
    require(actor, Capability.OPERATE)
    with world.database.writing(though_read_only=True) as connection:
        if load_read_only(connection) is None:
            return False
        end_read_only(connection)
        append_entry(connection, AuditEntry(AuditKind.READ_ONLY_ENDED, actor.name, _SUBJECT, world.clock(), {}))
    return True
