"""A person closes a CTA, and the chain that waited for it goes on in the same transaction."""

from dataclasses import dataclass
from uuid import UUID

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.cta import Cta, CtaOutcome
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.domain.intake import take_text
from lifecycle_fsm.engine.asked import end_cta
from lifecycle_fsm.services.commands import Desk, at_desk, command_of
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

    return at_desk(world, actor, command_of(wanted), work)


def _close(desk: Desk, cta: Cta, wanted: CloseCta) -> CtaEnded:
    step = end_cta(desk.reading.lifecycle, cta, wanted.outcome, desk.as_of)
    records = desk.write([step], wanted.comment)
    closed = next(each for each in step.lifecycle.ctas if each.cause_key == cta.cause_key)
    return CtaEnded(desk.view(), closed, records, replayed=False)
