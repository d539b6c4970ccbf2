"""Accounts dealt out to workers by the beginning of their ids."""

from dataclasses import dataclass
from uuid import UUID

MOST_SHARDS = 256


@dataclass(frozen=True, slots=True)
class Shard:
    """The accounts of one range of ids, of so many ranges of the same width; `index` counts from 0."""

    index: int = 0
    count: int = 1

    @property
    def first(self) -> UUID:
        """The lowest id."""
        return UUID(int=self.index * self._width)

    @property
    def last(self) -> UUID:
        """The highest id."""
        return UUID(int=(1 << 128) - 1 if self.index == self.count - 1 else (self.index + 1) * self._width - 1)

    @property
    def _width(self) -> int:
        return (1 << 128) // self.count


WHOLE = Shard()
"""All accounts."""
