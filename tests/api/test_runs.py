"""Admins start, rehearse and stop sweeps, and read what every run came to."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from lifecycle_fsm.background.jobs import jobs_of
from lifecycle_fsm.background.plan import WorkerPlan
from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.domain.operations import JobName
from lifecycle_fsm.services.world import World
from tests.api.conftest import an_account, register
from tests.api.door import Door
from tests.fakes import Clock

KEYS = ("A1", "A2", "A3")

START = """mutation ($input: StartSweepInput!) { startSweep(input: $input) {
  ... on SweepStarted { run { id kind actor finishedAt segments counts { moved } } }
  ... on Problem { code message }
  ... on InvalidInput { path }
} }"""
REHEARSE = """mutation ($input: RehearseSweepInput!) { rehearseSweep(input: $input) {
  ... on SweepRehearsed { counts { lookedAt candidates moved disagreements }
    accounts { accountId records { kind fromStage toStage transition effects { kind template } } } }
  ... on Problem { code message }
} }"""
CANCEL = """mutation ($input: CancelSweepInput!) { cancelSweep(input: $input) {
  ... on SweepCancelled { run { id cancelledAt finishedAt } }
  ... on Problem { code message }
} }"""
FILL = """mutation ($input: StartBackFillInput!) { startBackFill(input: $input) {
  ... on BackFillStarted { runs { id kind asOf series finishedAt } }
  ... on Problem { code message }
  ... on InvalidInput { path }
} }"""
RESUME = """mutation ($input: ResumeRunInput!) { resumeRun(input: $input) {
  ... on RunResumed { run { id finishedAt } }
  ... on Problem { code message }
} }"""
RUNS = """query ($first: Int!, $after: String) { runs(first: $first, after: $after) {
  totalCount pageInfo { hasNextPage endCursor }
  nodes { id kind actor counts { lookedAt candidates moved disagreements failed } setAside { cause }
    accounts(first: 2) { totalCount nodes { key } pageInfo { hasNextPage endCursor } } } } }"""
RUN = """query ($id: ID!, $after: String) { run(id: $id) {
  finishedAt counts { moved } accounts(first: 2, after: $after) { nodes { key } } } }"""


@pytest.fixture(autouse=True)
def late(world: World, clock: Clock) -> None:
    """Four accounts that have come to be behind, and nobody has noticed."""
    register(world, *(an_account(key) for key in KEYS))
    clock.turn(days=40)


def wish(key: str = "once", **more: object) -> dict[str, object]:
    return {"idempotencyKey": key, **more}


def work(world: World) -> None:
    """Do what a worker does about sweeps that people asked for."""
    job = jobs_of(world, WorkerPlan("test", "1", "unused"), lambda: False)[JobName.ASKED]
    if job.has_work(0):
        job.page(0, None)


def test_a_sweep_is_asked_for_once_done_by_a_worker_and_shown(door: Door, world: World) -> None:
    first, second = (door.data(START, input=wish())["startSweep"]["run"] for _ in range(2))
    work(world)

    shown = door.data(RUNS, first=10)["runs"]
    (run,) = [each for each in shown["nodes"] if each["kind"] == "SWEEP"]
    assert (first["id"], first["actor"], first["finishedAt"]) == (second["id"], run["actor"], None)
    assert run["id"] == first["id"]
    counts = run["counts"]
    assert (counts["lookedAt"], counts["candidates"], counts["moved"]) == (4, 4, 0)
    assert (counts["disagreements"], counts["failed"], run["setAside"]) == (0, 0, [])


def test_the_accounts_of_a_run_come_page_by_page(door: Door, world: World) -> None:
    run = door.data(START, input=wish())["startSweep"]["run"]
    work(world)

    (shown,) = [each for each in door.data(RUNS, first=10)["runs"]["nodes"] if each["id"] == run["id"]]
    accounts = shown["accounts"]
    after = accounts["pageInfo"]["endCursor"]
    rest = door.data(RUN, id=run["id"], after=after)["run"]["accounts"]["nodes"]
    assert (accounts["totalCount"], accounts["pageInfo"]["hasNextPage"], len(rest)) == (4, True, 2)
    assert sorted(each["key"] for each in (*accounts["nodes"], *rest)) == [*KEYS, "ACME"]


def test_a_dry_run_foresees_and_writes_nothing(door: Door, world: World) -> None:
    found = door.data(REHEARSE, input={})["rehearseSweep"]

    assert found["counts"] == {"lookedAt": 4, "candidates": 4, "moved": 0, "disagreements": 0}
    assert {each["records"][0]["kind"] for each in found["accounts"]} == {"PACE_CHANGED"}
    assert [each for each in door.data(RUNS, first=10)["runs"]["nodes"] if each["kind"] == "SWEEP"] == []


def test_a_sweep_that_was_stopped_does_nothing_more(door: Door, world: World) -> None:
    run = door.data(START, input=wish())["startSweep"]["run"]

    stopped = door.data(CANCEL, input={"runId": run["id"]})["cancelSweep"]["run"]
    work(world)

    shown = door.data(RUN, id=run["id"])["run"]
    assert stopped["id"] == run["id"]
    assert stopped["cancelledAt"] is not None
    assert (shown["finishedAt"] is not None, shown["accounts"]["nodes"]) == (True, [])


def test_a_back_fill_is_asked_for_once_and_done_by_a_worker(door: Door, world: World, clock: Clock) -> None:
    clock.turn(days=30)
    days = {"since": (clock() - timedelta(days=4)).isoformat(), "until": clock().isoformat(), "step": "P2D"}

    first, second = (door.data(FILL, input=wish(**days))["startBackFill"]["runs"] for _ in range(2))
    work(world)
    resumed = door.data(RESUME, input={"runId": first[1]["id"]})["resumeRun"]["run"]

    shown = [each for each in door.data(RUNS, first=10)["runs"]["nodes"] if each["kind"] == "BACK_FILL"]
    assert first == second
    assert [each["asOf"] for each in first] == ["2026-05-07T09:00:00Z", "2026-05-09T09:00:00Z", "2026-05-11T09:00:00Z"]
    assert len({each["series"] for each in first}) == 1
    assert sorted(each["id"] for each in shown) == sorted(each["id"] for each in first)
    assert resumed["finishedAt"] is not None


def test_a_back_fill_before_the_last_record_is_refused(door: Door) -> None:
    days = {"since": "2026-01-01T00:00:00Z", "until": "2026-04-01T00:00:00Z"}

    problem = door.data(FILL, input=wish(**days))["startBackFill"]

    assert (problem["code"], problem["path"]) == ("INVALID_INPUT", ["input", "since"])


def test_a_date_to_come_is_refused(door: Door) -> None:
    problem = door.data(START, input=wish(asOf="2100-01-01T00:00:00Z"))["startSweep"]

    assert (problem["code"], problem["path"]) == ("INVALID_INPUT", ["input", "asOf"])


def test_who_may_not_evaluate_may_not_sweep(door: Door, token_of: Callable[[Role], str]) -> None:
    viewer = door.as_token(token_of(Role.VIEWER))

    assert viewer.data(START, input=wish())["startSweep"]["code"] == "FORBIDDEN"
    assert viewer.data(CANCEL, input={"runId": "UnVuOjAw"})["cancelSweep"]["code"] in ("FORBIDDEN", "INVALID_INPUT")
    assert door.as_token(token_of(Role.INGEST)).error(RUNS, first=1)["extensions"]["code"] == "forbidden"
