"""Where the days of an account begin, as a client reads it."""

import pytest

from lifecycle_fsm.domain.access import Actor, Portfolio, Role
from lifecycle_fsm.services.publish import Published, publish
from lifecycle_fsm.services.register import AccountRow
from lifecycle_fsm.services.tokens import issue_token
from lifecycle_fsm.services.world import World
from tests.api.conftest import register
from tests.api.definitions import FILES, in_zones
from tests.api.door import Door
from tests.fakes import Clock

ADMIN = Actor("root", frozenset({Role.ADMIN}))
QUERY = '{ account(key: "%s") { machine { timeZone } timeZone { name written gap offsetMinutes today text } } }'


REPORT = """query ($scope: ReportScope) { reports(scope: $scope) {
  unknownTimeZones { segment fact count missing unknown missingAddress unknownAddress } } }"""
BEHIND = "query ($f: AccountFilter) { accounts(filter: $f, first: 10) { totalCount nodes { key } } }"


def test_shows_the_zone_that_counts_or_why_it_does_not(door: Door, world: World, clock: Clock) -> None:
    before = door.data(QUERY % "ACME")["account"]
    clock.turn(hours=1)
    assert isinstance(publish(world, ADMIN, in_zones(FILES, b"{fact: zone}")), Published)
    register(world, AccountRow("B", "B", facts={"arr": 1, "zone": "Pacific/Kiritimati"}))
    register(world, AccountRow("C", "C", facts={"arr": 1, "zone": "Bavaria"}), AccountRow("D", "D", facts={"arr": 1}))

    shown = [door.data(QUERY % key)["account"] for key in ("B", "C", "D")]
    own, wrong, unknown = (each["timeZone"] for each in shown)

    assert before == {"machine": {"timeZone": "UTC"}, "timeZone": None}
    assert {each["machine"]["timeZone"] for each in shown} == {"zone, else UTC"}
    assert own == {
        "name": "Pacific/Kiritimati",
        "written": "Pacific/Kiritimati",
        "gap": None,
        "offsetMinutes": 840,
        "today": "2026-03-03",
        "text": "days of Pacific/Kiritimati",
    }
    assert (wrong["name"], wrong["written"], wrong["gap"]) == ("UTC", "Bavaria", "UNKNOWN_NAME")
    assert wrong["text"] == "days of UTC, for there is no time zone 'Bavaria'"
    assert (unknown["written"], unknown["gap"]) == (None, "MISSING")


@pytest.fixture
def live(world: World, clock: Clock) -> None:
    """
    Rules that count local days without a default, and accounts that follow them.

    Ada has one of a zone, one of an unknown zone and one of none; bob has one of an unknown zone.
    """
    clock.turn(hours=1)
    assert isinstance(publish(world, ADMIN, in_zones(FILES, b"{fact: zone}")), Published)
    zones = {"BERLIN": "Europe/Berlin", "BAVARIA": "Bavaria", "NOWHERE": None}
    rows = [
        AccountRow(key, key, csm="ada", facts={"arr": 1} | ({} if zone is None else {"zone": zone}))
        for key, zone in zones.items()
    ]
    register(world, *rows, AccountRow("SMALL", "Small", csm="bob", facts={"arr": 1, "zone": "europe/berlin"}))


def listed(door: Door, address: str) -> list[str]:
    found = door.data(BEHIND, f={"behind": address})["accounts"]
    keys = sorted(node["key"] for node in found["nodes"])
    assert found["totalCount"] == len(keys)
    return keys


@pytest.mark.usefixtures("live")
@pytest.mark.parametrize(
    ("scope", "missing", "unknown", "accounts"),
    [
        ({}, ["NOWHERE"], ["BAVARIA", "SMALL"], 4),
        ({"segment": "starter", "csm": "ada"}, ["NOWHERE"], ["BAVARIA"], 3),
        ({"csm": "bob"}, [], ["SMALL"], 1),
    ],
)
def test_counts_accounts_whose_time_zone_is_not_known(
    door: Door, scope: dict[str, str], missing: list[str], unknown: list[str], accounts: int
) -> None:
    (found,) = door.data(REPORT, scope=scope)["reports"]["unknownTimeZones"]

    assert (found["segment"], found["fact"], found["count"]) == ("starter", "zone", accounts)
    assert (found["missing"], listed(door, found["missingAddress"])) == (len(missing), missing)
    assert (found["unknown"], listed(door, found["unknownAddress"])) == (len(unknown), unknown)


@pytest.mark.usefixtures("live")
def test_who_is_limited_to_a_portfolio_counts_the_accounts_of_it(door: Door, world: World) -> None:
    everybody = door.data(REPORT)["reports"]["unknownTimeZones"][0]["unknownAddress"]
    portfolio = Portfolio(csms=frozenset({"bob"}))
    limited = door.as_token(issue_token(world, ADMIN, "bob", [Role.VIEWER], None, portfolio).token)

    (found,) = limited.data(REPORT)["reports"]["unknownTimeZones"]

    assert (found["count"], found["missing"], found["unknown"]) == (1, 0, 1)
    assert listed(limited, found["unknownAddress"]) == listed(limited, everybody) == ["SMALL"]


def test_nobody_lacks_a_time_zone_where_the_rules_name_one(door: Door, world: World, clock: Clock) -> None:
    before = door.data(REPORT)["reports"]["unknownTimeZones"]
    clock.turn(hours=1)
    assert isinstance(publish(world, ADMIN, in_zones(FILES, b"{fact: zone, default: Europe/Berlin}")), Published)
    register(world, AccountRow("C", "C", facts={"arr": 1, "zone": "Bavaria"}), AccountRow("D", "D", facts={"arr": 1}))

    (found,) = door.data(REPORT)["reports"]["unknownTimeZones"]

    assert before == []
    assert (found["count"], found["missing"], found["unknown"]) == (2, 0, 1)
    assert (listed(door, found["missingAddress"]), listed(door, found["unknownAddress"])) == ([], ["C"])
