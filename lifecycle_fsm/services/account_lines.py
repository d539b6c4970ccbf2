"""
Accounts that are written down at once: their rows, with what only their machine can say about these.

The same answers as those of `AccountView`, without one: stage, pace and health of an account
with no pause and no override follow from a few columns, and others are viewed as usual.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from lifecycle_fsm.domain.access import Capability, require
from lifecycle_fsm.domain.calendars import Span
from lifecycle_fsm.domain.moments import from_ms, to_ms
from lifecycle_fsm.domain.pace import Pace
from lifecycle_fsm.domain.scorecard import NO_HEALTH, Band
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.engine.scoring import Scorer, scorer_of
from lifecycle_fsm.services.quick import QuickReader
from lifecycle_fsm.services.segment_rules import UNASSIGNED
from lifecycle_fsm.services.views import AccountView
from lifecycle_fsm.store.account_rows import FIRST_SLOT, Place, read_rows
from lifecycle_fsm.store.direct import Values
from lifecycle_fsm.store.layout import Layout
from lifecycle_fsm.store.log_text import Shape, Word
from lifecycle_fsm.store.quick import load_layout_quickly

__all__ = ["Place", "Shape", "Values", "Word"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class StageNow(NamedTuple):
    """Where an account stands."""

    key: str
    title: str
    is_final: bool
    entered_at: datetime
    pace: Pace
    time_in_stage: timedelta
    came_from: str | None


class Line(NamedTuple):
    """A row, the stage where a segment takes the account, and score and band of its health; only as asked for."""

    row: Values
    stage: StageNow | None
    health: tuple[float | None, Band | None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of accounts: stage, health, and pages of the newest history, each in a shape."""

    stage: bool
    health: bool
    histories: tuple[tuple[Shape, int], ...]


@dataclass(frozen=True, slots=True)
class StageRules:
    """What a version says about a stage; limits in microseconds, None for ever. `is_plain` where these say all."""

    title: str
    is_final: bool
    behind_us: int | None
    stuck_us: int | None
    is_plain: bool
    score: Scorer | None


async def read_lines(reader: QuickReader, ids: Sequence[UUID], wanted: Wanted) -> dict[UUID, Line] | None:
    """
    Read accounts in one statement; unknown ids are absent.

    None when a machine among them is not loaded yet, or health needs more than rows.

    Raises:
        Forbidden: the actor may not read, or not history where that is asked for.
    """
    require(reader.actor, Capability.READ)
    if wanted.histories:
        require(reader.actor, Capability.READ_HISTORY)
    layout = await _layout(reader) if wanted.health else None
    columns = None if layout is None else layout.observed_columns
    rows = await read_rows(reader.quick.direct, reader.quick.meeting, ids, columns, wanted.histories)
    if layout is not None and rows and rows[0][Place.SLOTS] != len(layout.slots):
        reader.quick.layout = None
        reader.quick.rules.clear()
        return None
    making = _Making(reader, wanted, layout, reader.world.clock())
    return await making.lines(rows)


class _Making:
    """Turn rows into lines at one date."""

    def __init__(self, reader: QuickReader, wanted: Wanted, layout: Layout | None, as_of: datetime) -> None:
        self._reader, self._wanted, self._layout, self._as_of = reader, wanted, layout, as_of
        self._now_us, self._now_ms = (as_of - _EPOCH) // _MICROSECOND, to_ms(as_of)

    async def lines(self, rows: Sequence[Values]) -> dict[UUID, Line] | None:
        if not (self._wanted.stage or self._wanted.health):
            return {row[0]: Line(row, None, (None, None)) for row in rows}  # type: ignore[misc] # the first is the id
        found: dict[UUID, Line] = {}
        odd: dict[UUID, Values] = {}
        for row in rows:
            rules = self._rules(row)
            if rules is None and row[Place.MACHINE] != UNASSIGNED:
                return None
            account_id: UUID = row[Place.ID]  # type: ignore[assignment] # the columns say so
            if rules is not None and (row[Place.IS_ODD] or not rules.is_plain):
                odd[account_id] = row
            else:
                found[account_id] = self._line(row, rules)
        return await self._with_odd(found, odd) if odd else found

    async def _with_odd(self, found: dict[UUID, Line], odd: dict[UUID, Values]) -> dict[UUID, Line] | None:
        """The same with accounts of which a row does not say enough, viewed one by one."""
        views = await self._reader.accounts(list(odd))
        if views is None or views.keys() != odd.keys():
            return None
        return found | {account_id: _viewed(odd[account_id], view) for account_id, view in views.items()}

    def _rules(self, row: Values) -> StageRules | None:
        """What the account's machine says about its stage; None where it is not loaded, or says more about health."""
        key = (row[Place.MACHINE], row[Place.STAGE], self._wanted.health)
        known = self._reader.quick.rules.get(key)
        if known is None:
            machine = self._reader.world.shelf.loaded(str(row[Place.MACHINE]))
            known = None if machine is None else _rules_of(machine, str(row[Place.STAGE]), self._layout)
            if known is not None:
                self._reader.quick.rules[key] = known
        return known

    def _line(self, row: Values, rules: StageRules | None) -> Line:
        if rules is None:
            return Line(row, None, (NO_HEALTH.score, NO_HEALTH.band))
        health: tuple[float | None, Band | None] = (None, None)
        if rules.score is not None:
            health = rules.score(row, self._now_ms)  # type: ignore[arg-type] # slots hold values
        return Line(row, self._stage(row, rules) if self._wanted.stage else None, health)

    def _stage(self, row: Values, rules: StageRules) -> StageNow:
        _, _, _, _, _, _, key, entered_ms, came_from, *_ = row
        age_us = self._now_us - entered_ms * 1000  # type: ignore[operator] # the columns say so
        pace = Pace.ON_TRACK
        if rules.stuck_us is not None and age_us > rules.stuck_us:
            pace = Pace.STUCK
        elif rules.behind_us is not None and age_us > rules.behind_us:
            pace = Pace.BEHIND
        time_in_stage = timedelta(microseconds=max(age_us, 0))
        return StageNow(key, rules.title, rules.is_final, from_ms(entered_ms), pace, time_in_stage, came_from)  # type: ignore[arg-type] # likewise


async def _layout(reader: QuickReader) -> Layout:
    if reader.quick.layout is None:
        reader.quick.layout = await load_layout_quickly(reader.quick.direct)
    return reader.quick.layout


def _rules_of(machine: Machine, stage_key: str, layout: Layout | None) -> StageRules | None:
    stage = machine.stages[stage_key]
    score = None
    if layout is not None:
        positions = {key: FIRST_SLOT + place for place, (key, _) in enumerate(layout.observed)}
        score = None if machine.derivations else scorer_of(machine.cards[stage_key], positions)
        if score is None:
            return None
    return StageRules(
        title=stage.title,
        is_final=stage.final,
        behind_us=_microseconds(stage.expected),
        stuck_us=_microseconds(stage.stuck),
        is_plain=all(span is None or isinstance(span, int) for span in (stage.expected, stage.stuck)),
        score=score,
    )


def _microseconds(span: Span | None) -> int | None:
    return span * 1000 if isinstance(span, int) else None


def _viewed(row: Values, view: AccountView) -> Line:
    lifecycle, machine, health = view.lifecycle, view.machine, view.health
    assert machine is not None
    stage = machine.stages[lifecycle.stage]
    now = StageNow(
        stage.key, stage.title, stage.final, lifecycle.entered_at, view.pace, view.time_in_stage, lifecycle.came_from
    )
    return Line(row, now, (health.score, health.band))
