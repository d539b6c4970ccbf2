"""Wait for what another thread or process does, with an end."""

import time
from collections.abc import Callable
from threading import Event

LONGEST_SECONDS = 30.0
_STEP_SECONDS = 0.02


def until(claim: Callable[[], bool], seconds: float = LONGEST_SECONDS) -> None:
    """Look again and again until a claim holds; fail when it does not hold in time."""
    end, never = time.monotonic() + seconds, Event()
    while not claim():
        assert time.monotonic() < end, "it did not happen in time"
        never.wait(_STEP_SECONDS)
