"""The quick way to read says what the other way says."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from uuid import uuid4

import pytest

from lifecycle_fsm.domain.access import Actor, Portfolio
from lifecycle_fsm.domain.errors import StoreFailed
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.domain.paging import PageRequest
from lifecycle_fsm.services.browse import view_accounts
from lifecycle_fsm.services.history import page_history
from lifecycle_fsm.services.publish import Published, publish
from lifecycle_fsm.services.quick import Quick, QuickReader, open_quick, reader_for
from lifecycle_fsm.services.world import Shelf, World
from lifecycle_fsm.store.database import Database
from tests.api.conftest import ADMIN, an_account, register
from tests.api.definitions import FILES
from tests.builders import MONDAY
from tests.databases import PostgresServer
from tests.fakes import Clock

IDS = [account_id_for("ACME"), account_id_for("BETA"), uuid4()]


@pytest.fixture
def world(postgresql: PostgresServer) -> Iterator[World]:
    with postgresql.database() as url:
        world = World(Database(url), Clock(MONDAY))
        assert isinstance(publish(world, ADMIN, FILES), Published)
        register(world, an_account("ACME", setup=50.0), an_account("BETA"))
        yield world
        world.database.dispose()


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture
def quick(world: World, runner: asyncio.Runner) -> Iterator[Quick]:
    quick = open_quick(world)
    assert quick is not None
    yield quick
    runner.run(quick.close())


def test_accounts_are_the_same_but_for_ctas_and_plans(world: World, quick: Quick, runner: asyncio.Runner) -> None:
    found = runner.run(QuickReader(world, ADMIN, quick).accounts(IDS))

    full = view_accounts(world, ADMIN, IDS)
    assert found is not None
    assert found.keys() == set(IDS[:2])
    for account_id, view in full.items():
        bare = replace(view.lifecycle, ctas=(), plans=())
        assert found[account_id] == replace(view, lifecycle=bare)
        assert found[account_id].explained_health == view.explained_health


def test_the_newest_page_of_history_is_the_same(world: World, quick: Quick, runner: asyncio.Runner) -> None:
    page = PageRequest(1)

    found = runner.run(QuickReader(world, ADMIN, quick).history(IDS, page))

    assert found == page_history(world, ADMIN, IDS, page)


def test_other_pages_are_left_to_the_other_way(world: World, quick: Quick, runner: asyncio.Runner) -> None:
    reader = QuickReader(world, ADMIN, quick)

    for page in (PageRequest(1, with_total=True), PageRequest(1, backwards=True), PageRequest(1, after="x")):
        assert runner.run(reader.history(IDS, page)) is None


def test_a_machine_that_is_not_loaded_is_left_to_the_other_way(
    world: World, quick: Quick, runner: asyncio.Runner
) -> None:
    empty = replace(world, shelf=Shelf())

    assert runner.run(QuickReader(empty, ADMIN, quick).accounts(IDS)) is None


def test_slots_given_meanwhile_are_noticed(world: World, quick: Quick, runner: asyncio.Runner) -> None:
    reader = QuickReader(world, ADMIN, quick)
    runner.run(reader.accounts(IDS))
    more = FILES["catalog.yaml"].replace(b"facts:", b"  seats: {title: Seats, unit: seats, range: [0, any]}\nfacts:")
    weighs = FILES["segments/starter.yaml"].replace(
        b"    logins: {weight", b"    seats: {weight: 1, healthy: 9, neutral: 3}\n    logins: {weight"
    )
    assert isinstance(publish(world, ADMIN, {"catalog.yaml": more, "segments/starter.yaml": weighs}), Published)

    assert runner.run(reader.accounts(IDS)) is None
    view_accounts(world, ADMIN, IDS)
    again = runner.run(reader.accounts(IDS))
    assert again is not None
    assert again.keys() == set(IDS[:2])


def test_whoever_sees_a_part_reads_the_other_way(world: World, quick: Quick) -> None:
    part = Actor("ada", ADMIN.roles, Portfolio(csms=frozenset({"ada"})))

    assert reader_for(world, part, quick) is None
    assert reader_for(world, ADMIN, None) is None


def test_nothing_can_be_written(quick: Quick, runner: asyncio.Runner) -> None:
    with pytest.raises(StoreFailed, match="ReadOnlySQLTransactionError"):
        runner.run(quick.direct.fetch("DELETE FROM account_state"))
