"""Where the days of an account begin, as a client reads it."""

from lifecycle_fsm.domain.access import Actor, Role
from lifecycle_fsm.services.publish import Published, publish
from lifecycle_fsm.services.register import AccountRow
from lifecycle_fsm.services.world import World
from tests.api.conftest import register
from tests.api.definitions import CATALOG, SEGMENT
from tests.api.door import Door
from tests.fakes import Clock

ADMIN = Actor("root", frozenset({Role.ADMIN}))
QUERY = '{ account(key: "%s") { machine { timeZone } timeZone { name written gap offsetMinutes today text } } }'


def test_shows_the_zone_that_counts_or_why_it_does_not(door: Door, world: World, clock: Clock) -> None:
    files = {
        "catalog.yaml": CATALOG.replace(b"facts:\n", b"facts:\n  zone: {title: Time zone, kind: text}\n"),
        "segments/starter.yaml": SEGMENT.replace(b"rank: 10\n", b"rank: 10\ntime_zone: {fact: zone}\n"),
    }
    before = door.data(QUERY % "ACME")["account"]
    clock.turn(hours=1)
    assert isinstance(publish(world, ADMIN, files), Published)
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
