"""Runs are followed without a gap: each one that changed comes once, whatever order transactions commit in."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from threading import Event, Thread

import pytest

from lifecycle_fsm.domain.run import RunKind
from lifecycle_fsm.store.database import Database
from lifecycle_fsm.store.feed import Position
from lifecycle_fsm.store.ids import new_id
from lifecycle_fsm.store.live_place import live_place, place_in_log, place_in_runs
from lifecycle_fsm.store.run_feed import RunChange, RunPosition, going_runs, newest_run_position, runs_after
from lifecycle_fsm.store.runs import Run, ask_for_run, cancel_run, keep_run
from tests.builders import MONDAY
from tests.feeds import BEGINNING_OF_RUNS, settled_runs

_PATIENCE = 20.0


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.dispose()


def a_run(number: int) -> Run:
    return Run(new_id(number), RunKind.SWEEP, "root", MONDAY, MONDAY)


def keep(database: Database, *runs: Run) -> None:
    for run in runs:
        with database.writing() as connection:
            keep_run(connection, run)


def read(database: Database, position: RunPosition, limit: int = 100) -> Sequence[RunChange]:
    with database.reading() as connection:
        return runs_after(connection, position, limit)


def settled(database: Database, position: RunPosition, count: int) -> list[Run]:
    return [change.run for change in settled_runs(database, position, count)]


def test_each_run_that_changed_comes_once_in_the_order_of_last_changes(database: Database) -> None:
    first, second, third = a_run(1), a_run(2), a_run(3)
    keep(database, first, second, third, replace(second, actor="again"))
    settled(database, BEGINNING_OF_RUNS, 3)

    changes: list[RunChange] = []
    position = BEGINNING_OF_RUNS
    while page := read(database, position, 2):
        changes += page
        position = page[-1].position

    assert [change.run for change in changes] == [first, third, replace(second, actor="again")]


def test_stopping_a_run_and_asking_for_it_are_changes_of_its_whole_series(database: Database) -> None:
    series = new_id(9)
    runs = [replace(a_run(number), series_id=series) for number in (1, 2)]
    keep(database, *runs, a_run(3))
    settled(database, BEGINNING_OF_RUNS, 3)
    position = read(database, BEGINNING_OF_RUNS)[-1].position

    with database.writing() as connection:
        ask_for_run(connection, runs[0].id, MONDAY)
    asked = settled(database, position, 2)
    position = read(database, position)[-1].position
    with database.writing() as connection:
        cancel_run(connection, runs[0].id, MONDAY)
    cancelled = settled(database, position, 2)

    assert [(run.id, run.asked_at) for run in asked] == [(run.id, MONDAY) for run in runs]
    assert [(run.id, run.cancelled_at) for run in cancelled] == [(run.id, MONDAY) for run in runs]


def test_a_change_that_commits_late_is_not_missed(postgres_url: str) -> None:
    """One begins first and commits last: readers wait for it rather than pass it by."""
    slow, fast = Database(postgres_url), Database(postgres_url)
    late, early = a_run(101), a_run(102)
    with fast.reading() as connection:
        start = newest_run_position(connection)
    written, may_end = Event(), Event()

    def hold() -> None:
        with slow.writing() as connection:
            keep_run(connection, late)
            written.set()
            may_end.wait(_PATIENCE)

    thread = Thread(target=hold)
    thread.start()
    written.wait(_PATIENCE)
    keep(fast, early)
    meanwhile = [change.run for change in read(fast, start)]
    may_end.set()
    thread.join()
    after = settled(fast, start, 2)
    slow.dispose()
    fast.dispose()

    assert early not in meanwhile
    assert after[-2:] == [late, early]


def test_those_that_go_on_are_the_newest(database: Database) -> None:
    runs = [a_run(number) for number in (1, 2, 3)]
    keep(database, *runs, replace(a_run(4), finished_at=MONDAY))

    with database.reading() as connection:
        found = going_runs(connection, 2)

    assert [change.run for change in found] == runs[1:]


def test_the_live_cursor_names_a_place_in_the_log_and_among_runs(database: Database) -> None:
    keep(database, a_run(1))
    with database.reading() as connection:
        cursor, newest = live_place(connection), newest_run_position(connection)

    assert place_in_runs(cursor, "after") <= newest
    assert isinstance(place_in_log(cursor, "after"), Position)
    assert place_in_runs(RunPosition(7).written(), "after") == RunPosition(7)
