"""A person closes a CTA, and the chain that waited for it goes on in the same transaction."""

from dataclasses import dataclass, replace
from uuid import UUID

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.cta import Cta, CtaOutcome, CtaStatus
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.intake import take_text
from lifecycle_fsm.engine.outcomes import CtaClosed, Step
from lifecycle_fsm.services.commands import Command, Desk, at_desk
from lifecycle_fsm.services.views import AccountView, HistoryRecord
from lifecycle_fsm.services.world import World


@dataclass(frozen=True, slots=True)
class CloseCta:
    """Ask to close a CTA with an outcome."""

    account_id: UUID
    cta_id: UUID
    outcome: CtaOutcome
    idempotency_key: str
    comment: str | None = None
    expected_revision: int | None = None


@dataclass(frozen=True, slots=True)
class CtaEnded:
    """The CTA is closed; `records` begin with that and go on with what it set in motion."""

    account: AccountView
    cta: Cta
    records: tuple[HistoryRecord, ...]
    replayed: bool


@dataclass(frozen=True, slots=True)
class CtaMissing:
    """The account has no such CTA."""

    cta_id: UUID


@dataclass(frozen=True, slots=True)
class CtaAlreadyClosed:
    """The CTA had been closed before by another command, with the outcome that it shows."""

    account: AccountView
    cta: Cta


CloseOutcome = CtaEnded | CtaMissing | CtaAlreadyClosed


def close_cta(world: World, actor: Actor, wanted: CloseCta) -> CloseOutcome:
    """
    Close a CTA and evaluate the account at once.

    Raises:
        Forbidden, UnknownAccount, StaleRevision, IdempotencyConflict, InvalidInput: see there.
    """
    require(actor, Capability.WORK_CTAS)
    if wanted.comment is not None and take_text(wanted.comment) is None:
        raise InvalidInput("the comment must be 1 to 500 printable characters", path="input.comment")

    def work(desk: Desk) -> CloseOutcome:
        cta = next((each for each in desk.reading.lifecycle.ctas if each.id == wanted.cta_id), None)
        if cta is None:
            return CtaMissing(wanted.cta_id)
        before = desk.done_before((RecordKind.CTA_CLOSED,), cta.cause_key)
        if before:
            return CtaEnded(desk.view(), cta, before, replayed=True)
        desk.check_revision()
        if not cta.is_open:
            return CtaAlreadyClosed(desk.view(), cta)
        return _close(desk, cta, wanted)

    command = Command(wanted.account_id, wanted.idempotency_key, wanted.expected_revision)
    return at_desk(world, actor, command, work)


def _close(desk: Desk, cta: Cta, wanted: CloseCta) -> CtaEnded:
    closed = replace(cta, status=CtaStatus.CLOSED, outcome=wanted.outcome, closed_at=desk.as_of)
    records = desk.write([closing(desk, closed)], wanted.comment)
    return CtaEnded(desk.view(), closed, records, replayed=False)


def closing(desk: Desk, closed: Cta) -> Step:
    """The step of a CTA that a person closed."""
    lifecycle = desk.reading.lifecycle
    assert closed.outcome is not None
    ctas = tuple(closed if cta.cause_key == closed.cause_key else cta for cta in lifecycle.ctas)
    return Step(
        kind=RecordKind.CTA_CLOSED,
        cause=Cause.PERSON,
        from_stage=lifecycle.stage,
        lifecycle=replace(lifecycle, revision=lifecycle.revision + 1, ctas=ctas),
        effective_at=desk.as_of,
        subject=closed.cause_key,
        done=(CtaClosed(closed.cause_key, closed.outcome),),
    )
