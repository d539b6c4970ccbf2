"""What accounts entered: followed by a job, right whoever writes meanwhile, and held to visits."""

from uuid import UUID

import pytest
from sqlalchemy import func, literal, null, select, update

from lifecycle_fsm.domain.access import Actor, Role
from lifecycle_fsm.domain.errors import Forbidden
from lifecycle_fsm.domain.reports.cohorts import Cohorts
from lifecycle_fsm.domain.reports.scope import ReportScope
from lifecycle_fsm.services.audit.erase import erase_account
from lifecycle_fsm.services.keeping import entries_wait, keep_entries, rebuild_entries
from lifecycle_fsm.services.reports.journeys import Beginners, funnel
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.kept_entries import Part, entered, follow_anew, kept_so_far
from lifecycle_fsm.store.tables.accounts import account_state
from lifecycle_fsm.store.tables.entries import stage_entry
from lifecycle_fsm.store.tables.history import transition_log
from lifecycle_fsm.store.told_entries import told
from tests.background.waiting import until
from tests.databases import PostgresServer
from tests.worlds import ADMIN, Stage, a_stage


def keep_all(world: World) -> None:
    """Follow the log to its end, which others that write to the same server may hold up for a moment."""
    until(lambda: is_all_kept(world))


def keep_what_is_seen(world: World) -> None:
    while keep_entries(world, ADMIN):
        pass


def is_all_kept(world: World) -> bool:
    keep_what_is_seen(world)
    with world.database.reading() as connection:
        kept = kept_so_far(connection)
        assert kept is not None
        behind = select(func.count()).select_from(entered(kept._replace(part=Part.BEHIND)))
        return connection.execute(behind).scalar_one() == 0


def written(stage: Stage) -> int:
    """How many enterings are written down."""
    with stage.world.database.reading() as connection:
        return connection.execute(select(func.count()).select_from(stage_entry)).scalar_one()


def found(stage: Stage) -> list[tuple[object, ...]]:
    """What reports read."""
    with stage.world.database.reading() as connection:
        return rows_of(stage, told_by_visits=kept_so_far(connection) is None)


def rows_of(stage: Stage, *, told_by_visits: bool) -> list[tuple[object, ...]]:
    with stage.world.database.reading() as connection:
        source = told(None).subquery() if told_by_visits else entered(kept_so_far(connection))
        return sorted((tuple(row) for row in connection.execute(select(source))), key=repr)


def reached(stage: Stage) -> dict[str, tuple[int, int]]:
    cohorts = funnel(stage.world, ADMIN, ReportScope(stage.clock()), Beginners(Cohorts.MONTH, 90))
    return {step.stage: (step.reached, step.within) for each in cohorts for step in each.stages}


def test_nothing_is_kept_before_all_is_filled_in(stage: Stage) -> None:
    stage.sign("ACME", arr=500_000)
    before = reached(stage)

    begun = keep_entries(stage.world, ADMIN)
    with stage.world.database.reading() as connection:
        during = kept_so_far(connection)
    keep_all(stage.world)

    assert (begun, during) == (True, None)
    assert written(stage) == 1
    assert reached(stage) == before == {"new_customer": (1, 0)}


def test_what_was_not_followed_yet_is_read_from_visits(stage: Stage) -> None:
    account = stage.sign("ACME", arr=500_000)
    keep_all(stage.world)

    stage.tell(account, status="churned")

    assert written(stage) == 1
    assert found(stage) == rows_of(stage, told_by_visits=True)
    assert reached(stage) == {"new_customer": (1, 0), "churned": (1, 0)}


def test_following_writes_down_what_was_entered(stage: Stage) -> None:
    account = stage.sign("ACME", arr=500_000)
    keep_all(stage.world)
    stage.tell(account, status="churned")

    keep_all(stage.world)

    assert written(stage) == 2
    assert found(stage) == rows_of(stage, told_by_visits=True)


def test_an_erased_account_keeps_what_it_entered_as_its_visits_do(stage: Stage) -> None:
    account = stage.sign("ACME", arr=500_000)
    keep_all(stage.world)

    erase_account(stage.world, ADMIN, account, "GDPR 17")

    assert found(stage) == rows_of(stage, told_by_visits=True)
    keep_all(stage.world)
    assert found(stage) == rows_of(stage, told_by_visits=True)


def test_rebuilding_sets_right_what_is_wrong_and_says_how_much(stage: Stage) -> None:
    for key in ("ACME", "BETA"):
        stage.sign(key, arr=500_000)
    keep_all(stage.world)
    with stage.world.database.writing() as connection:
        connection.execute(update(stage_entry).values(stage="elsewhere"))

    assert rebuild_entries(stage.world, ADMIN) == 2
    assert found(stage) == rows_of(stage, told_by_visits=True)
    assert rebuild_entries(stage.world, ADMIN) == 0


def test_a_log_with_other_numbers_is_followed_from_the_beginning(stage: Stage) -> None:
    stage.sign("ACME", arr=500_000)
    keep_all(stage.world)
    with stage.world.database.writing() as connection:
        follow_anew(connection)
        is_kept = kept_so_far(connection) is not None

    assert not is_kept
    assert entries_wait(stage.world)
    keep_all(stage.world)
    assert not entries_wait(stage.world)
    assert found(stage) == rows_of(stage, told_by_visits=True)


def test_only_who_may_evaluate_follows(stage: Stage) -> None:
    with pytest.raises(Forbidden):
        keep_entries(stage.world, Actor("vic", frozenset({Role.VIEWER})))
    with pytest.raises(Forbidden):
        rebuild_entries(stage.world, Actor("vic", frozenset({Role.VIEWER})))


def test_a_move_that_commits_after_others_were_followed_is_not_lost(postgresql: PostgresServer) -> None:
    with postgresql.database() as url, a_stage(url) as stage:
        slow, quick = stage.sign("SLOW", arr=500_000), stage.sign("QUICK", arr=500_000)
        keep_all(stage.world)

        with stage.world.database.writing() as open_move:
            move_out(open_move, slow)
            stage.tell(quick, status="churned")
            keep_what_is_seen(stage.world)
            meanwhile = found(stage)

        assert [row[2] for row in meanwhile if row[0] == slow] == ["new_customer"]
        assert found(stage) == rows_of(stage, told_by_visits=True)
        keep_all(stage.world)
        assert found(stage) == rows_of(stage, told_by_visits=True)


def move_out(connection: Connection, account: UUID) -> None:
    """As a move does it: the hot row stands elsewhere, and the log has a row of this transaction."""
    connection.execute(update(account_state).where(account_state.c.account_id == account).values(stage="elsewhere"))
    first = transition_log.c.account_id == account, transition_log.c.seq == 1
    columns = [column for column in transition_log.columns if column.name not in ("seq", "command_id")]
    copied = select(*columns, literal(1_000), null()).where(*first)
    names = [*(column.name for column in columns), "seq", "command_id"]
    connection.execute(transition_log.insert().from_select(names, copied))
