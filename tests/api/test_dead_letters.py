"""Operators see notifications that did not arrive, and have them tried anew or deleted."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest

from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.domain.notification import Notifications, Route, WebhookChannel
from lifecycle_fsm.services.notifying import route_page
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.audit_entries import all_entries
from lifecycle_fsm.store.deliveries import Attempt, claim, load_traffic, settle
from tests.api.conftest import an_account, register
from tests.api.door import JSON, Door
from tests.builders import MONDAY

LIST = """query ($after: String, $channel: String) { deadLetters(first: 2, after: $after, channel: $channel) {
  totalCount pageInfo { hasNextPage endCursor } nodes { id channel kind revision attempts error diedAt } } }"""
ACT = """mutation ($ids: [ID!]!) { %sDeliveries(input: {ids: $ids}) {
  ... on Deliveries%s { ids } ... on Problem { code } } }"""
REPLAY, PURGE = ACT % ("replay", "Replayed"), ACT % ("purge", "Purged")


@pytest.fixture
def dead(world: World) -> list[UUID]:
    """Three dead letters, each died a minute after the one before."""
    register(world, an_account("OTHER"))
    channel = WebhookChannel("crm", "https://crm.example", ())
    route_page(world, Notifications({"crm": channel}, (Route(("crm",)),)))
    found = []
    for minute in range(3):
        at = MONDAY + timedelta(minutes=minute)
        with world.database.writing() as connection:
            (claimed,) = claim(connection, "crm", MONDAY + timedelta(seconds=1), at, 1)
            settle(connection, [Attempt(claimed, "the answer was 410", at, is_dead=True)], at)
            found.append(claimed.key.message_id)
    return found


def letters(door: Door, **variables: str) -> JSON:
    found: JSON = door.data(LIST, **variables)["deadLetters"]
    return found


def test_dead_letters_are_listed_newest_first(door: Door, dead: list[UUID]) -> None:
    first = letters(door)
    second = letters(door, after=first["pageInfo"]["endCursor"])
    none = letters(door, channel="mail")
    channels = door.data("{ operations { messagesUnrouted channels { channel dead waiting } } }")["operations"]

    nodes = [*first["nodes"], *second["nodes"]]
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"]) == (
        3,
        True,
        False,
    )
    assert [each["diedAt"] for each in nodes] == [f"2026-03-02T09:0{minute}:00Z" for minute in (2, 1, 0)]
    assert {(each["channel"], each["attempts"], each["error"]) for each in nodes} == {("crm", 1, "the answer was 410")}
    assert none["nodes"] == []
    assert channels["messagesUnrouted"] == 0
    assert [(each["channel"], each["dead"]) for each in channels["channels"]] == [("crm", 3)]
    assert len(dead) == 3


def test_a_dead_letter_is_replayed_or_purged_once(door: Door, world: World, dead: list[UUID]) -> None:
    ids = [each["id"] for each in letters(door)["nodes"]]

    replayed = door.data(REPLAY, ids=ids[:1])["replayDeliveries"]
    again = door.data(REPLAY, ids=ids[:1])["replayDeliveries"]
    purged = door.data(PURGE, ids=ids)["purgeDeliveries"]

    assert (replayed, again, purged) == ({"ids": ids[:1]}, {"ids": []}, {"ids": ids[1:]})
    assert letters(door)["totalCount"] == 1
    with world.database.reading() as connection:
        (traffic,) = load_traffic(connection)
        done = [(e.entry.kind.value, e.entry.subject, e.entry.details) for e in all_entries(connection)][-2:]
        due = claim_ids(world)
    assert traffic.dead == 1
    assert dead[2] in due
    assert done == [("deliveries_replayed", "crm", {"messages": 1}), ("deliveries_purged", "crm", {"messages": 1})]


def claim_ids(world: World) -> list[UUID]:
    with world.database.writing() as connection:
        found = claim(connection, "crm", MONDAY + timedelta(hours=1), MONDAY + timedelta(hours=2), 10)
        return [each.key.message_id for each in found]


@pytest.mark.parametrize("document", [REPLAY, PURGE])
def test_who_may_not_operate_is_refused(
    document: str, door: Door, token_of: Callable[[Role], str], dead: list[UUID]
) -> None:
    ids = [each["id"] for each in letters(door)["nodes"]]

    viewer = door.as_token(token_of(Role.VIEWER)).data(document, ids=ids)
    nothing = door.data(document, ids=[])
    other = door.data(document, ids=["QWNjb3VudDox"])

    assert [next(iter(each.values())) for each in (viewer, nothing, other)] == [
        {"code": "FORBIDDEN"},
        {"code": "INVALID_INPUT"},
        {"code": "INVALID_INPUT"},
    ]
    assert letters(door)["totalCount"] == len(dead)


@pytest.mark.parametrize("channel", ["", "a\u0000b", "x" * 501])
def test_a_channel_that_can_be_none_is_refused(door: Door, channel: str) -> None:
    error = door.error(LIST, channel=channel)

    assert (error["message"], error["extensions"]["code"]) == (
        "the channel is no name; expected a printable text of at most 500 characters",
        "invalid_input",
    )
