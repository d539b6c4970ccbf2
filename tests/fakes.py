"""Stand-ins for the outside world, as small classes."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(slots=True)
class Clock:
    """Stand at an instant until a test moves it."""

    at: datetime

    def __call__(self) -> datetime:
        """The present."""
        return self.at
