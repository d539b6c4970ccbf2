"""The accounts of a plan go over to its versions, page by page, each with a history row that names both."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.facts import Facts
from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.engine.migrate import Route, migrate
from lifecycle_fsm.engine.outcomes import Step
from lifecycle_fsm.engine.taking import first_that_takes
from lifecycle_fsm.services.changes import Stamp
from lifecycle_fsm.services.evaluate import RunSummary, evaluate_ids, summary_of
from lifecycle_fsm.services.planning.content import Existing, PlanContent
from lifecycle_fsm.services.planning.draft import Versions, route
from lifecycle_fsm.services.planning.kept import kept_plan, stored_plan
from lifecycle_fsm.services.planning.rollout import RollOut, roll_out_of
from lifecycle_fsm.services.reading import Reading, read_accounts
from lifecycle_fsm.services.record import Writes, record_many
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.facts import load_baselines
from lifecycle_fsm.store.ids import new_id
from lifecycle_fsm.store.layout import Layout, load_layout
from lifecycle_fsm.store.machines import load_segments
from lifecycle_fsm.store.population import count_groups, find_taken, page_of_ids

PAGE = 500
"""How many accounts go over in one transaction."""


@dataclass(frozen=True, slots=True)
class Migrated:
    """
    How many accounts went over, and what the evaluations after that came to.

    `migrated` kept their segment, `reassigned` changed it. Those `without_landing` came
    into a stage since the plan was made from which nothing leads on; they stay.
    """

    migrated: int = 0
    reassigned: int = 0
    without_landing: int = 0
    summary: RunSummary = field(default_factory=RunSummary)

    def __add__(self, other: "Migrated") -> "Migrated":
        """Add up two pages."""
        return Migrated(
            self.migrated + other.migrated,
            self.reassigned + other.reassigned,
            self.without_landing + other.without_landing,
            self.summary + other.summary,
        )


@dataclass(frozen=True, slots=True)
class _Move:
    """What one migration run works with."""

    world: World
    actor: Actor
    versions: Versions
    content: PlanContent
    roll_out: RollOut
    reason: str | None


def migrate_accounts(world: World, actor: Actor, plan: str, told: Callable[[Migrated], None] | None = None) -> Migrated:
    """
    Take over the accounts of a plan that is in force, as far as its newest roll-out goes; done twice changes nothing.

    Segments that have got another version since are left alone. `told` is called after
    each page with what the run has come to so far.

    Raises:
        Forbidden: the actor may not publish.
        PlanNotFound: there is no such plan.
    """
    require(actor, Capability.PUBLISH)
    move = _move(world, actor, plan)
    total = Migrated()
    for ids in _pages(move) if move is not None and move.roll_out.percent else ():
        assert move is not None
        total += _take_over(move, ids)
        if told is not None:
            told(total)
    return total


def _move(world: World, actor: Actor, plan: str) -> _Move | None:
    with world.database.reading() as connection:
        kept = kept_plan(connection, stored_plan(connection, plan))
        if not kept.publications:
            return None
        newest, content = kept.publications[-1], kept.content
        in_use = {each.segment: each.machine for each in load_segments(connection)}
        still = {segment: digest for segment, digest in content.machines.items() if in_use.get(segment) == digest}
        versions = Versions(
            before=_by_segment(world, connection, content.base.machines),
            after=_by_segment(world, connection, still),
            migrations=content.migrations,
            options=content.options,
        )
    return _Move(world, actor, versions, content, roll_out_of(newest.roll_out), newest.reason)


def _by_segment(world: World, connection: Connection, digests: Mapping[str, str]) -> Mapping[str, Machine]:
    machines = world.shelf.machines(connection, digests.values())
    return {segment: machines[digest] for segment, digest in digests.items()}


def _pages(move: _Move) -> Iterator[Sequence[UUID]]:
    """First the accounts that go to another segment, then those that get another version of their own."""
    yield from _reassigned(move)
    with move.world.database.reading() as connection:
        groups = {(group.segment, group.machine) for group in count_groups(connection)}
    for segment, machine in move.versions.after.items():
        older = [digest for own, digest in groups if own == segment and digest != machine.digest]
        after: UUID | None = None
        while page := _page(move, segment, older, after):
            yield [each for each in page if move.roll_out.takes(each)]
            after = page[-1]


def _page(move: _Move, segment: str, digests: Sequence[str], after: UUID | None) -> tuple[UUID, ...]:
    with move.world.database.reading() as connection:
        return page_of_ids(connection, segment, digests, after, PAGE)


def _reassigned(move: _Move) -> Iterator[Sequence[UUID]]:
    if not move.versions.reassigns:
        return
    before, after = list(move.versions.before.values()), list(move.versions.after.values())
    as_of_ms = to_ms(move.world.clock())
    with move.world.database.reading() as connection:
        found = find_taken(connection, before, after, load_layout(connection), as_of_ms)
        ids = [each.account_id for each in found if each.taken_by not in (None, each.segment)]
    taken = [each for each in ids if move.roll_out.takes(each)]
    for start in range(0, len(taken), PAGE):
        yield taken[start : start + PAGE]


def _take_over(move: _Move, ids: Sequence[UUID]) -> Migrated:
    """Take over one page in one transaction."""
    with move.world.database.writing() as connection:
        as_of, layout = move.world.clock(), load_layout(connection)
        run_id = new_id(to_ms(as_of))
        stamp = Stamp(as_of, actor=move.actor.name, reason=move.reason, run_id=run_id, source="migration")
        readings = read_accounts(move.world, connection, ids, layout, as_of)
        going = {
            each: _route(move, reading, as_of) for each, reading in readings.items() if reading.machine is not None
        }
        ready = {each: way for each, way in going.items() if way is not None and _lands(way, readings[each])}
        done = _write(move, connection, layout, {each: (readings[each], way) for each, way in ready.items()}, stamp)
        newcomers = [each for each, reading in readings.items() if reading.machine is None]
        started = evaluate_ids(move.world, connection, layout, newcomers, stamp, as_of)
        lost = sum(way is not None and not _lands(way, readings[each]) for each, way in going.items())
    return done + Migrated(without_landing=lost, summary=summary_of(started))


def _lands(way: Route, reading: Reading) -> bool:
    return reading.lifecycle.stage in way.landings


def _route(move: _Move, reading: Reading, as_of: datetime) -> Route | None:
    """Where an account goes on, decided on what is known about it now; None where it stays as it is."""
    assert reading.machine is not None
    segment = _segment(move, reading, as_of)
    target = move.versions.after.get(segment)
    if target is None or target.digest == reading.machine.digest:
        return None
    return route(move.versions, reading.machine, segment)


def _segment(move: _Move, reading: Reading, as_of: datetime) -> str:
    versions, own = move.versions, reading.lifecycle.segment
    if not versions.reassigns or reading.lifecycle.by_hand:
        return own
    before = first_that_takes(list(versions.before.values()), reading.facts.values, as_of)
    after = first_that_takes(list(versions.after.values()), reading.facts.values, as_of)
    if after is None or (before is not None and before.segment == after.segment):
        return own
    return after.segment


def _write(
    move: _Move,
    connection: Connection,
    layout: Layout,
    going: Mapping[UUID, tuple[Reading, Route]],
    stamp: Stamp,
) -> Migrated:
    as_of = stamp.recorded_at
    asked = {
        each: (migrate(way, reading.lifecycle, as_of, facts=reading.facts),) for each, (reading, way) in going.items()
    }
    readings = _under_new_versions(connection, going, as_of)
    still = move.content.options.existing is Existing.FROM_NEXT_CHANGE
    results = record_many(connection, Writes(readings, asked, still), stamp, as_of, layout)
    summary = summary_of(results)
    written = [asked[each] for each, result in results.items() if not isinstance(result, Exception)]
    return Migrated(_count(written, RecordKind.MIGRATED), _count(written, RecordKind.REASSIGNED), summary=summary)


def _under_new_versions(
    connection: Connection, going: Mapping[UUID, tuple[Reading, Route]], as_of: datetime
) -> dict[UUID, Reading]:
    """The accounts with what their new versions judge."""
    wanted = sorted({baseline for _, way in going.values() for baseline in way.after.baselines})
    before = load_baselines(connection, list(going), wanted, as_of)
    return {
        each: replace(reading, machine=way.after, facts=Facts({**reading.facts.values, **before.get(each, {})}))
        for each, (reading, way) in going.items()
    }


def _count(written: Sequence[tuple[Step, ...]], kind: RecordKind) -> int:
    return sum(step.kind is kind for steps in written for step in steps)
