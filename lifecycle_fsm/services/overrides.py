"""A person speaks in the place of a measure or of the whole health score, with a reason and until an instant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.catalog import MeasureSpec
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.intake import Outside, Refusal, take_instant, take_measure, take_text
from lifecycle_fsm.domain.override import HEALTH, LONGEST_DAYS, OverrideEnd
from lifecycle_fsm.domain.scorecard import BEST, WORST
from lifecycle_fsm.engine.overriding import end_override, set_override
from lifecycle_fsm.services.commands import Desk, at_desk, command_of
from lifecycle_fsm.services.views import AccountView, HistoryRecord
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.reasons import load_reasons
from lifecycle_fsm.store.scope import visible_ids


@dataclass(frozen=True, slots=True)
class OverrideHealth:
    """
    Ask to override a measure, or with `measure` None the health score.

    `value` is what the measure takes from outside, a score of 0-100 for health. It counts at
    once and until `until`, which is at most 366 days ahead.
    """

    account_id: UUID
    value: Outside
    until: datetime
    reason: str
    idempotency_key: str
    measure: str | None = None
    expected_revision: int | None = None


@dataclass(frozen=True, slots=True)
class EndOverride:
    """Ask to end an override before its time; of the health score with `measure` None."""

    account_id: UUID
    reason: str
    idempotency_key: str
    measure: str | None = None
    expected_revision: int | None = None


@dataclass(frozen=True, slots=True)
class Overridden:
    """The override stands or has ended; `records` begin with that and go on with what it set in motion."""

    account: AccountView
    records: tuple[HistoryRecord, ...]
    replayed: bool


@dataclass(frozen=True, slots=True)
class MeasureUnknown:
    """The catalog has no such measure; `known` are those that it has."""

    measure: str
    known: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotOverridden:
    """Nobody speaks in the place of this measure or score."""

    account: AccountView
    measure: str | None


def override_health(world: World, actor: Actor, wanted: OverrideHealth) -> Overridden | MeasureUnknown:
    """
    Set an override and evaluate the account in the same transaction.

    Raises:
        Forbidden, UnknownAccount, StaleRevision, IdempotencyConflict, InvalidInput: see there.
    """
    require(actor, Capability.OVERRIDE_HEALTH)
    _check_reason(wanted.reason)

    def work(desk: Desk) -> Overridden | MeasureUnknown:
        known = desk.world.shelf.catalog(desk.connection).measures
        if wanted.measure is not None and wanted.measure not in known:
            return MeasureUnknown(wanted.measure, tuple(known))
        key = wanted.measure or HEALTH
        before = desk.done_before((RecordKind.HEALTH_OVERRIDDEN,), key)
        if before:
            return Overridden(desk.view(), before, replayed=True)
        desk.check_revision()
        value = _value(None if wanted.measure is None else known[wanted.measure], wanted.value)
        until = _until(wanted.until, desk.as_of)
        step = set_override(desk.reading.lifecycle, key, value, until, desk.actor.name, desk.as_of)
        records = desk.write([step], wanted.reason)
        return Overridden(desk.view(), records, replayed=False)

    return at_desk(world, actor, command_of(wanted), work)


def end_health_override(world: World, actor: Actor, wanted: EndOverride) -> Overridden | NotOverridden:
    """
    End an override before its time and evaluate the account in the same transaction.

    Raises:
        Forbidden, UnknownAccount, StaleRevision, IdempotencyConflict, InvalidInput: see there.
    """
    require(actor, Capability.OVERRIDE_HEALTH)
    _check_reason(wanted.reason)

    def work(desk: Desk) -> Overridden | NotOverridden:
        key = wanted.measure or HEALTH
        before = desk.done_before((RecordKind.OVERRIDE_ENDED,), key)
        if before:
            return Overridden(desk.view(), before, replayed=True)
        desk.check_revision()
        override = desk.reading.lifecycle.overrides.get(key)
        if override is None or not override.counts(desk.as_of):
            return NotOverridden(desk.view(), wanted.measure)
        step = end_override(desk.reading.lifecycle, override, OverrideEnd.ENDED, Cause.PERSON, desk.as_of)
        records = desk.write([step], wanted.reason)
        return Overridden(desk.view(), records, replayed=False)

    return at_desk(world, actor, command_of(wanted), work)


def reasons_of(world: World, actor: Actor, places: Sequence[tuple[UUID, int]]) -> dict[tuple[UUID, int], str]:
    """The reasons of history rows, asked for as pairs of account id and number; rows without one are absent."""
    require(actor, Capability.READ)
    with world.database.reading() as connection:
        seen = visible_ids(connection, {account_id for account_id, _ in places}, actor.portfolio)
        return load_reasons(connection, [place for place in places if place[0] in seen])


def _check_reason(reason: str) -> None:
    if take_text(reason) is None:
        raise InvalidInput("the reason must be 1 to 500 printable characters", path="input.reason")


def _value(spec: MeasureSpec | None, outside: Outside) -> float:
    spec = spec or MeasureSpec(HEALTH, "health score", "points", WORST, BEST)
    # A derived measure is not recorded, but a person may well say what it should be.
    taken = take_measure(spec.as_recorded, outside)
    if isinstance(taken, Refusal):
        raise InvalidInput(taken.message, path="input.value")
    if not isinstance(taken, float):
        raise InvalidInput("an override needs a value; end the override to let what is known count", path="input.value")
    return taken


def _until(outside: datetime, as_of: datetime) -> datetime:
    until = take_instant(outside)
    if until is None or not as_of < until <= as_of + timedelta(days=LONGEST_DAYS):
        raise InvalidInput(
            f"the override ends {outside.isoformat()}; expected after now and at most {LONGEST_DAYS} days ahead",
            path="input.until",
        )
    return until
