"""What Prometheus gets: counted where it happens, behind a token, with labels that cannot grow, and explained."""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from api.app import create_app
from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.domain.cta import CtaOutcome
from lifecycle_fsm.services.ctas import CloseCta, close_cta
from lifecycle_fsm.services.fire import FireTransition, fire_transition
from lifecycle_fsm.services.gauges import Measured
from lifecycle_fsm.services.sweeping.sweep import sweep
from lifecycle_fsm.services.tokens import issue_token
from lifecycle_fsm.settings import Settings
from lifecycle_fsm.store.database import on_commit
from lifecycle_fsm.telemetry.metrics import OTHER, Names
from tests.api.door import Door, a_door
from tests.worlds import ADMIN, Stage, a_stage

TOKEN = "a-token-for-the-scraper"
DOCUMENT = "query Trusted { viewer { name } }"
Samples = dict[tuple[str, ...], float]


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    with a_stage(database_url) as opened:
        yield opened


@pytest.fixture
def door(stage: Stage, tmp_path: Path) -> Iterator[Door]:
    documents = tmp_path / "trusted"
    documents.mkdir()
    (documents / "viewer.graphql").write_text(DOCUMENT)
    settings = Settings.model_validate({"metrics_token": TOKEN, "documents": documents})
    token = issue_token(stage.world, ADMIN, "ada", [Role.ADMIN], None).token
    with a_door(create_app(stage.world, settings), token) as opened:
        yield opened


def scraped(door: Door) -> Samples:
    answer = door.send("GET", "/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    return samples(text_string_to_metric_families(answer.text))


def samples(families: Iterable[Metric]) -> Samples:
    return {
        (each.name.removeprefix("lifecycle_"), *(value for _, value in sorted(each.labels.items()))): each.value
        for family in families
        for each in family.samples
        if not each.name.endswith(("_bucket", "_sum")) and each.name.startswith("lifecycle_")
    }


def test_a_scrape_tells_what_was_done_since_the_last_one(stage: Stage, door: Door) -> None:
    before = scraped(door)
    acme = stage.sign("ACME", arr=50_000)
    stage.send(acme, setup_completion=90)
    (kickoff,) = stage.open_ctas(acme).values()
    assert kickoff.id is not None
    close_cta(stage.world, ADMIN, CloseCta(acme, kickoff.id, CtaOutcome.SUCCESS, stage.key()))
    wanted = FireTransition(acme, "finish_onboarding", stage.key())
    fire_transition(stage.world, ADMIN, wanted)
    by_word = replace(wanted, idempotency_key=stage.key(), override=True, reason="they asked")
    fire_transition(stage.world, ADMIN, by_word)
    door.data(DOCUMENT)
    door.data("query Guest { viewer { name } }")
    door.ask("{ nothing }")
    sweep(stage.world, ADMIN)
    stage.sign("OTHER", arr=5_000)

    after = scraped(door)

    changed = {key: value - before.get(key, 0) for key, value in after.items() if value != before.get(key, 0)}
    quiet = ("database_connections", "http_requests_in_flight", "graphql_operation_points_count", "store_up")
    found = {key: value for key, value in changed.items() if key[0] not in quiet}
    assert found == EXPECTED


EXPECTED: Samples = {
    ("ctas_total", "closed", "mid_market"): 2,
    ("ctas_total", "opened", "mid_market"): 3,
    ("errors_total", "validation_failed"): 1,
    ("graphql_operation_seconds_count", "Trusted", "query"): 1,
    ("graphql_operation_seconds_count", "other", "query"): 1,
    ("graphql_operations_total", "Trusted", "ok", "query"): 1,
    ("graphql_operations_total", "other", "ok", "query"): 1,
    ("guards_refused_total", "mid_market"): 1,
    ("http_request_seconds_count", "/graphql"): 3,
    ("http_request_seconds_count", "/metrics"): 1,
    ("http_requests_total", "GET", "/metrics", "200"): 1,
    ("http_requests_total", "POST", "/graphql", "200"): 3,
    ("ingest_rows_total", "facts", "recorded"): 1,
    ("outbox_unrouted",): 17,
    ("sweep_runs_total", "finished"): 1,
    ("sweep_seconds_count",): 1,
    ("transitions_total", "automatic", "mid_market"): 1,
    ("transitions_total", "override", "mid_market"): 1,
}


def test_metrics_are_off_until_a_token_is_set_and_shut_without_it(stage: Stage, door: Door) -> None:
    off = create_app(stage.world, Settings())
    with a_door(off, TOKEN) as closed:
        assert closed.send("GET", "/metrics").status_code == 404

    assert door.send("GET", "/metrics").status_code == 401
    assert door.as_token(TOKEN).send("GET", "/metrics").status_code == 200
    assert door.as_token(TOKEN).send("POST", json={"query": DOCUMENT}).status_code == 401


def test_a_store_that_does_not_answer_is_told_and_the_rest_stays(stage: Stage) -> None:
    broken = replace(stage.world)
    with stage.world.database.writing() as connection:
        connection.exec_driver_sql("DROP TABLE outbox")

    told = samples(Measured(broken).collect())

    assert told["store_up",] == 0
    assert ("accounts_lag_seconds",) not in told
    assert ("http_requests_in_flight",) in told


def test_what_is_taken_back_is_not_counted(stage: Stage) -> None:
    done: list[str] = []

    with suppress(ZeroDivisionError), stage.world.database.writing():
        on_commit(lambda: done.append("taken back"))
        raise ZeroDivisionError
    with stage.world.database.writing():
        on_commit(lambda: done.append("committed"))
        assert done == []

    assert done == ["committed"]


def test_labels_stop_growing() -> None:
    names = Names(2)

    assert [names.label(text) for text in ("a", "b", "c", "a", "d")] == ["a", "b", OTHER, "a", OTHER]


def test_every_metric_is_explained_and_every_explanation_is_of_one(stage: Stage, door: Door) -> None:
    text = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text()
    told = {name for row in re.findall(r"^\| (`[^|]+) \|", text, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)}

    served = door.send("GET", "/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text

    assert told == set(re.findall(r"^# TYPE (\w+) ", served, re.MULTILINE))
    assert all(len(row.split("|")) == 5 for row in text.splitlines() if row.startswith("| `"))
