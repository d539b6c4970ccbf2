"""Whoever is limited to a portfolio is told what a store would tell that held nothing else."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette

from api.app import create_app
from api.ids import global_id
from lifecycle_fsm.domain.access import EVERYTHING, Portfolio, Role
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.domain.intake import Outside
from lifecycle_fsm.services.browse import view_accounts
from lifecycle_fsm.services.fire import FireTransition, fire_transition
from lifecycle_fsm.services.milestones import ReachMilestone, reach_milestone
from lifecycle_fsm.services.publish import Published, publish
from lifecycle_fsm.services.register import AccountRow
from lifecycle_fsm.services.sweeping.sweep import sweep
from lifecycle_fsm.services.tokens import issue_token
from lifecycle_fsm.services.views import AccountView
from lifecycle_fsm.services.world import World
from lifecycle_fsm.settings import Settings
from lifecycle_fsm.store.database import Database
from lifecycle_fsm.store.scope import visible_ids
from tests.api.conftest import ADMIN, register
from tests.api.definitions import RICH, in_zones
from tests.api.door import Door
from tests.builders import MONDAY
from tests.databases import one_of_both, sqlite_database
from tests.fakes import Clock
from tests.usual import first

PILOT = (
    RICH["segments/starter.yaml"]
    .replace(b"segment: starter", b"segment: pilot")
    .replace(b"rank: 10", b"rank: 5")
    .replace(b"at_least: 1}}", b"below: 100}}")
)
FILES = in_zones({**RICH, "segments/pilot.yaml": PILOT}, b"{fact: zone}")
WHERE = {
    f"{segment}-{csm or 'nobody'}".upper() + str(number): (segment, csm)
    for segment in ("starter", "pilot")
    for csm in ("ada", "bo", None)
    for number in (1, 2)
}
"""Every account: its key, the segment that takes it, and its CSM."""

RULES = ("starter", "pilot", "other"), ("ada", "bo", "carl")
TOLD = """query ($first: Int!) {
  accounts(first: $first) { totalCount nodes { key segment { key } stage { key pace } health { score band }
    openCtas { title owner status } history(first: 20) { totalCount nodes { kind toStageKey subject } } } }
  found: accounts(first: $first, filter: {search: "S"}) { totalCount nodes { key } }
  ctas(first: $first) { totalCount nodes { title account { key } } }
  alerts(first: $first) { totalCount nodes { account { key } } }
  history(first: $first) { totalCount nodes { kind account { key } } }
  reports { stageDistribution(revenue: "arr") { segment stage count revenue withRevenue }
    moves { fromStage toStage count }
    timeInStage { segment stage n completed running } health { segment stage bands { band count } scores { n median } }
    pace { segment stage onTrack behind stuck } measure(key: "logins") { stage count values { n median } }
    ctas { reason owner open overdue closed } dataGaps { segment measure count missing } coverage { kind key count }
    unknownTimeZones { segment fact count missing unknown } heldByUnknown { segment stage transition count }
    stageCompliance(stage: "onboarding", withinDays: 30, by: CSM) { group n inTime late pending }
    milestone(key: "kickoff_done", withinDays: 30, by: CSM) { group n inTime late pending } }
}"""
COUNTED = "{ reports { stageDistribution { segment stage count } } }"


def facts_of(key: str, segment: str) -> dict[str, Outside]:
    """What decides on the segment, and the time zone: that of a city, of no city, or none."""
    zones: dict[str, dict[str, Outside]] = {"1": {"zone": "Bavaria" if "ADA" in key else "Europe/Berlin"}, "2": {}}
    return {"arr": 5_000 if segment == "starter" else 50, **zones[key[-1]]}


def live(world: World, keys: Mapping[str, tuple[str, str | None]]) -> None:
    """Let these accounts live a month, each in its own way whoever else is there."""
    clock = world.clock
    assert isinstance(clock, Clock)
    rows = [AccountRow(key, key.title(), csm, facts=facts_of(key, segment)) for key, (segment, csm) in keys.items()]
    register(world, *(replace(row, measures={"logins": 3.0 if row.key.endswith("1") else 30.0}) for row in rows))
    clock.turn(days=3)
    for key in (key for key in keys if key.endswith("1")):
        reach_milestone(world, ADMIN, ReachMilestone(account_id_for(key), "kickoff_done", f"m-{key}"))
        fire_transition(world, ADMIN, FireTransition(account_id_for(key), "advance", f"f-{key}"))
    clock.turn(days=40)
    sweep(world, ADMIN)


@dataclass(frozen=True)
class Opened:
    """A store with accounts, and its door for an admin."""

    world: World
    door: Door

    def limited(self, portfolio: Portfolio) -> Door:
        roles = [Role.VIEWER, Role.CSM, Role.AUDITOR]
        return self.door.as_token(issue_token(self.world, ADMIN, "limited", roles, None, portfolio).token)


@contextmanager
def opened(url: str, keys: Mapping[str, tuple[str, str | None]], runner: asyncio.Runner) -> Iterator[Opened]:
    world = World(Database(url), Clock(MONDAY))
    assert isinstance(publish(world, ADMIN, FILES), Published)
    if keys:
        live(world, keys)
    app: Starlette = create_app(world, Settings(database_url=url))
    started = app.router.lifespan_context(app)
    runner.run(started.__aenter__())
    yield Opened(world, Door(app, issue_token(world, ADMIN, "root", [Role.ADMIN], None).token, runner))
    runner.run(started.__aexit__(None, None, None))


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module", params=first(1, ["sqlite", "postgresql"]))
def everybody(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, runner: asyncio.Runner
) -> Iterator[Opened]:
    with one_of_both(request, tmp_path_factory.mktemp("portfolios")) as url, opened(url, WHERE, runner) as store:
        yield store


def some(names: tuple[str, ...]) -> st.SearchStrategy[frozenset[str] | None]:
    return st.none() | st.frozensets(st.sampled_from(names), max_size=2)


@st.composite
def portfolios(draw: st.DrawFn) -> tuple[Portfolio, frozenset[str]]:
    """A portfolio with the keys of the accounts that belong to it."""
    segments, csms, keys = draw(some(RULES[0])), draw(some(RULES[1])), draw(some((*WHERE, "GONE")))
    named = None if keys is None else frozenset(account_id_for(key) for key in keys)
    own = {key for key, (segment, _) in WHERE.items() if segments is None or segment in segments}
    own &= {key for key, (_, csm) in WHERE.items() if csms is None or csm in csms}
    if keys is not None and segments is None and csms is None:
        own = set()
    return Portfolio(csms, segments, named), frozenset(own | ((keys or frozenset()) & WHERE.keys()))


@pytest.fixture(scope="module")
def alone(
    tmp_path_factory: pytest.TempPathFactory, migrated_file: Path, runner: asyncio.Runner
) -> dict[frozenset[str], Any]:
    """What stores with only some of the accounts tell somebody who sees all; filled as asked for."""

    class Alone(dict[frozenset[str], Any]):
        def __missing__(self, keys: frozenset[str]) -> Any:
            kept = {key: where for key, where in WHERE.items() if key in keys}
            folder = tmp_path_factory.mktemp("alone")
            with sqlite_database(folder, migrated_file) as url, opened(url, kept, runner) as store:
                self[keys] = everything(store.door)
            return self[keys]

    return Alone()


def everything(door: Door) -> Any:
    """All lists, in no order, and all figures of reports."""
    told = door.data(TOLD, first=100) | {"counted": door.data(COUNTED)["reports"]}
    return in_no_order(told)


def in_no_order(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: in_no_order(below) for key, below in value.items()}
    return sorted(map(in_no_order, value), key=repr) if isinstance(value, list) else value


def test_lists_and_reports_of_a_portfolio_are_those_of_a_store_of_its_own(
    everybody: Opened, alone: dict[frozenset[str], Any]
) -> None:
    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
    @given(drawn=portfolios())
    def agree(drawn: tuple[Portfolio, frozenset[str]]) -> None:
        portfolio, keys = drawn

        assert everything(everybody.limited(portfolio)) == alone[keys]

    agree()


def each_of(accounts: Mapping[str, UUID], views: Mapping[UUID, AccountView], run: str) -> str:
    """A document that asks for every account, a CTA and the first record of each, and the accounts of a run, by id."""
    one = [
        f'a{n}: node(id: "{global_id("Account", each)}") {{ ... on Account {{ key }} }} '
        f'c{n}: node(id: "{global_id("Cta", each, views[each].lifecycle.ctas[0].id or "")}") '
        "{ ... on Cta { account { key } } } "
        f'r{n}: node(id: "{global_id("HistoryRecord", each, 1)}") {{ ... on HistoryRecord {{ account {{ key }} }} }}'
        for n, each in enumerate(accounts.values())
    ]
    return f'{{ {" ".join(one)} run(id: "{run}") {{ accounts(first: 50) {{ nodes {{ key }} }} }} }}'


def test_no_id_and_no_export_reaches_out_of_a_portfolio(everybody: Opened) -> None:
    world, ids = everybody.world, {key: account_id_for(key) for key in sorted(WHERE)}
    run = everybody.door.data("{ runs(first: 1) { nodes { id } } }")["runs"]["nodes"][0]["id"]
    asked = each_of(ids, view_accounts(world, ADMIN, list(ids.values())), run)
    in_run = {each["key"] for each in everybody.door.data(asked)["run"]["accounts"]["nodes"]}
    assert in_run == set(WHERE)

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(drawn=portfolios())
    def agree(drawn: tuple[Portfolio, frozenset[str]]) -> None:
        portfolio, keys = drawn
        limited, seen = everybody.limited(portfolio), [key if key in keys else None for key in ids]

        found = limited.data(asked)
        with world.database.reading() as connection:
            visible = visible_ids(connection, list(ids.values()), portfolio)
        status = limited.send("GET", "/exports/v1/history").status_code

        assert [found[f"a{n}"] and found[f"a{n}"]["key"] for n in range(len(ids))] == seen
        assert [found[f"c{n}"] and found[f"c{n}"]["account"]["key"] for n in range(len(ids))] == seen
        assert [found[f"r{n}"] and found[f"r{n}"]["account"]["key"] for n in range(len(ids))] == seen
        assert {each["key"] for each in found["run"]["accounts"]["nodes"]} == keys
        assert visible == {ids[key] for key in keys}
        # Subscriptions ask this of each change.
        assert {key for key, where in WHERE.items() if portfolio.has(ids[key], *where)} == keys
        assert status == (200 if portfolio == EVERYTHING else 403)

    agree()
