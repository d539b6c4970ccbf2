"""A sweep: every account decided on set-wise at one date, and those that would change evaluated."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.errors import IdempotencyConflict, InvalidInput
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.domain.run import AsideCause, RunKind, RunSummary
from lifecycle_fsm.services.apart import Failed, write_apart
from lifecycle_fsm.services.assign import current_machines
from lifecycle_fsm.services.changes import Stamp
from lifecycle_fsm.services.commands import Started
from lifecycle_fsm.services.evaluate import summary_of
from lifecycle_fsm.services.metering import count_disagreements, counted_sweep
from lifecycle_fsm.services.record import LostRace
from lifecycle_fsm.services.segment_rules import load_rules
from lifecycle_fsm.services.sweeping.alike import Alike
from lifecycle_fsm.services.sweeping.deciding import Decided, decide_again
from lifecycle_fsm.services.sweeping.foreseen import LISTED, Foreseen, SweepSummary, effects_of, sweep_summary
from lifecycle_fsm.services.sweeping.period import check_date, check_segments
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.candidates import (
    UNASSIGNED,
    Candidate,
    Scope,
    count_by_machine,
    count_held,
    find_candidates,
)
from lifecycle_fsm.store.ids import new_id
from lifecycle_fsm.store.layout import Layout, load_layout
from lifecycle_fsm.store.locks import lock_asking
from lifecycle_fsm.store.runs import (
    Run,
    SetAside,
    accounts_set_aside,
    find_run,
    is_cancelled,
    keep_run,
    set_accounts_aside,
)
from lifecycle_fsm.store.waiting import forget_waiting, marks_of
from lifecycle_fsm.telemetry.traces import page_of_run

_LOG = logging.getLogger("lifecycle_fsm.sweep")

PAGE = 1_000
"""How many accounts one transaction writes."""

SLICE = 50 * PAGE
"""How many candidates one decision gives, which bounds what a sweep keeps in memory."""

Progress = Callable[[RunSummary], None]
"""Told after each page what the run has come to so far."""


def unheard(_: RunSummary) -> None:
    """Nobody wants to know."""


def sweep(
    world: World,
    actor: Actor,
    as_of: datetime | None = None,
    *,
    dry_run: bool = False,
    segments: Sequence[str] = (),
    progress: Progress = unheard,
) -> SweepSummary:
    """
    Decide on all accounts at one date, by default the present, and evaluate those that would change.

    Accounts that wait are evaluated, too, whatever the set-wise decision says of them.
    Pages of 1,000 accounts in the order of their ids are one transaction each; an
    interrupted run goes on with `resume_sweep`. A dry run gives the same counts, for
    any date to come as well, with the effects on the first 1,000 accounts, and writes nothing.

    Raises:
        Forbidden: the actor may not evaluate.
        InvalidInput: there is no such segment, or the date is to come or before an account's last record.
    """
    require(actor, Capability.EVALUATE)
    check_segments(world, segments)
    now = world.clock()
    run = Run(new_id(to_ms(now)), RunKind.SWEEP, actor.name, as_of or now, now, segments=tuple(segments))
    if as_of is not None:
        check_date(world, run, may_be_to_come=dry_run)
    return _Rehearsal(world, run, progress).go() if dry_run else _Sweep(world, run, progress).go()


def ask_for_sweep(
    world: World, actor: Actor, as_of: datetime | None = None, segments: Sequence[str] = (), run_id: UUID | None = None
) -> Started[Run]:
    """
    Let a worker sweep, within seconds where one is running; the same id asks once.

    Raises:
        Forbidden: the actor may not evaluate.
        InvalidInput: there is no such segment, or the date is to come or before an account's last record.
        IdempotencyConflict: another sweep was asked for by this id.
    """
    require(actor, Capability.EVALUATE)
    check_segments(world, segments)
    now = world.clock()
    key = run_id or new_id(to_ms(now))
    run = Run(key, RunKind.SWEEP, actor.name, as_of or now, now, segments=tuple(segments), asked_at=now)
    with world.database.reading() as connection:
        known = find_run(connection, run.id)
    if known is None:
        if as_of is not None:
            check_date(world, run)
        known = _keep_new(world, run)
    if known is not None and _said(known) != _said(run):
        raise IdempotencyConflict("the idempotency key was used for another sweep; use a new key")
    return Started(known or run, replayed=known is not None)


def _keep_new(world: World, run: Run) -> Run | None:
    """Keep a run, or give the one that somebody has asked for by the same id meanwhile."""
    with world.database.writing() as connection:
        lock_asking(connection, run.id)
        known = find_run(connection, run.id)
        if known is None:
            keep_run(connection, run)
        return known


def _said(run: Run) -> tuple[object, ...]:
    """What a sweep was asked for with: where nobody named a date, it is that of the asking."""
    assert run.asked_at is not None
    return run.segments, None if run.as_of == run.asked_at else to_ms(run.as_of)


def resume_sweep(world: World, actor: Actor, run_id: UUID, progress: Progress = unheard) -> SweepSummary:
    """
    Go on with an interrupted sweep after its last page, at its own date; a finished one is only told again.

    Raises:
        Forbidden: the actor may not evaluate.
        InvalidInput: there is no such sweep.
    """
    require(actor, Capability.EVALUATE)
    with world.database.reading() as connection:
        run = find_run(connection, run_id)
    if run is None or run.kind != RunKind.SWEEP:
        raise InvalidInput(f"there is no sweep with the id {str(run_id)!r}", path="run")
    return _Sweep(world, run, progress).go()


@dataclass(slots=True)
class _Pages:
    """The candidates of a run, slice by slice and page by page, and what became of them so far."""

    world: World
    run: Run
    progress: Progress

    def pages(self, scope: Scope) -> Iterator[Sequence[Candidate]]:
        """Every page after the last one that is done; each slice is decided on anew."""
        while True:
            with self.world.database.reading() as connection:
                found = find_candidates(connection, scope, self.run.last_account, SLICE)
            for start in range(0, len(found), PAGE):
                yield found[start : start + PAGE]
            if len(found) < SLICE:
                return

    def scope(self) -> Scope:
        """What the run looks at; its accounts are counted when it begins."""
        with self.world.database.reading() as connection:
            counted = count_by_machine(connection, self.run.segments)
            digests, rules = counted.keys() - {UNASSIGNED}, load_rules(self.world, connection)
            scope = Scope(
                to_ms(self.run.as_of),
                load_layout(connection),
                tuple(self.world.shelf.machines(connection, sorted(digests)).values()),
                current_machines(self.world, connection),
                self.run.segments,
                rules.base,
                rules.later,
            )
            if self.run.last_account is None:
                found = RunSummary(
                    looked_at=sum(counted.values()),
                    held_by_unknown=count_held(connection, scope),
                    unassigned=counted.get(UNASSIGNED, 0),
                )
                self.run = replace(self.run, summary=found)
            return scope

    def count(self, page: Sequence[Candidate], decided: Decided, written: RunSummary) -> None:
        """Add what became of candidates that the engine decided on."""
        added = replace(
            written,
            looked_at=0,
            held_by_unknown=0,
            unassigned=-len(decided.prepared.asked),
            changed_meanwhile=written.changed_meanwhile + len(decided.changed_meanwhile),
            disagreements=len(decided.disagreements),
            candidates=len(page),
        )
        self.run = replace(self.run, summary=self.run.summary + added)

    def turn(self, page: Sequence[Candidate]) -> None:
        """Go on to the next page."""
        self.run = replace(self.run, last_account=page[-1].account_id)

    def disagreements(self, decided: Decided) -> Iterator[SetAside]:
        """The accounts on which the verdicts differ."""
        for account_id, how in decided.disagreements.items():
            yield SetAside(account_id, self.run.id, AsideCause.DISAGREED, how, self.world.clock())


@dataclass(slots=True)
class _Sweep(_Pages):
    """A sweep that writes."""

    def go(self) -> SweepSummary:
        """Do the pages that are left."""
        if self.run.finished_at is None:
            with counted_sweep(self.run.id):
                self._go()
        with self.world.database.reading() as connection:
            aside = accounts_set_aside(connection, LISTED, run_id=self.run.id)
        return sweep_summary(self.run.summary, self.run.id, set_aside=aside)

    def _go(self) -> None:
        scope = self.scope()
        alike = Alike(self.world, scope.layout)
        for page in self.pages(scope):
            if self._is_cancelled():
                break
            with page_of_run(self.run.id, len(page)):
                done = self._write_alike(page, alike)
                self._write(page, [each for each in page if each.account_id not in done], scope.layout)
            self.progress(self.run.summary)
        self._finish()

    def _write_alike(self, page: Sequence[Candidate], alike: Alike) -> frozenset[UUID]:
        """
        Move what can be moved together, and count it as done, in a transaction of its own.

        Whatever goes wrong is logged and left to the engine, which finds out whose fault it is.
        """
        run, done = self.run, frozenset[UUID]()
        try:
            with self.world.database.writing() as connection:
                summary, done = alike.move(connection, page, self._stamp())
                if done:
                    run = replace(run, summary=run.summary + replace(summary, looked_at=0, candidates=len(done)))
                    keep_run(connection, run)
        except Exception:  # noqa: BLE001 - logged, and done again by the engine
            # An outage shows again at once, and a fault of one account in its own place.
            _LOG.exception("a page could not be moved together; each of its accounts is evaluated alone")
            return frozenset()
        self.run = run
        return done

    def _stamp(self) -> Stamp:
        return Stamp(recorded_at=self.world.clock(), run_id=self.run.id, as_of=self.run.as_of)

    def _write(self, page: Sequence[Candidate], left: Sequence[Candidate], layout: Layout) -> None:
        stamp = self._stamp()
        with self.world.database.writing() as connection:
            marks = marks_of(connection, [each.account_id for each in left])
            decided = decide_again(self.world, connection, left, layout, self.run.as_of)
            results = write_apart(connection, decided.prepared, decided.evaluations, stamp, layout)
            set_accounts_aside(connection, list(self.disagreements(decided)))
            count_disagreements(len(decided.disagreements))
            done = {key for key, result in results.items() if not isinstance(result, LostRace)}
            forget_waiting(connection, [each for each in marks if each.account_id in done])
            self.count(left, decided, summary_of(results))
            self.turn(page)
            keep_run(connection, self.run)

    def _is_cancelled(self) -> bool:
        with self.world.database.reading() as connection:
            return is_cancelled(connection, self.run.id)

    def _finish(self) -> None:
        self.run = replace(self.run, finished_at=self.world.clock())
        with self.world.database.writing() as connection:
            keep_run(connection, self.run)


@dataclass(slots=True)
class _Rehearsal(_Pages):
    """A sweep that only looks."""

    effects: list[Foreseen] = field(default_factory=list)
    aside: list[SetAside] = field(default_factory=list)

    def go(self) -> SweepSummary:
        """Decide on all pages."""
        scope = self.scope()
        for page in self.pages(scope):
            with self.world.database.reading() as connection:
                decided = decide_again(self.world, connection, page, scope.layout, self.run.as_of)
            self._foresee(decided)
            self.count(page, decided, summary_of(decided.evaluations))
            self.turn(page)
            self.progress(self.run.summary)
        return sweep_summary(self.run.summary, None, tuple(self.effects[:LISTED]), tuple(self.aside[:LISTED]))

    def _foresee(self, decided: Decided) -> None:
        if len(self.effects) < LISTED:
            self.effects.extend(effects_of(decided.prepared, decided.evaluations))
        if len(self.aside) < LISTED:
            self.aside.extend(self.disagreements(decided))
            self.aside.extend(self._failures(decided))

    def _failures(self, decided: Decided) -> Iterator[SetAside]:
        for account_id, result in decided.evaluations.items():
            if isinstance(result, Failed):
                yield SetAside(account_id, self.run.id, AsideCause.FAILED, result.error, self.world.clock())
