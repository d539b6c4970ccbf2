"""A person fires a trigger: the account moves, or the refusal is recorded with its reasons."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.intake import take_text
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.engine.advance import carry_out
from lifecycle_fsm.engine.asked import keep_refusal
from lifecycle_fsm.engine.decide import decide, decide_on_row, override
from lifecycle_fsm.engine.machine import AUTO
from lifecycle_fsm.engine.outcomes import Judged, Moved, Refused, Untriggered
from lifecycle_fsm.engine.situation import situation_of
from lifecycle_fsm.services.commands import Desk, at_desk, command_of
from lifecycle_fsm.services.views import AccountView, HistoryRecord
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.history import load_inputs

_KINDS = (RecordKind.MOVED, RecordKind.REFUSED)


@dataclass(frozen=True, slots=True)
class FireTransition:
    """
    Ask for a transition by its trigger.

    `override` takes it although its guard is not true; it needs a capability of its
    own and a `reason`, and stays visible for ever.
    """

    account_id: UUID
    trigger: str
    idempotency_key: str
    expected_revision: int | None = None
    reason: str | None = None
    override: bool = False


@dataclass(frozen=True, slots=True)
class Fired:
    """The account moved; `records` begin with that move and go on with what followed from it."""

    account: AccountView
    records: tuple[HistoryRecord, ...]
    replayed: bool


@dataclass(frozen=True, slots=True)
class GuardRefused:
    """No guard was true: the account stayed, the attempt is recorded, and `judged` says why for each transition."""

    account: AccountView
    trigger: str
    judged: tuple[Judged, ...]
    replayed: bool


@dataclass(frozen=True, slots=True)
class TriggerUnknown:
    """The stage has no transition with this trigger; nothing was recorded. `offered` are those that it has."""

    account: AccountView
    trigger: str
    offered: tuple[str, ...]


FireOutcome = Fired | GuardRefused | TriggerUnknown


def fire_transition(world: World, actor: Actor, wanted: FireTransition) -> FireOutcome:
    """
    Move an account as a person asks, if its guards allow it.

    The same idempotency key gives the first outcome again.

    Raises:
        Forbidden: the actor may not fire, or not override.
        UnknownAccount, StaleRevision, IdempotencyConflict, InvalidInput: see there.
    """
    require(actor, Capability.OVERRIDE_TRANSITION if wanted.override else Capability.FIRE_TRANSITION)
    reason = _reason(wanted)

    def work(desk: Desk) -> FireOutcome:
        before = desk.done_before(_KINDS, wanted.trigger)
        if before:
            return _again(desk, before)
        desk.check_revision()
        return _fire(desk, wanted, reason)

    return at_desk(world, actor, command_of(wanted), work)


def _reason(wanted: FireTransition) -> str | None:
    reason = take_text(wanted.reason)
    if wanted.reason is not None and reason is None:
        raise InvalidInput("the reason must be 1 to 500 printable characters", path="input.reason")
    if wanted.override and reason is None:
        raise InvalidInput("an override needs a reason; say why the guard does not count", path="input.reason")
    return reason


def _fire(desk: Desk, wanted: FireTransition, reason: str | None) -> FireOutcome:
    machine, lifecycle = desk.reading.machine, desk.reading.lifecycle
    if machine is None or wanted.trigger == AUTO:
        offered = () if machine is None else _offered(desk)
        return TriggerUnknown(desk.view(), wanted.trigger, offered)
    outcome = decide(machine, lifecycle, wanted.trigger, desk.reading.facts, desk.as_of)
    cause = Cause.PERSON
    if isinstance(outcome, Refused) and wanted.override:
        outcome, cause = override(machine, outcome), Cause.OVERRIDE
    match outcome:
        case Untriggered():
            return TriggerUnknown(desk.view(), wanted.trigger, outcome.offered)
        case Refused():
            desk.write([keep_refusal(lifecycle, outcome, desk.as_of)], reason)
            return GuardRefused(desk.view(), wanted.trigger, outcome.judged, replayed=False)
        case Moved():
            facts = desk.reading.facts
            step = carry_out(machine, lifecycle, outcome, cause, desk.as_of, facts)
            health = situation_of(machine, lifecycle, facts, desk.as_of).health
            records = desk.write([replace(step, health=health)], reason)
            return Fired(desk.view(), records, replayed=False)


def _offered(desk: Desk) -> tuple[str, ...]:
    return tuple(sorted({way.trigger for way in desk.view().available if not way.is_automatic}))


def _again(desk: Desk, before: Sequence[HistoryRecord]) -> FireOutcome:
    first = before[0]
    if first.kind is RecordKind.MOVED:
        return Fired(desk.view(), tuple(before), replayed=True)
    return GuardRefused(desk.view(), str(first.trigger), _judged_again(desk, first), replayed=True)


def _judged_again(desk: Desk, refused: HistoryRecord) -> tuple[Judged, ...]:
    """The verdicts of a recorded refusal, decided again from its recorded inputs under its recorded machine."""
    machine = desk.world.shelf.machines(desk.connection, [refused.machine])[refused.machine]
    inputs = load_inputs(desk.connection, refused.account_id, [refused.seq]).get(refused.seq, {})
    outcome = decide_on_row(machine, str(refused.from_stage), str(refused.trigger), inputs, to_ms(refused.effective_at))
    assert isinstance(outcome, Refused)
    return outcome.judged
