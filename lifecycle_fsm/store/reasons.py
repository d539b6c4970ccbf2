"""Why people did what they did, in their words; erased with the inputs of their decisions."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import bindparam, select

from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.tables.history import transition_inputs


def load_reasons(connection: Connection, places: Sequence[tuple[UUID, int]]) -> dict[tuple[UUID, int], str]:
    """Read the reasons of history rows by account and number in one statement; those without one are absent."""
    ids, numbers = ({place[part] for place in places} for part in (0, 1))
    wanted = set(places)
    rows = connection.execute(_REASONS, {"ids": list(ids), "numbers": list(numbers)})
    found = {(row.account_id, row.seq): row.reason for row in rows}
    return {place: reason for place, reason in found.items() if place in wanted}


_REASONS = select(transition_inputs.c.account_id, transition_inputs.c.seq, transition_inputs.c.reason).where(
    transition_inputs.c.account_id.in_(bindparam("ids", expanding=True)),
    transition_inputs.c.seq.in_(bindparam("numbers", expanding=True)),
    transition_inputs.c.reason.is_not(None),
)
