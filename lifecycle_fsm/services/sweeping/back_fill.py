"""The past evaluated step by step, each on what was observed up to its date."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.errors import IdempotencyConflict, InvalidInput
from lifecycle_fsm.domain.facts import Facts
from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.domain.run import RunKind, RunSummary
from lifecycle_fsm.services.apart import evaluate_apart, prepare, write_apart
from lifecycle_fsm.services.changes import Stamp
from lifecycle_fsm.services.commands import Started
from lifecycle_fsm.services.evaluate import summary_of
from lifecycle_fsm.services.reading import Reading, read_accounts
from lifecycle_fsm.services.sweeping.period import check_date, check_segments
from lifecycle_fsm.services.sweeping.sweep import PAGE, Progress, unheard
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.candidates import page_of_accounts
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.facts import facts_as_of
from lifecycle_fsm.store.ids import new_id
from lifecycle_fsm.store.layout import Layout, load_layout
from lifecycle_fsm.store.locks import lock_asking
from lifecycle_fsm.store.runs import Run, is_cancelled, keep_run, runs_of_series
from lifecycle_fsm.store.waiting import mark_waiting
from lifecycle_fsm.telemetry.traces import page_of_run

SHORTEST = timedelta(minutes=1)

MOST_DATES = 1_000


@dataclass(frozen=True, slots=True)
class Period:
    """The dates to evaluate at: from `since` on, every `step`, and at last `until`."""

    since: datetime
    until: datetime
    step: timedelta = timedelta(days=1)

    def dates(self) -> Iterator[datetime]:
        """The dates, rising."""
        at = self.since
        while at < self.until:
            yield at
            at += self.step
        yield self.until


def back_fill(
    world: World, actor: Actor, period: Period, segments: Sequence[str] = (), progress: Progress = unheard
) -> RunSummary:
    """
    Evaluate all accounts at each date of a period, on what was observed by then.

    Every date is a run of its own, and every account is given to the engine at each of
    them. Accounts that begin later are left out of a date. What was interrupted is gone
    on with by `resume_back_fill`. In the end the accounts wait for the next
    evaluation, which brings them up to the present.

    Raises:
        Forbidden: the actor may not evaluate.
        InvalidInput: the period is none, reaches beyond the present, or begins before an account's last record.
    """
    runs = _dated(world, actor, period, segments)
    with world.database.writing() as connection:
        for run in runs:
            keep_run(connection, run)
    return _go_through(world, runs, progress)


def ask_for_back_fill(
    world: World, actor: Actor, period: Period, segments: Sequence[str] = (), series_id: UUID | None = None
) -> Started[tuple[Run, ...]]:
    """
    Let a worker fill back, within seconds where one is running; the same id asks once. Gives a run for each date.

    Raises:
        Forbidden: the actor may not evaluate.
        InvalidInput: as `back_fill` says.
        IdempotencyConflict: another back-fill was asked for by this id.
    """
    require(actor, Capability.EVALUATE)
    _check(period)
    if series_id is not None and (known := _series(world, series_id)):
        return _same(known, period, segments)
    runs = _dated(world, actor, period, segments, series_id)
    asked = tuple(replace(run, asked_at=run.started_at) for run in runs)
    known = _keep_new(world, asked)
    return _same(known, period, segments) if known else Started(asked, replayed=False)


def _keep_new(world: World, asked: tuple[Run, ...]) -> tuple[Run, ...]:
    """Keep runs, or give those that somebody has asked for by the same id meanwhile."""
    series_id = asked[0].series_id
    assert series_id is not None
    with world.database.writing() as connection:
        lock_asking(connection, series_id)
        known = runs_of_series(connection, series_id)
        for run in () if known else asked:
            keep_run(connection, run)
        return known


def _same(known: tuple[Run, ...], period: Period, segments: Sequence[str]) -> Started[tuple[Run, ...]]:
    dates = [to_ms(date) for date in period.dates()]
    if [to_ms(run.as_of) for run in known] != dates or known[0].segments != tuple(segments):
        raise IdempotencyConflict("the idempotency key was used for another back-fill; use a new key")
    return Started(known, replayed=True)


def resume_back_fill(world: World, actor: Actor, series_id: UUID, progress: Progress = unheard) -> RunSummary:
    """
    Go on with an interrupted back-fill after its last page; a finished one is only told again.

    Raises:
        Forbidden: the actor may not evaluate.
        InvalidInput: there is no such back-fill.
    """
    require(actor, Capability.EVALUATE)
    runs = _series(world, series_id)
    if not runs:
        raise InvalidInput(f"there is no back-fill with the id {str(series_id)!r}", path="resume")
    return _go_through(world, runs, progress)


def fill_date(world: World, run: Run, progress: Progress = unheard) -> RunSummary:
    """Do the pages that are left of one date."""
    while run.finished_at is None:
        with page_of_run(run.id):
            run = _page(world, run)
        progress(run.summary)
    return run.summary


def _go_through(world: World, runs: Sequence[Run], progress: Progress) -> RunSummary:
    total = RunSummary()
    for run in runs:
        before = total

        def told(so_far: RunSummary, before: RunSummary = before) -> None:
            progress(before + so_far)

        total = before + fill_date(world, run, told)
    return total


def _series(world: World, series_id: UUID) -> tuple[Run, ...]:
    with world.database.reading() as connection:
        return runs_of_series(connection, series_id)


def _dated(
    world: World, actor: Actor, period: Period, segments: Sequence[str], series_id: UUID | None = None
) -> tuple[Run, ...]:
    """A run for each date of a period that can be filled."""
    require(actor, Capability.EVALUATE)
    check_segments(world, segments)
    _check(period)
    now, limits = world.clock(), tuple(segments)
    series = series_id or new_id(to_ms(now))

    def at(date: datetime) -> Run:
        return Run(new_id(to_ms(now)), RunKind.BACK_FILL, actor.name, date, now, segments=limits, series_id=series)

    check_date(world, at(period.until), path="until")
    check_date(world, at(period.since), path="since")
    return tuple(at(date) for date in period.dates())


def _check(period: Period) -> None:
    if period.step < SHORTEST or period.since > period.until:
        raise InvalidInput(
            f"the period is from {period.since.isoformat()} to {period.until.isoformat()} by {period.step}; "
            "expected a beginning, a later end, and steps of a minute or more",
            path="period",
        )
    dates = (period.until - period.since) // period.step + 1
    if dates > MOST_DATES:
        raise InvalidInput(
            f"the period has {dates:,} dates; expected at most {MOST_DATES:,}: take longer steps, or a part of it",
            path="period",
        )


def _page(world: World, run: Run) -> Run:
    """The run after its next page; it ends with a page that is not full, or when somebody stops it."""
    with world.database.writing() as connection:
        stopped = is_cancelled(connection, run.id)
        ids = [] if stopped else page_of_accounts(connection, run.segments, to_ms(run.as_of), run.last_account, PAGE)
        run = _evaluate(world, connection, run, ids) if ids else run
        keep_run(connection, run)
    return run if len(ids) == PAGE else _ended(world, run)


def _ended(world: World, run: Run) -> Run:
    """The run with its end; the last date of a series leaves all accounts waiting, so that the present follows."""
    assert run.series_id is not None
    if all(each.finished_at is not None for each in _series(world, run.series_id) if each.id != run.id):
        _mark_all(world, run)
    run = replace(run, finished_at=world.clock())
    with world.database.writing() as connection:
        keep_run(connection, run)
    return run


def _mark_all(world: World, run: Run) -> None:
    last, is_full = None, True
    while is_full:
        with world.database.writing() as connection:
            ids = page_of_accounts(connection, run.segments, to_ms(run.as_of), last, PAGE)
            mark_waiting(connection, ids, RunKind.BACK_FILL, world.clock())
        last, is_full = (ids[-1] if ids else None), len(ids) == PAGE


def _evaluate(world: World, connection: Connection, run: Run, ids: Sequence[UUID]) -> Run:
    layout = load_layout(connection)
    stamp = Stamp(recorded_at=world.clock(), run_id=run.id, as_of=run.as_of)
    prepared = prepare(world, connection, ids, layout, run.as_of, read_past)
    results = write_apart(connection, prepared, evaluate_apart(prepared, run.as_of), stamp, layout)
    return replace(
        run,
        summary=run.summary + replace(summary_of(results), candidates=len(results)),
        last_account=ids[-1],
    )


def read_past(
    world: World, connection: Connection, ids: Sequence[UUID], layout: Layout, as_of: datetime
) -> dict[UUID, Reading]:
    """Read accounts with what was observed about them up to a date, instead of what is known now."""
    readings = read_accounts(world, connection, ids, layout, as_of)
    past = facts_as_of(connection, ids, as_of)
    return {
        account_id: replace(reading, facts=Facts({**_baselines(reading), **past.get(account_id, Facts()).values}))
        for account_id, reading in readings.items()
    }


def _baselines(reading: Reading) -> dict[str, Value]:
    return {key: value for key, value in reading.facts.values.items() if ".before." in key}
