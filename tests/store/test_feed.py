"""The log is followed without a gap, in whatever order transactions commit."""

from collections.abc import Iterator, Sequence
from threading import Event, Thread

import pytest
from sqlalchemy import text

from lifecycle_fsm.domain.access import Actor, Role
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.services.feed import Change, changes_after, feed_position, live_cursor, position_of
from lifecycle_fsm.services.publish import publish
from lifecycle_fsm.services.register import AccountRow, register_accounts
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.database import Database
from lifecycle_fsm.store.feed import Position, read_position
from lifecycle_fsm.store.tables.history import transition_log
from tests.api.definitions import FILES
from tests.builders import MONDAY
from tests.fakes import Clock
from tests.feeds import settled

ADMIN = Actor("root", frozenset({Role.ADMIN}))
NAMES = [column.name for column in transition_log.columns]
NEXT_ROW = (
    f"INSERT INTO transition_log ({', '.join(NAMES)}) "
    f"SELECT {', '.join('seq + 1' if name == 'seq' else name for name in NAMES)} FROM transition_log "
    "WHERE account_id = (SELECT account_id FROM account_profile WHERE key = 'LATE')"
)
"""Appends another row to the account LATE."""


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    database = Database(database_url)
    world = World(database, Clock(MONDAY))
    publish(world, ADMIN, FILES)
    yield world
    database.dispose()


def register(world: World, *keys: str) -> None:
    register_accounts(world, ADMIN, [AccountRow(key, key, csm="ada", facts={"arr": 1}) for key in keys], "test")


def keys_of(changes: Sequence[Change]) -> list[str]:
    return [change.standing.key for change in changes]


def read_all(world: World, position: Position, page: int) -> list[Change]:
    found: list[Change] = []
    while changes := changes_after(world, ADMIN, position, page):
        found += changes
        position = changes[-1].position
    return found


def test_everything_after_a_place_comes_once_and_in_order(world: World) -> None:
    beginning = feed_position(world, ADMIN)
    register(world, "BEFORE")
    start = settled(world, beginning, 1)[-1].position
    register(world, "A", "B", "C")
    register(world, "D")
    settled(world, start, 4)

    pages = [read_all(world, start, page) for page in (1, 2, 100)]

    assert pages[0] == pages[1] == pages[2]
    assert sorted(keys_of(pages[0])[:3]) == ["A", "B", "C"]
    assert keys_of(pages[0])[3:] == ["D"]
    assert [change.record.seq for change in pages[0]] == [1, 1, 1, 1]
    assert {(each.standing.segment, each.standing.stage, each.standing.csm) for each in pages[0]} == {
        ("starter", "onboarding", "ada")
    }


def test_a_cursor_is_a_place(world: World) -> None:
    start = feed_position(world, ADMIN)
    register(world, "A", "B")
    first, second = settled(world, start, 2)

    assert position_of(ADMIN, live_cursor(world, ADMIN)) >= second.position
    assert [each.position for each in changes_after(world, ADMIN, read_position(first.cursor, "after"), 10)] == [
        second.position
    ]


@pytest.mark.parametrize("cursor", ["", "x", "WyJmZWVkIiwxXQ", "WyJmZWVkIiwxLCJ4IiwxXQ"])
def test_a_text_that_is_no_place_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidInput):
        read_position(cursor, "after")


def test_a_transaction_that_ends_late_is_not_missed(postgres_url: str) -> None:
    """One begins first and commits last: readers wait for it rather than pass it by."""
    slow, fast = Database(postgres_url), Database(postgres_url)
    world, other = World(slow, Clock(MONDAY)), World(fast, Clock(MONDAY))
    publish(world, ADMIN, FILES)
    beginning = feed_position(other, ADMIN)
    register(other, "LATE")
    start = settled(other, beginning, 1)[-1].position
    begun, may_end = Event(), Event()

    def hold() -> None:
        with slow.writing() as connection:
            connection.execute(text("SELECT pg_current_xact_id()"))
            begun.set()
            may_end.wait(20)
            connection.execute(text(NEXT_ROW))

    thread = Thread(target=hold)
    thread.start()
    begun.wait(20)
    register(other, "FAST")
    meanwhile = changes_after(other, ADMIN, start, 10)
    may_end.set()
    thread.join()
    after = settled(other, start, 2)
    slow.dispose()
    fast.dispose()

    assert keys_of(meanwhile) == []
    assert keys_of(after) == ["LATE", "FAST"]
