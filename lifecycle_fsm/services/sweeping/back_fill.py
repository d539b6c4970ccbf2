"""The past evaluated step by step, each on what was observed up to its date."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.facts import Facts
from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.domain.run import RunSummary
from lifecycle_fsm.services.apart import evaluate_apart, prepare, write_apart
from lifecycle_fsm.services.changes import Stamp
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
from lifecycle_fsm.store.runs import BACK_FILL, Run, keep_run
from lifecycle_fsm.store.waiting import mark_waiting

SHORTEST = timedelta(minutes=1)


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
    them. Accounts that begin later are left out of a date. After an interruption begin
    at the date that was not finished. In the end the accounts wait for the next
    evaluation, which brings them up to the present.

    Raises:
        Forbidden: the actor may not evaluate.
        InvalidInput: the period is none, reaches beyond the present, or begins before an account's last record.
    """
    require(actor, Capability.EVALUATE)
    check_segments(world, segments)
    _check(period)
    now = world.clock()
    for at in (period.until, period.since):
        check_date(world, Run(new_id(0), BACK_FILL, actor.name, at, now, segments=tuple(segments)))
    total = RunSummary()
    for at in period.dates():
        run = Run(new_id(to_ms(now)), BACK_FILL, actor.name, at, world.clock(), segments=tuple(segments))
        while run.finished_at is None:
            run = _page(world, run, is_last=at == period.until)
            progress(total + run.summary)
        total += run.summary
    return total


def _check(period: Period) -> None:
    if period.step < SHORTEST or period.since > period.until:
        raise InvalidInput(
            f"the period is from {period.since.isoformat()} to {period.until.isoformat()} by {period.step}; "
            "expected a beginning, a later end, and steps of a minute or more",
            path="period",
        )


def _page(world: World, run: Run, *, is_last: bool) -> Run:
    """The run after its next page."""
    with world.database.writing() as connection:
        ids = page_of_accounts(connection, run.segments, to_ms(run.as_of), run.last_account, PAGE)
        run = _evaluate(world, connection, run, ids)
        if is_last:
            mark_waiting(connection, ids, BACK_FILL, world.clock())
        keep_run(connection, run)
    return run


def _evaluate(world: World, connection: Connection, run: Run, ids: Sequence[UUID]) -> Run:
    layout = load_layout(connection)
    stamp = Stamp(recorded_at=world.clock(), run_id=run.id, as_of=run.as_of)
    prepared = prepare(world, connection, ids, layout, run.as_of, read_past)
    results = write_apart(connection, prepared, evaluate_apart(prepared, run.as_of), stamp, layout)
    return replace(
        run,
        summary=run.summary + replace(summary_of(results), candidates=len(results)),
        last_account=ids[-1] if ids else run.last_account,
        finished_at=None if len(ids) == PAGE else world.clock(),
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
