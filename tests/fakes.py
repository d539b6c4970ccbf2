"""Stand-ins for the outside world, as small classes."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(slots=True)
class Clock:
    """Stand at an instant until a test moves it."""

    at: datetime

    def __call__(self) -> datetime:
        """The present."""
        return self.at

    def turn(self, **by: float) -> datetime:
        """Let time pass, in the words of `timedelta`."""
        self.at += timedelta(**by)
        return self.at
