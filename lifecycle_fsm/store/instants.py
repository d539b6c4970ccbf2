"""Instants as columns hold them, where they may be absent."""

from datetime import datetime

from lifecycle_fsm.domain.moments import from_ms, to_ms

FOREVER = 2**62
"""A millisecond after all that there will be."""


def optional_ms(instant: datetime | None) -> int | None:
    """The instant in milliseconds, None for None."""
    return None if instant is None else to_ms(instant)


def optional_instant(milliseconds: int | None) -> datetime | None:
    """The instant of so many milliseconds, None for None."""
    return None if milliseconds is None else from_ms(milliseconds)
