"""The accounts of a publication go over to its versions, page by page, each with a history row that names both."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from lifecycle_fsm.domain.facts import Facts
from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.engine.migrate import Route, migrate
from lifecycle_fsm.engine.outcomes import Evaluation, Step
from lifecycle_fsm.engine.taking import first_that_takes
from lifecycle_fsm.services.apart import Failed, Prepared, write_apart
from lifecycle_fsm.services.changes import Stamp
from lifecycle_fsm.services.evaluate import RunSummary, evaluate_ids, summary_of
from lifecycle_fsm.services.planning.content import Existing, PlanContent
from lifecycle_fsm.services.planning.draft import Versions, route
from lifecycle_fsm.services.planning.kept import kept_plan, stored_plan
from lifecycle_fsm.services.planning.rollout import RollOut, roll_out_of
from lifecycle_fsm.services.reading import Reading, read_accounts
from lifecycle_fsm.services.record import evaluation_after, standing_after
from lifecycle_fsm.services.segment_rules import followed_before
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.baselines import load_baselines
from lifecycle_fsm.store.candidates import prepare_scan
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.ids import new_id
from lifecycle_fsm.store.layout import Layout, load_layout
from lifecycle_fsm.store.machines import load_segments
from lifecycle_fsm.store.population import Going, count_going, page_of_going
from lifecycle_fsm.store.publications import Publication
from lifecycle_fsm.store.roll_outs import RollOutProgress, begin_roll_out, has_pending, keep_progress, take_pending

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
    """What one page works with."""

    world: World
    connection: Connection
    layout: Layout
    as_of: datetime
    publication: Publication
    versions: Versions
    content: PlanContent

    @property
    def roll_out(self) -> RollOut:
        """Which of the accounts go over."""
        return roll_out_of(self.publication.roll_out)

    @property
    def going(self) -> Going:
        """The same for the store, but for the share."""
        digests = {segment: machine.digest for segment, machine in self.versions.after.items()}
        if not self.versions.reassigns:
            return Going(digests, self.layout)
        return Going(digests, self.layout, self.versions.followed, tuple(self.versions.after.values()))


def start_roll_out(world: World, connection: Connection, made: Publication) -> None:
    """Note that the accounts of a publication, which was planned, are to go over; none for new accounts only."""
    if not roll_out_of(made.roll_out).percent or made.plan is None:
        return
    begun = RollOutProgress(made.id, made.plan, made.published_at)
    move = _move(world, connection, begun)
    prepare_scan(connection)
    begin_roll_out(connection, replace(begun, total=count_going(connection, move.going, to_ms(move.as_of))))


def accounts_wait_to_go_over(world: World) -> bool:
    """Whether a roll-out is not finished; one cheap question."""
    with world.database.reading() as connection:
        return has_pending(connection)


def roll_out_page(world: World, publication: UUID | None = None) -> RollOutProgress | None:
    """
    Take over the next accounts of the oldest roll-out that is not finished, or of this one, in one transaction.

    Gives how far that has come, None where nothing is left to do. Whoever is stopped
    loses nothing: the next call goes on, and what was done is not done twice. Segments
    that have got another version since are left alone.
    """
    with world.database.writing() as connection:
        pending = take_pending(connection, publication)
        if pending is None:
            return None
        move = _move(world, connection, pending)
        progress = _page(move, pending)
        keep_progress(connection, progress)
    return progress


def roll_out(
    world: World,
    publication: UUID,
    told: Callable[[RollOutProgress], None] | None = None,
    pages: int | None = None,
) -> RollOutProgress | None:
    """Take over the accounts of a publication, up to so many pages; None where there was nothing left to do."""
    done, progress = 0, None
    while (pages is None or done < pages) and (following := roll_out_page(world, publication)) is not None:
        done, progress = done + 1, following
        if told is not None:
            told(following)
    return progress


def _move(world: World, connection: Connection, pending: RollOutProgress) -> _Move:
    kept = kept_plan(connection, stored_plan(connection, pending.plan))
    made = next(each for each in kept.publications if each.id == pending.publication_id)
    content = kept.content
    in_use = {each.segment: each.machine for each in load_segments(connection)}
    still = {segment: digest for segment, digest in content.machines.items() if in_use.get(segment) == digest}
    versions = Versions(
        before=_by_segment(world, connection, content.base.machines),
        after=_by_segment(world, connection, still),
        migrations=content.migrations,
        options=content.options,
        followed=followed_before(world, connection, pending.publication_id),
    )
    return _Move(world, connection, load_layout(connection), world.clock(), made, versions, content)


def _by_segment(world: World, connection: Connection, digests: Mapping[str, str]) -> Mapping[str, Machine]:
    machines = world.shelf.machines(connection, digests.values())
    return {segment: machines[digest] for segment, digest in digests.items()}


def _page(move: _Move, pending: RollOutProgress) -> RollOutProgress:
    prepare_scan(move.connection)
    ids = page_of_going(move.connection, move.going, to_ms(move.as_of), pending.last_account, PAGE)
    done = _take_over(move, [each for each in ids if move.roll_out.takes(each)])
    counted = pending.after(
        looked_at=len(ids),
        migrated=done.migrated,
        reassigned=done.reassigned,
        without_landing=done.without_landing,
        moved=done.summary.moved,
        ctas_opened=done.summary.ctas_opened,
        changed_meanwhile=done.summary.changed_meanwhile,
        failed=done.summary.failed,
    )
    return replace(
        counted,
        last_account=ids[-1] if ids else pending.last_account,
        finished_at=None if len(ids) == PAGE else move.as_of,
    )


def _take_over(move: _Move, ids: Sequence[UUID]) -> Migrated:
    as_of, made = move.as_of, move.publication
    stamp = Stamp(as_of, actor=made.published_by, reason=made.reason, run_id=new_id(to_ms(as_of)), source="migration")
    readings = read_accounts(move.world, move.connection, ids, move.layout, as_of)
    going = {each: _route(move, reading) for each, reading in readings.items() if reading.machine is not None}
    ready = {each: way for each, way in going.items() if way is not None and _lands(way, readings[each])}
    done = _write(move, {each: (readings[each], way) for each, way in ready.items()}, stamp)
    newcomers = [each for each, reading in readings.items() if reading.machine is None]
    started = evaluate_ids(move.world, move.connection, move.layout, newcomers, stamp, as_of)
    lost = sum(way is not None and not _lands(way, readings[each]) for each, way in going.items())
    return done + Migrated(without_landing=lost, summary=summary_of(started))


def _lands(way: Route, reading: Reading) -> bool:
    return reading.lifecycle.stage in way.landings


def _route(move: _Move, reading: Reading) -> Route | None:
    """Where an account goes on, decided on what is known about it now; None where it stays as it is."""
    assert reading.machine is not None
    segment = _segment(move, reading)
    target = move.versions.after.get(segment)
    if target is None or target.digest == reading.machine.digest:
        return None
    return route(move.versions, reading.machine, segment)


def _segment(move: _Move, reading: Reading) -> str:
    versions, own = move.versions, reading.lifecycle.segment
    if not versions.reassigns or reading.lifecycle.by_hand:
        return own
    before = first_that_takes(versions.followed, reading.facts.values, move.as_of)
    after = first_that_takes(list(versions.after.values()), reading.facts.values, move.as_of)
    if after is None or (before is not None and before.segment == after.segment):
        return own
    return after.segment


def _write(move: _Move, going: Mapping[UUID, tuple[Reading, Route]], stamp: Stamp) -> Migrated:
    asked = {
        each: (_followed(move, migrate(way, reading.lifecycle, move.as_of)),) for each, (reading, way) in going.items()
    }
    readings = _under_new_versions(move.connection, going, move.as_of)
    evaluations = {each: _evaluated(move, reading, asked[each]) for each, reading in readings.items()}
    results = write_apart(move.connection, Prepared(readings, asked, {}), evaluations, stamp, move.layout)
    written = [asked[each] for each, result in results.items() if isinstance(result, Evaluation)]
    return Migrated(
        _count(written, RecordKind.MIGRATED), _count(written, RecordKind.REASSIGNED), summary=summary_of(results)
    )


def _followed(move: _Move, step: Step) -> Step:
    """The step after which the account follows the publication's rules of assignment."""
    return replace(step, lifecycle=replace(step.lifecycle, rules=move.publication.id.hex))


def _evaluated(move: _Move, reading: Reading, asked: Sequence[Step]) -> Evaluation | Failed:
    find = standing_after if move.content.options.existing is Existing.FROM_NEXT_CHANGE else evaluation_after
    try:
        return find(reading, asked, move.as_of)
    except Exception as error:  # noqa: BLE001 - whatever one account does, the others go over
        return Failed(type(error).__name__)


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
