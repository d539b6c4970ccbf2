"""How the store and this process stand at the moment of a scrape: what no counter can tell."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from lifecycle_fsm.domain.errors import LifecycleError
from lifecycle_fsm.services.operations import SILENCE
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.checkpoints import newest_signed_at
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.deliveries import load_traffic
from lifecycle_fsm.store.outbox import count_waiting
from lifecycle_fsm.store.shipments import load_destinations
from lifecycle_fsm.store.waiting import backlog
from lifecycle_fsm.store.workers import load_job_runs, load_workers
from lifecycle_fsm.telemetry.metrics import REGISTRY

Samples = Mapping[tuple[str, ...], float]
"""Values by the values of the labels."""


@dataclass(frozen=True, slots=True)
class Gauge:
    """One figure: its name, what it is, and the names of its labels."""

    name: str
    about: str
    labels: tuple[str, ...] = ()

    def family(self, samples: Samples) -> GaugeMetricFamily:
        """The figure with its values."""
        family = GaugeMetricFamily(self.name, self.about, labels=self.labels)
        for values, value in samples.items():
            family.add_metric(values, value)
        return family


STORE_UP = Gauge("lifecycle_store_up", "Whether the store answered this scrape.")
WAITING = Gauge("lifecycle_accounts_waiting", "Accounts that wait for an evaluation.", ("why",))
LAG = Gauge("lifecycle_accounts_lag_seconds", "How long the longest waiting account has waited.")
UNROUTED = Gauge("lifecycle_outbox_unrouted", "Messages that were not handed to their channels yet.")
DELIVERIES = Gauge("lifecycle_outbox_deliveries", "Messages on their way, and dead ones.", ("channel", "state"))
DELIVERY_LAG = Gauge("lifecycle_outbox_lag_seconds", "How long the oldest message has been due.", ("channel",))
CHECKPOINT_AGE = Gauge("lifecycle_checkpoint_age_seconds", "Time since the log over all history was signed last.")
ALTERED = Gauge(
    "lifecycle_checkpoints_altered", "Checkpoints whose content at a place is not what was signed.", ("destination",)
)
UNSHIPPED = Gauge("lifecycle_checkpoints_unshipped", "Signed checkpoints that a place has not got.", ("destination",))
SHIPPING_LAG = Gauge(
    "lifecycle_checkpoints_lag_seconds", "Age of the oldest checkpoint that a place has not got.", ("destination",)
)
WORKERS = Gauge("lifecycle_workers", "Workers that have signed on.", ("state",))
JOB_AGE = Gauge("lifecycle_job_age_seconds", "Time since a job began last, on any worker.", ("job",))
POOL = Gauge("lifecycle_database_connections", "Connections of this process to the database.", ("state",))
POOL_MOST = Gauge("lifecycle_database_connections_most", "Connections that this process may open.")
WRITERS = Gauge("lifecycle_database_writers_waiting", "Threads of this process that wait to write to a SQLite file.")


class Measured(Collector):
    """Everything that a scrape gets: counters, the store, this process, and what the caller adds."""

    def __init__(self, world: World, *more: Collector) -> None:
        self._world = world
        self._more = more

    def describe(self) -> Iterable[Metric]:
        """Nothing beforehand: names are known from `collect`."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Every metric with its values; where the store does not answer, its own are left out."""
        yield from REGISTRY.collect()
        yield from _of_process(self._world)
        for each in self._more:
            yield from each.collect()
        try:
            with self._world.database.reading() as connection:
                found = [*_of_store(connection, self._world.clock())]
        except LifecycleError:
            yield STORE_UP.family({(): 0})
            return
        yield STORE_UP.family({(): 1})
        yield from found


def _of_process(world: World) -> Iterator[Metric]:
    load = world.database.load()
    yield POOL.family({("busy",): load.busy, ("idle",): load.idle})
    yield POOL_MOST.family({(): load.most})
    yield WRITERS.family({(): load.waiting_writers})


def _of_store(connection: Connection, now: datetime) -> Iterator[Metric]:
    waiting = backlog(connection, now)
    yield WAITING.family({("marked",): waiting.marked, ("due",): waiting.due})
    yield LAG.family({(): 0 if waiting.oldest_at is None else _since(waiting.oldest_at, now)})
    yield UNROUTED.family({(): count_waiting(connection)})
    traffic = load_traffic(connection)
    states: dict[tuple[str, ...], float] = {(each.channel, "waiting"): each.waiting for each in traffic}
    yield DELIVERIES.family(states | {(each.channel, "dead"): each.dead for each in traffic})
    due = {(each.channel,): each.oldest_due_at for each in traffic}
    yield DELIVERY_LAG.family({channel: _since(at, now) for channel, at in due.items() if at is not None})
    signed = newest_signed_at(connection)
    yield CHECKPOINT_AGE.family({} if signed is None else {(): _since(signed, now)})
    places = load_destinations(connection)
    yield UNSHIPPED.family({(each.name,): each.unshipped for each in places})
    yield ALTERED.family({(each.name,): len(each.altered) for each in places})
    ages: dict[tuple[str, ...], float] = {
        (each.name,): 0.0 if each.oldest_at is None else _since(each.oldest_at, now) for each in places
    }
    yield SHIPPING_LAG.family(ages)
    workers = [each.alive for each in load_workers(connection, now - SILENCE)]
    yield WORKERS.family({("alive",): workers.count(True), ("silent",): workers.count(False)})
    yield JOB_AGE.family({(run.job.value,): _since(run.started_at, now) for run in load_job_runs(connection)})


def _since(at: datetime, now: datetime) -> float:
    return max((now - at).total_seconds(), 0.0)
