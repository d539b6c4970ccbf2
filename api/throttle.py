"""How much one client may ask for: a bucket of points that fills by itself."""

import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

_MOST_CLIENTS = 10_000


@dataclass(frozen=True, slots=True)
class Status:
    """A client's bucket after a request: points it holds at most, has now, and gets back a second."""

    maximum: int
    available: int
    restore_rate: int
    retry_after: int = 0

    @property
    def is_refused(self) -> bool:
        """Whether the request has to wait; `retry_after` says how many seconds."""
        return self.retry_after > 0

    def shown(self) -> dict[str, int]:
        """The status of a request that was refused, as `extensions.throttle` has it."""
        return {
            "maximumAvailable": self.maximum,
            "currentlyAvailable": self.available,
            "restoreRate": self.restore_rate,
            "retryAfter": self.retry_after,
        }


class Throttle:
    """
    Take points from the bucket of a client, a token's or an address.

    A rate of 0 limits nobody. The 10,000 clients seen last are remembered; one that was
    forgotten begins with a full bucket.
    """

    def __init__(self, rate: int, burst: int, clock: Callable[[], float] = monotonic) -> None:
        self._rate, self._burst, self._clock = rate, burst, clock
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    @property
    def is_on(self) -> bool:
        """Whether anybody is limited."""
        return self._rate > 0

    def level(self, client: str) -> int:
        """How many points a client has now; nothing is taken."""
        now = self._clock()
        level, seen = self._levels.get(client, (float(self._burst), now))
        return math.floor(min(float(self._burst), level + (now - seen) * self._rate))

    def take(self, client: str, points: int) -> Status:
        """Take the points, or say how long to wait; more points than a bucket holds need a full one."""
        now = self._clock()
        level, seen = self._levels.pop(client, (float(self._burst), now))
        level = min(float(self._burst), level + (now - seen) * self._rate)
        missing = min(points, self._burst) - level
        if missing <= 0:
            level -= points
        self._levels[client] = (level, now)
        if len(self._levels) > _MOST_CLIENTS:
            self._levels.popitem(last=False)
        wait = math.ceil(missing / self._rate) if missing > 0 else 0
        return Status(self._burst, max(0, math.floor(level)), self._rate, wait)
