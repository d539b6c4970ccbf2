"""Metrics that are counted in lots, held to the library's own."""

from threading import Thread

from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.exposition import generate_latest

from lifecycle_fsm.telemetry.lots import Done, Named, Times

BUCKETS = (0.01, 0.1, 1.0)
REQUESTS, SECONDS = Named("requests", "Requests.", ("route", "status")), Named("seconds", "Time.", ("route",))


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["a", "b"]), st.sampled_from([0.0, 0.01, 0.011, 0.1, 0.5, 1.0, 7.0]))))
def test_scrapes_read_what_the_library_would_say(values: list[tuple[str, float]]) -> None:
    ours, theirs = CollectorRegistry(), CollectorRegistry()
    times = Times(SECONDS, BUCKETS, ours)
    histogram = Histogram("seconds", "Time.", ("route",), buckets=BUCKETS, registry=theirs)

    for route, value in values:
        times.note(value, route)
        histogram.labels(route).observe(value)

    assert _lines(ours) == _lines(theirs)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b"]), st.sampled_from(["200", "400"]), st.sampled_from([None, 0.01, 0.5, 7.0])
        ),
        max_size=2_500,
    )
)
def test_scrapes_read_the_counts_that_the_library_would_give(counted: list[tuple[str, str, float | None]]) -> None:
    ours, theirs = CollectorRegistry(), CollectorRegistry()
    done = Done(REQUESTS, SECONDS, BUCKETS, ours)
    counter = Counter("requests", "Requests.", ("route", "status"), registry=theirs)
    histogram = Histogram("seconds", "Time.", ("route",), buckets=BUCKETS, registry=theirs)

    for route, status, seconds in counted:
        done.note(seconds, route, status)
        counter.labels(route, status).inc()
        if seconds is not None:
            histogram.labels(route).observe(seconds)

    assert _lines(ours) == _lines(theirs)


def test_no_value_is_lost_where_threads_note_them_together() -> None:
    registry = CollectorRegistry()
    times = Times(Named("points", "Points.", ("kind",)), BUCKETS, registry)
    done = Done(REQUESTS, SECONDS, BUCKETS, registry)

    def note() -> None:
        for _ in range(2_500):
            times.note(0.5, "a")
            done.note(0.5, "a", "200")

    threads = [Thread(target=note) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert registry.get_sample_value("points_count", {"kind": "a"}) == 10_000
    assert registry.get_sample_value("points_sum", {"kind": "a"}) == 5_000
    assert registry.get_sample_value("seconds_count", {"route": "a"}) == 10_000
    assert registry.get_sample_value("requests_total", {"route": "a", "status": "200"}) == 10_000


def _lines(registry: CollectorRegistry) -> list[str]:
    """What a scrape reads, without when each series began."""
    return sorted(line for line in generate_latest(registry).decode().splitlines() if "_created" not in line)
