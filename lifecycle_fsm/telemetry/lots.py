"""
What every request is counted and timed by: put down at once, and counted in lots.

The library's own metrics take a lock or two for each value, which every request would pay.
"""

from abc import abstractmethod
from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar

from prometheus_client import CollectorRegistry, Metric
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

_LOT = 1_000

Labels = tuple[str, ...]
Noted = TypeVar("Noted")
Family = TypeVar("Family", bound=Metric)


class _Lots(Collector, Generic[Noted, Family]):
    """A metric of values that wait until there are many, or until somebody reads it; they may come from any thread."""

    def __init__(self, name: str, about: str, labels: Labels, registry: CollectorRegistry) -> None:
        self.name, self.labels = name, labels
        self._about = about
        self._waiting: deque[Noted] = deque()
        self._lock = Lock()
        registry.register(self)

    def describe(self) -> Iterator[Metric]:
        """What it is called, without values."""
        yield self._family()

    def collect(self) -> Iterator[Metric]:
        """All that was noted so far."""
        self._count_all()
        family = self._family()
        with self._lock:
            self._tell(family)
        yield family

    def _count_all(self) -> None:
        with self._lock:
            for _ in range(len(self._waiting)):
                self._count(self._waiting.popleft())

    @abstractmethod
    def _family(self) -> Family:
        """What it is called, as the library has it."""

    @abstractmethod
    def _count(self, noted: Noted) -> None:
        """Count one of those that waited."""

    @abstractmethod
    def _tell(self, family: Family) -> None:
        """Add what was counted."""


class Counts(_Lots[Labels, CounterMetricFamily]):
    """A counter with labels."""

    def __init__(self, name: str, about: str, labels: Labels, registry: CollectorRegistry) -> None:
        self._counted: Counter[Labels] = Counter()
        super().__init__(name, about, labels, registry)

    def note(self, *labels: str) -> None:
        """Count one."""
        self._waiting.append(labels)
        if len(self._waiting) >= _LOT:
            self._count_all()

    def _family(self) -> CounterMetricFamily:
        return CounterMetricFamily(self.name, self._about, labels=self.labels)

    def _count(self, noted: Labels) -> None:
        self._counted[noted] += 1

    def _tell(self, family: CounterMetricFamily) -> None:
        for labels, count in self._counted.items():
            family.add_metric(labels, count)


@dataclass(slots=True)
class _Sorted:
    """How many values fell into each bucket, the last of which has no end, and their sum."""

    buckets: list[int]
    total: float = field(default=0.0)


class Times(_Lots[tuple[Labels, float], HistogramMetricFamily]):
    """A histogram of values with labels; buckets are given by their upper ends in rising order."""

    def __init__(
        self, name: str, about: str, labels: Labels, buckets: Sequence[float], registry: CollectorRegistry
    ) -> None:
        self._ends = tuple(buckets)
        self._sorted: dict[Labels, _Sorted] = {}
        super().__init__(name, about, labels, registry)

    def note(self, value: float, *labels: str) -> None:
        """Count a value."""
        self._waiting.append((labels, value))
        if len(self._waiting) >= _LOT:
            self._count_all()

    def _family(self) -> HistogramMetricFamily:
        return HistogramMetricFamily(self.name, self._about, labels=self.labels)

    def _count(self, noted: tuple[Labels, float]) -> None:
        labels, value = noted
        found = self._sorted.get(labels)
        if found is None:
            found = self._sorted[labels] = _Sorted([0] * (len(self._ends) + 1))
        found.buckets[bisect_left(self._ends, value)] += 1
        found.total += value

    def _tell(self, family: HistogramMetricFamily) -> None:
        for labels, found in self._sorted.items():
            family.add_metric(labels, list(self._up_to(found)), found.total)

    def _up_to(self, found: _Sorted) -> Iterator[tuple[str, float]]:
        """The end of each bucket, and how many values lie below it."""
        below = 0
        for end, count in zip((*self._ends, float("inf")), found.buckets, strict=True):
            below += count
            yield floatToGoString(end), below  # type: ignore[no-untyped-call] # it has no types
