"""Histograms of what every request is timed by: values are put down at once, and sorted into buckets in lots."""

from bisect import bisect_left
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from threading import Lock

from prometheus_client import CollectorRegistry, Metric
from prometheus_client.core import HistogramMetricFamily
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

_LOT = 1_000

Labels = tuple[str, ...]


@dataclass(slots=True)
class _Counted:
    """How many values fell into each bucket, the last of which has no end, and their sum."""

    buckets: list[int]
    total: float = field(default=0.0)


class Times(Collector):
    """
    A histogram of values with labels; the library's own takes two locks for each value, which every request would pay.

    Buckets are given by their upper ends in rising order. Values may come from any thread.
    """

    def __init__(
        self, name: str, about: str, labels: Labels, buckets: Sequence[float], registry: CollectorRegistry
    ) -> None:
        self.name, self.labels = name, labels
        self._about, self._ends = about, tuple(buckets)
        self._waiting: deque[tuple[Labels, float]] = deque()
        self._counted: dict[Labels, _Counted] = {}
        self._lock = Lock()
        registry.register(self)

    def note(self, value: float, *labels: str) -> None:
        """Count a value."""
        self._waiting.append((labels, value))
        if len(self._waiting) >= _LOT:
            self._sort()

    def describe(self) -> Iterator[Metric]:
        """What it is called, without values."""
        yield self._family()

    def collect(self) -> Iterator[Metric]:
        """All that was noted so far."""
        self._sort()
        family = self._family()
        with self._lock:
            for labels, counted in self._counted.items():
                family.add_metric(labels, list(self._up_to(counted)), counted.total)
        yield family

    def _family(self) -> HistogramMetricFamily:
        return HistogramMetricFamily(self.name, self._about, labels=self.labels)

    def _up_to(self, counted: _Counted) -> Iterator[tuple[str, float]]:
        """The end of each bucket, and how many values lie below it."""
        below = 0
        for end, count in zip((*self._ends, float("inf")), counted.buckets, strict=True):
            below += count
            yield floatToGoString(end), below  # type: ignore[no-untyped-call] # it has no types

    def _sort(self) -> None:
        with self._lock:
            for _ in range(len(self._waiting)):
                labels, value = self._waiting.popleft()
                counted = self._counted.get(labels)
                if counted is None:
                    counted = self._counted[labels] = _Counted([0] * (len(self._ends) + 1))
                counted.buckets[bisect_left(self._ends, value)] += 1
                counted.total += value
