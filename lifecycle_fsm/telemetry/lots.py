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


@dataclass(frozen=True, slots=True)
class Named:
    """What a metric is called, what it is about, and the names of its labels."""

    name: str
    about: str
    labels: Labels


class _Lots(Collector, Generic[Noted]):
    """Metrics of values that wait until there are many, or until somebody reads them; they may come from any thread."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._waiting: deque[Noted] = deque()
        self._lock = Lock()
        registry.register(self)

    @property
    @abstractmethod
    def named(self) -> tuple[Named, ...]:
        """The metrics that it gives."""

    def describe(self) -> Iterator[Metric]:
        """What they are called, without values."""
        yield from self._told()

    def collect(self) -> Iterator[Metric]:
        """All that was noted so far."""
        self._count_all()
        with self._lock:
            told = tuple(self._told())
        yield from told

    def _put(self, noted: Noted) -> None:
        self._waiting.append(noted)
        if len(self._waiting) >= _LOT:
            self._count_all()

    def _count_all(self) -> None:
        with self._lock:
            for _ in range(len(self._waiting)):
                self._count(self._waiting.popleft())

    @abstractmethod
    def _count(self, noted: Noted) -> None:
        """Count one of those that waited."""

    @abstractmethod
    def _told(self) -> Iterator[Metric]:
        """What was counted, as the library has it."""


@dataclass(slots=True)
class _Sorted:
    """How many values fell into each bucket, the last of which has no end, and their sum."""

    buckets: list[int]
    total: float = field(default=0.0)


class _Histogram:
    """Values by labels, sorted into buckets; those are given by their upper ends in rising order."""

    def __init__(self, ends: Sequence[float]) -> None:
        self._ends = tuple(ends)
        self._sorted: dict[Labels, _Sorted] = {}

    def add(self, labels: Labels, value: float) -> None:
        """Count a value."""
        found = self._sorted.get(labels)
        if found is None:
            found = self._sorted[labels] = _Sorted([0] * (len(self._ends) + 1))
        found.buckets[bisect_left(self._ends, value)] += 1
        found.total += value

    def told(self, named: Named) -> HistogramMetricFamily:
        """All values so far."""
        family = HistogramMetricFamily(named.name, named.about, labels=named.labels)
        for labels, found in self._sorted.items():
            family.add_metric(labels, list(self._up_to(found)), found.total)
        return family

    def _up_to(self, found: _Sorted) -> Iterator[tuple[str, float]]:
        """The end of each bucket, and how many values lie below it."""
        below = 0
        for end, count in zip((*self._ends, float("inf")), found.buckets, strict=True):
            below += count
            yield floatToGoString(end), below  # type: ignore[no-untyped-call] # it has no types


class Times(_Lots[tuple[Labels, float]]):
    """A histogram of values with labels."""

    def __init__(self, named: Named, buckets: Sequence[float], registry: CollectorRegistry) -> None:
        self._named, self._values = named, _Histogram(buckets)
        super().__init__(registry)

    @property
    def named(self) -> tuple[Named, ...]:
        """The histogram."""
        return (self._named,)

    def note(self, value: float, *labels: str) -> None:
        """Count a value."""
        self._put((labels, value))

    def _count(self, noted: tuple[Labels, float]) -> None:
        self._values.add(*noted)

    def _told(self) -> Iterator[Metric]:
        yield self._values.told(self._named)


class Done(_Lots[tuple[Labels, float | None]]):
    """What is counted by all of its labels, and timed by the first of them, however it ended."""

    def __init__(self, counted: Named, timed: Named, buckets: Sequence[float], registry: CollectorRegistry) -> None:
        self._counted, self._timed = counted, timed
        self._counts: Counter[Labels] = Counter()
        self._seconds = _Histogram(buckets)
        super().__init__(registry)

    @property
    def named(self) -> tuple[Named, ...]:
        """The counter, and the histogram of seconds."""
        return self._counted, self._timed

    def note(self, seconds: float | None, *labels: str) -> None:
        """Count one, which took so long; None where its time says nothing."""
        self._put((labels, seconds))

    def _count(self, noted: tuple[Labels, float | None]) -> None:
        labels, seconds = noted
        self._counts[labels] += 1
        if seconds is not None:
            self._seconds.add(labels[: len(self._timed.labels)], seconds)

    def _told(self) -> Iterator[Metric]:
        family = CounterMetricFamily(self._counted.name, self._counted.about, labels=self._counted.labels)
        for labels, count in self._counts.items():
            family.add_metric(labels, count)
        yield family
        yield self._seconds.told(self._timed)
