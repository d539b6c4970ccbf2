"""Counts of accounts by stage: added up, held to the accounts, and right whoever writes meanwhile."""

import pytest
from sqlalchemy import func, select, update

from lifecycle_fsm.domain.access import Actor, Role
from lifecycle_fsm.domain.errors import Forbidden
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.services.audit.erase import erase_account
from lifecycle_fsm.services.counting import Counting, fold, recount
from lifecycle_fsm.store.change import Place, place_of
from lifecycle_fsm.store.tables.accounts import account_state
from lifecycle_fsm.store.tables.tallies import stage_tally
from lifecycle_fsm.store.tally import add_to_tally, add_up, count_anew, count_stages_now, has_many_rows
from tests.databases import PostgresServer
from tests.tallies import counted, kept
from tests.worlds import ADMIN, Stage, a_stage

HERE = Place("x", "m", "here")


def rows(stage: Stage) -> int:
    with stage.world.database.reading() as connection:
        return connection.execute(select(func.count()).select_from(stage_tally)).scalar_one()


def test_a_move_is_counted_with_its_machine_and_stage(stage: Stage) -> None:
    account = stage.sign("ACME", arr=500_000)
    (place,) = kept(stage.world)

    stage.tell(account, status="churned")

    lifecycle = stage.see(account).lifecycle
    assert place.stage != lifecycle.stage
    assert kept(stage.world) == {Place(lifecycle.segment, lifecycle.machine, lifecycle.stage): 1}


def test_adding_up_leaves_one_row_for_each_place(stage: Stage) -> None:
    for key in ("ACME", "BETA", "GAMMA"):
        stage.tell(stage.sign(key, arr=500_000), status="churned")
    before, many = kept(stage.world), rows(stage)

    fold(stage.world, ADMIN)

    assert many > rows(stage) == len(before)
    assert kept(stage.world) == before == counted(stage.world)


def test_counting_anew_sets_right_what_went_wrong(stage: Stage) -> None:
    account = stage.sign("ACME", arr=500_000)
    with stage.world.database.writing() as connection:
        add_to_tally(connection, account, {HERE: 3}, 0)
        # As a release before there were counts would do it.
        connection.execute(update(account_state).values(stage="elsewhere"))

    assert recount(stage.world, ADMIN) == 3
    assert kept(stage.world) == counted(stage.world)
    assert recount(stage.world, ADMIN) == 0


def test_a_process_counts_first_and_then_once_a_day(stage: Stage) -> None:
    counting = Counting(stage.world)
    stage.sign("ACME", arr=500_000)

    assert counting.has_work()
    counting.page(ADMIN)
    assert not counting.has_work()
    stage.clock.turn(days=1)
    assert counting.has_work()


def test_an_erased_account_stands_nowhere(stage: Stage) -> None:
    account = stage.sign("ACME", arr=500_000)

    erase_account(stage.world, ADMIN, account, "GDPR 17")

    assert kept(stage.world) == counted(stage.world) == {}


def test_only_who_may_evaluate_adds_up(stage: Stage) -> None:
    with pytest.raises(Forbidden):
        fold(stage.world, Actor("vic", frozenset({Role.VIEWER})))


def test_many_rows_are_worth_adding_up(stage: Stage) -> None:
    account = stage.sign("ACME", arr=500_000)
    with stage.world.database.writing() as connection:
        add_to_tally(connection, account, {Place("x", "m", f"s{n}"): 1 for n in range(200)}, 0)
    with stage.world.database.reading() as connection:
        assert has_many_rows(connection)
        assert [each.accounts for each in count_stages_now(connection, ["x"])] == [1] * 200


@pytest.mark.parametrize("anew", [False, True])
def test_what_is_not_committed_yet_is_neither_lost_nor_doubled(postgresql: PostgresServer, anew: bool) -> None:
    with postgresql.database() as url, a_stage(url) as stage:
        add_while_an_account_moves(stage, f"A{anew}", anew=anew)


def add_while_an_account_moves(stage: Stage, key: str, *, anew: bool) -> None:
    account, at_ms = stage.sign(key, arr=500_000), to_ms(stage.clock())
    lifecycle = stage.see(account).lifecycle
    here, there = place_of(lifecycle), place_of(lifecycle)._replace(stage=key)
    standing = kept(stage.world)

    with stage.world.database.writing() as open_move:
        moved = update(account_state).where(account_state.c.account_id == account).values(stage=key)
        open_move.execute(moved)
        add_to_tally(open_move, account, {here: -1, there: 1}, at_ms)
        with stage.world.database.writing() as adding:
            if anew:
                assert count_anew(adding, at_ms) == 0
            else:
                add_up(adding, at_ms)
        assert kept(stage.world) == counted(stage.world) == standing

    assert kept(stage.world) == counted(stage.world)
    assert kept(stage.world)[there] == 1
