"""Tokens are let in until they expire or are revoked, and only their hashes are kept."""

from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import select

from lifecycle_fsm.domain.access import EVERYTHING, Actor, Portfolio, Role
from lifecycle_fsm.domain.errors import Forbidden, InvalidInput, Unauthenticated, UnknownToken
from lifecycle_fsm.services.publish import Published, publish
from lifecycle_fsm.services.register import AccountRow, register_accounts
from lifecycle_fsm.services.tokens import actor_of_token, issue_token, revoke_tokens
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.audit_entries import read_entries
from lifecycle_fsm.store.database import Database
from lifecycle_fsm.store.keys import find_key
from lifecycle_fsm.store.tables import metadata
from tests.api.definitions import FILES
from tests.builders import MONDAY, day
from tests.fakes import Clock

ADMIN = Actor("root", frozenset({Role.ADMIN}))


@pytest.fixture
def clock() -> Clock:
    return Clock(MONDAY)


@pytest.fixture
def world(database_url: str, clock: Clock) -> Iterator[World]:
    database = Database(database_url)
    yield World(database, clock)
    database.dispose()


def test_a_token_names_its_actor(world: World) -> None:
    issued = issue_token(world, ADMIN, "dana", [Role.CSM, Role.VIEWER], day(7))

    assert actor_of_token(world, issued.token) == Actor("dana", frozenset({Role.CSM, Role.VIEWER}))
    assert (len(issued.token), issued.token[:5]) == (48, "lfsm_")


def test_only_the_hash_of_a_token_is_kept(world: World) -> None:
    issued = issue_token(world, ADMIN, "dana", [Role.CSM], None)

    with world.database.reading() as connection:
        rows = [repr(row) for table in metadata.sorted_tables for row in connection.execute(select(table))]

    assert [row for row in rows if issued.token in row] == []
    assert sum(sha256(issued.token.encode()).hexdigest() in row for row in rows) == 1


def test_what_a_portfolio_names_and_nothing_has_is_told(world: World) -> None:
    assert isinstance(publish(world, ADMIN, FILES), Published)
    register_accounts(world, ADMIN, [AccountRow("ACME", "Acme", csm="ada", facts={"arr": 5_000})], "crm")
    slips = Portfolio(frozenset({"ada", "adda", "bo"}), frozenset({"starter", "startr", "other"}))
    right = Portfolio(frozenset({"ada"}), frozenset({"starter"}))

    told = [issue_token(world, ADMIN, "dana", [Role.CSM], None, each).warnings for each in (slips, right, EVERYTHING)]

    assert told == [
        (
            "No segment 'other' was ever published; published are: starter.",
            "No segment 'startr' was ever published; did you mean 'starter'?",
            "No account is owned by 'adda' yet; if that is a slip, revoke the token and issue another.",
            "No account is owned by 'bo' yet; if that is a slip, revoke the token and issue another.",
        ),
        (),
        (),
    ]


def test_a_token_ends_when_it_expires(world: World, clock: Clock) -> None:
    issued = issue_token(world, ADMIN, "dana", [Role.CSM], day(7))

    clock.at = day(7) - timedelta(milliseconds=1)
    assert actor_of_token(world, issued.token).name == "dana"
    clock.at = day(7)
    with pytest.raises(Unauthenticated):
        actor_of_token(world, issued.token)


def test_revoking_a_name_stops_its_tokens_and_no_others(world: World) -> None:
    issued = [issue_token(world, ADMIN, name, [Role.CSM], day(7)) for name in ("dana", "dana", "lee")]

    stopped = revoke_tokens(world, ADMIN, "dana")

    assert stopped == 2
    assert revoke_tokens(world, ADMIN, "dana") == 0
    assert actor_of_token(world, issued[2].token).name == "lee"
    for token in issued[:2]:
        with pytest.raises(Unauthenticated):
            actor_of_token(world, token.token)


def test_a_token_that_was_never_issued_is_refused(world: World) -> None:
    with pytest.raises(Unauthenticated) as refused:
        actor_of_token(world, "lfsm_nobody")

    assert refused.value.message == "the token is unknown, expired or revoked; ask an admin for a new one"


def test_its_use_is_noted_once_an_hour(world: World, clock: Clock) -> None:
    issued = issue_token(world, ADMIN, "dana", [Role.CSM], None)

    noted = []
    for minutes in (0, 59, 60):
        clock.at = MONDAY + timedelta(minutes=minutes)
        actor_of_token(world, issued.token)
        with world.database.reading() as connection:
            key = find_key(connection, issued.token)
        assert key is not None
        noted.append(key.last_used_at)

    assert noted == [MONDAY, MONDAY, MONDAY + timedelta(minutes=60)]


@pytest.mark.parametrize("role", [Role.CSM, Role.VIEWER, Role.AUDITOR, Role.INGEST])
def test_only_an_admin_issues_and_revokes_tokens(world: World, role: Role) -> None:
    actor = Actor("dana", frozenset({role}))

    with pytest.raises(Forbidden):
        issue_token(world, actor, "dana", [Role.ADMIN], None)
    with pytest.raises(Forbidden):
        revoke_tokens(world, actor, "dana")


def test_a_token_without_a_name_a_role_or_a_future_is_refused(world: World) -> None:
    wrong = [("", [Role.CSM], None), ("dana", [], None), ("dana", [Role.CSM], MONDAY)]

    paths = []
    for name, roles, expires_at in wrong:
        with pytest.raises(InvalidInput) as refused:
            issue_token(world, ADMIN, name, roles, expires_at)
        paths.append(refused.value.path)

    assert paths == ["name", "roles", "expires_at"]


def test_a_name_that_no_token_has_is_told_and_not_taken_for_done(world: World) -> None:
    with pytest.raises(UnknownToken, match=r"no token was issued for 'dona'; `lifecycle-fsm tokens --all`"):
        revoke_tokens(world, ADMIN, "dona")

    with world.database.reading() as connection:
        assert read_entries(connection) == ()
