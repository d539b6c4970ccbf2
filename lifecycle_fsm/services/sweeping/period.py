"""The dates at which accounts may be evaluated: not to come, and not before what is recorded."""

from datetime import datetime

from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.runs import Run, last_effective_at


def check_date(world: World, run: Run, *, may_be_to_come: bool = False) -> None:
    """
    Stop a run at a date that cannot be evaluated.

    Raises:
        InvalidInput: the date is to come, or before the last record of one of the accounts.
    """
    if run.as_of > run.started_at and not may_be_to_come:
        raise InvalidInput(f"the date {run.as_of.isoformat()} is to come; expected the present or before", path="as_of")
    last = _last(world, run)
    if last is not None and run.as_of < last:
        raise InvalidInput(
            f"the date {run.as_of.isoformat()} is before {last.isoformat()}, the last record of one of the accounts; "
            "history only grows, so begin there or later",
            path="as_of",
        )


def _last(world: World, run: Run) -> datetime | None:
    with world.database.reading() as connection:
        return last_effective_at(connection, run.segments)
