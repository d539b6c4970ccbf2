"""Which accounts may be evaluated at which dates: of segments that there are, not to come, not before what is known."""

from collections.abc import Sequence
from datetime import datetime

from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.machines import published_segments
from lifecycle_fsm.store.runs import Run, last_effective_at


def check_date(world: World, run: Run, *, may_be_to_come: bool = False, path: str = "as_of") -> None:
    """
    Stop a run at a date that cannot be evaluated; `path` names the date in what was asked for.

    Raises:
        InvalidInput: the date is to come, or before the last record of one of the accounts.
    """
    if run.as_of > run.started_at and not may_be_to_come:
        raise InvalidInput(f"the date {run.as_of.isoformat()} is to come; expected the present or before", path=path)
    last = _last(world, run)
    if last is not None and run.as_of < last:
        raise InvalidInput(
            f"the date {run.as_of.isoformat()} is before {last.isoformat()}, the last record of one of the accounts; "
            "history only grows, so begin there or later",
            path=path,
        )


def check_segments(world: World, segments: Sequence[str]) -> None:
    """
    Stop a run over segments that nobody ever published, which would look at nothing.

    Raises:
        InvalidInput: there is no such segment; the message names those that there are.
    """
    if not segments:
        return
    with world.database.reading() as connection:
        known = published_segments(connection)
    unknown = next((each for each in segments if each not in known), None)
    if unknown is not None:
        there = ", ".join(sorted(known)) or "none yet"
        raise InvalidInput(f"there is no segment {unknown[:100]!r}; there are: {there}", path="segments")


def _last(world: World, run: Run) -> datetime | None:
    with world.database.reading() as connection:
        return last_effective_at(connection, run.segments)
