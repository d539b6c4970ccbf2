"""Every number of every report is that of the accounts that its address lists."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest

from lifecycle_fsm.domain.cta import CtaOutcome
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.domain.reports.address import read_address
from lifecycle_fsm.services.browse import view_accounts
from lifecycle_fsm.services.ctas import CloseCta, close_cta
from lifecycle_fsm.services.fire import FireTransition, fire_transition
from lifecycle_fsm.services.milestones import ReachMilestone, reach_milestone
from lifecycle_fsm.services.publish import Published, publish
from lifecycle_fsm.services.register import AccountRow
from lifecycle_fsm.services.reports.behind import accounts_behind
from lifecycle_fsm.services.world import World
from tests.api.conftest import ADMIN, register
from tests.api.definitions import FILES, in_zones
from tests.api.door import JSON, Door
from tests.builders import MONDAY
from tests.fakes import Clock

WALK = """
query Walk($scope: ReportScope, $since: DateTime!, $dates: [DateTime!]!) { reports(scope: $scope) {
  stageDistribution { count address }
  timeInStage { n address completed completedAddress running runningAddress }
  moves { count address withHealth withHealthAddress healthy healthyAddress }
  compliance: stageCompliance(stage: "onboarding", withinDays: 30, by: CSM) {
    inTime inTimeAddress late lateAddress pending pendingAddress }
  quarters: stageCompliance(stage: "onboarding", withinDays: 9, by: QUARTER) {
    inTime inTimeAddress late lateAddress pending pendingAddress }
  health { bands { count address } }
  measure(key: "setup") { count address values { n } knownAddress }
  ctas { open openAddress overdue overdueAddress closed closedAddress closedOverdue closedOverdueAddress
    ages { count address } }
  renewals(fact: "renewal_on") { count address }
  dataGaps { missing missingAddress stale staleAddress }
  coverage { count address }
  recipeCoverage { count address }
  funnel(withinDays: 20) { n address judged judgedAddress tooYoung tooYoungAddress
    stages { reached address within withinAddress } }
  later: funnel(withinDays: 5, cohorts: QUARTER, startingStage: "launched") { n address judged judgedAddress
    tooYoung tooYoungAddress stages { reached address within withinAddress } }
  dated: funnel(withinDays: 20, startFact: "renewal_on") { n address judged judgedAddress
    tooYoung tooYoungAddress stages { reached address within withinAddress } }
  stageMatrix(since: $since) { count address }
  milestone(key: "kickoff_done", withinDays: 10, by: MONTH) {
    inTime inTimeAddress late lateAddress pending pendingAddress reached reachedAddress }
  byCsm: milestone(key: "kickoff_done", withinDays: 10, by: CSM) {
    inTime inTimeAddress late lateAddress pending pendingAddress reached reachedAddress }
  healthyMoves(by: MONTH) { count address withHealth withHealthAddress healthy healthyAddress }
  healthyByCsm: healthyMoves(by: CSM) { count address withHealth withHealthAddress healthy healthyAddress }
  healthTrend(dates: $dates) { count address }
} }
"""
NOW = """
query Now($scope: ReportScope) { reports(scope: $scope) {
  pace { onTrack onTrackAddress behind behindAddress stuck stuckAddress }
  unknownTimeZones { missing missingAddress unknown unknownAddress }
  heldByUnknown { count address }
} }
"""
BEHIND = "query($f: AccountFilter) { accounts(filter: $f, first: 1) { totalCount } }"


def numbers(found: Any) -> Iterator[tuple[str, int, str]]:
    """Each number with its address, wherever it stands in an answer."""
    if isinstance(found, list):
        for each in found:
            yield from numbers(each)
    if isinstance(found, dict):
        for key, value in found.items():
            if key == "address":
                yield key, next(found[name] for name in ("count", "n", "reached") if name in found), value
            elif key == "knownAddress":
                yield key, found["values"]["n"], value
            elif key.endswith("Address"):
                yield key, found[key.removesuffix("Address")], value
            else:
                yield from numbers(value)


def live(world: World, clock: Clock, seed: int) -> None:
    """Let a dozen accounts begin on different days and go their ways, none the same, most in no time zone."""
    clock.turn(hours=1)
    assert isinstance(publish(world, ADMIN, in_zones(FILES, b"{fact: zone}")), Published)
    random = Random(seed)
    ids = list[UUID]()
    for day in range(12):
        key, csm = f"K{day}", random.choice(("ada", "bob", None))
        facts: dict[str, Any] = {"arr": random.choice((10, 500)), "renewal_on": f"2026-0{random.randint(2, 9)}-10"}
        facts |= random.choice(({}, {"zone": "Bavaria"}, {"zone": "Europe/Berlin"}))
        register(world, AccountRow(key, key, csm=csm, facts=facts, measures=measured(random)))
        ids.append(account_id_for(key))
        for account in random.sample(ids, min(3, len(ids))):
            act(world, account, random, f"{day}-{account}")
        clock.turn(days=random.choice((1, 3, 6)))


def measured(random: Random) -> dict[str, float]:
    return {key: random.choice((5, 50, 95)) for key in ("setup", "logins") if random.random() < 0.7}


def act(world: World, account: UUID, random: Random, key: str) -> None:
    """One thing that a CSM does."""
    view = view_accounts(world, ADMIN, [account])[account]
    match random.choice(("milestone", "advance", "close", "finish")):
        case "milestone":
            reach_milestone(world, ADMIN, ReachMilestone(account, "kickoff_done", key))
        case "close":
            for cta in view.lifecycle.ctas:
                if cta.is_open and cta.id is not None:
                    close_cta(world, ADMIN, CloseCta(account, cta.id, CtaOutcome.SUCCESS, key))
        case "advance" | "finish" as trigger:
            fire_transition(world, ADMIN, FireTransition(account, trigger, key))


def walk(door: Door, scope: JSON, days: int) -> list[tuple[str, int, str]]:
    since = (MONDAY + timedelta(days=days)).isoformat()
    dates = [(MONDAY + timedelta(days=day)).isoformat() for day in (days, days + 9)]
    now = {key: value for key, value in scope.items() if key != "asOf"}
    return [*numbers(door.data(WALK, scope=scope, since=since, dates=dates)), *numbers(door.data(NOW, scope=now))]


@pytest.mark.parametrize(
    ("seed", "scope"),
    [
        (1, {}),
        (2, {"segment": "starter", "csm": "ada"}),
        (3, {"from": "2026-03-05T00:00:00Z", "asOf": "2026-03-25T12:00:00Z"}),
    ],
)
def test_each_number_is_that_of_the_accounts_behind_it(
    door: Door, world: World, clock: Clock, seed: int, scope: JSON
) -> None:
    live(world, clock, seed)

    found = walk(door, scope, 9)

    assert len(found) > 60
    zones = {name for name, number, address in found if address.startswith("zones?") and number > 0}
    assert zones == {"missingAddress", "unknownAddress"}
    for name, number, address in found:
        rows, accounts = counted(world, address)
        assert (name, rows, address) == (name, number, address)
        assert door.data(BEHIND, f={"behind": address})["accounts"]["totalCount"] == accounts
        assert accounts == number or address.startswith(("moves?", "opened?", "achieved?"))


def counted(world: World, text: str) -> tuple[int, int]:
    """How many rows a number counts, and of how many accounts they are."""
    with world.database.reading() as connection:
        rows = connection.execute(accounts_behind(world, connection, ADMIN, read_address(text))).scalars().all()
    return len(rows), len(set(rows))


def test_a_list_without_a_total_is_that_of_the_number_too(door: Door, world: World) -> None:
    register(world, AccountRow("BOLT", "Bolt", csm="bob", facts={"arr": 10}))
    (stage,) = door.data('{ reports(scope: {csm: "bob"}) { stageDistribution { count address } } }')["reports"][
        "stageDistribution"
    ]

    listed = door.data(
        "query($f: AccountFilter) { accounts(filter: $f, first: 10) { nodes { key } } }", f={"behind": stage["address"]}
    )

    assert (stage["count"], listed["accounts"]["nodes"]) == (1, [{"key": "BOLT"}])


@pytest.mark.parametrize(
    "address",
    [
        "",
        "x",
        "stages",
        "stages?asOf=x",
        "stages?asOf=1&is.account_id=1",
        "stages?asOf=1&is.band=1",
        "times?asOf=1&is.ended=x",
        "measure?asOf=1&ask.field=health.score",
        "cohort?asOf=1",
        "cohort?asOf=1&ask.days=1e400",
        "cohort?asOf=1&ask.days=1000000000000",
        "stages?asOf=" + "9" * 2_000,
    ],
)
def test_refuses_what_is_no_address(door: Door, address: str) -> None:
    error = door.error(BEHIND, f={"behind": address})

    assert error["extensions"]["code"] == "invalid_input"


def test_a_subscription_takes_no_address(door: Door) -> None:
    answer = door.ask('subscription { historyRecorded(filter: {accounts: {behind: "stages?asOf=1"}}) { cursor } }')

    assert "errors" in answer
