"""Processes on one store are scraped each for itself, and the dashboard finds all that it asks for."""

import re
import socket
import urllib.request
from contextlib import ExitStack

import promql_parser
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.background.processes import a_process
from tests.background.waiting import until
from tests.telemetry.test_dashboard import EXPRESSIONS, series_in, wrong_labels
from tests.worlds import a_stage

Scrape = dict[tuple[str, ...], float]


@pytest.fixture
def ports() -> list[int]:
    with ExitStack() as stack:
        taken = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(3)]
        return [each.getsockname()[1] for each in taken]


def text_of(port: int) -> str:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            return str(answer.read().decode())
    except OSError:
        return ""


def labels_of(text: str) -> dict[str, set[str]]:
    """The labels of each series that has samples."""
    found: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(text):
        for each in family.samples:
            found.setdefault(each.name, set()).update(each.labels)
    return found


def scraped(port: int) -> Scrape:
    families = text_string_to_metric_families(text_of(port))
    return {(each.name, *each.labels.values()): each.value for family in families for each in family.samples}


ALIVE = ("lifecycle_workers", "alive")


def jobs(scrape: Scrape) -> float:
    return sum(value for key, value in scrape.items() if key[0] == "lifecycle_job_runs_total")


@pytest.mark.long
def test_two_workers_and_a_server_count_for_themselves(sqlite_store: str, ports: list[int]) -> None:
    with a_stage(sqlite_store) as stage:
        stage.sign("ACME", arr=5_000)
    server, one, two = ports
    common = {"database_url": sqlite_store, "schedule_count": "1s"}
    with (
        a_process("worker", worker_name="one", metrics_port=str(one), **common),
        a_process("worker", worker_name="two", metrics_port=str(two), **common),
        a_process("serve", worker="false", port=str(free_port()), metrics_port=str(server), **common),
    ):
        until(lambda: all(scraped(port).get(ALIVE) == 2 for port in ports), 90)
        until(lambda: jobs(scraped(one)) + jobs(scraped(two)) > 0, 60)
        found = [scraped(port) for port in ports]
        names = set(re.findall(r"^# TYPE (\w+)", text_of(server), re.MULTILINE))
        labels = [labels_of(text_of(port)) for port in ports]

    expressions = [promql_parser.parse(each) for each in EXPRESSIONS.values()]
    asked = {name for each in expressions for name in series_in(each)}
    seen = {name: set().union(*(each.get(name, set()) for each in labels)) for name in asked}
    judged = [each for each in expressions if all(seen[name] for name in series_in(each))]
    assert [wrong for each in judged for wrong in wrong_labels(each, seen)] == []
    assert len(judged) >= 10
    assert jobs(found[0]) == 0
    assert [scrape["lifecycle_store_up",] for scrape in found] == [1, 1, 1]
    assert {name for name in asked if not names & {name, re.sub(r"_(bucket|count|sum)$", "", name)}} == set()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])
