"""Success plans opened from their types, activated, completed and abandoned; only legal steps are taken."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.domain.intake import take_instant
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.domain.plan import LEGAL, PlanStatus, PlanType, SuccessPlan
from lifecycle_fsm.engine.asked import plan_step
from lifecycle_fsm.engine.opening import Opening
from lifecycle_fsm.engine.outcomes import Done, PlanMoved, PlanOpened
from lifecycle_fsm.engine.plans import activate, end_plan, open_plan
from lifecycle_fsm.services.commands import Desk, at_desk, command_of
from lifecycle_fsm.services.cta_opening import days_of
from lifecycle_fsm.services.cta_work import check_text
from lifecycle_fsm.services.views import AccountView, HistoryRecord
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.ids import new_id


@dataclass(frozen=True, slots=True)
class OpenPlan:
    """Ask for a success plan of a type; a draft has no objectives yet."""

    account_id: UUID
    type: str
    idempotency_key: str
    is_draft: bool = False
    title: str | None = None
    due_at: datetime | None = None
    owner: str | None = None
    comment: str | None = None
    expected_revision: int | None = None


@dataclass(frozen=True, slots=True)
class MovePlan:
    """Ask for another status of a success plan."""

    account_id: UUID
    plan_id: UUID
    status: PlanStatus
    idempotency_key: str
    comment: str | None = None
    expected_revision: int | None = None


@dataclass(frozen=True, slots=True)
class PlanDone:
    """The plan as it stands, and the records of the change and of what followed."""

    account: AccountView
    plan: SuccessPlan
    records: tuple[HistoryRecord, ...]
    replayed: bool


@dataclass(frozen=True, slots=True)
class PlanTypeUnknown:
    """The catalog has no such type; `known` are those that it has."""

    type: str
    known: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlanTaken:
    """The account has a plan of this type that is a draft or active."""

    account: AccountView
    plan: SuccessPlan


@dataclass(frozen=True, slots=True)
class PlanMissing:
    """The account has no such plan."""

    plan_id: UUID


@dataclass(frozen=True, slots=True)
class PlanMoveRefused:
    """The plan cannot go from its status to the one asked for; `allowed` may follow."""

    account: AccountView
    plan: SuccessPlan
    allowed: tuple[PlanStatus, ...]


OpenOutcome = PlanDone | PlanTypeUnknown | PlanTaken
MoveOutcome = PlanDone | PlanMissing | PlanMoveRefused


def open_plan_by_hand(world: World, actor: Actor, wanted: OpenPlan) -> OpenOutcome:
    """
    Open a success plan with its objectives and evaluate the account at once.

    Raises:
        Forbidden, UnknownAccount, StaleRevision, IdempotencyConflict, InvalidInput: see there.
    """
    require(actor, Capability.WORK_CTAS)
    for name in ("title", "owner", "comment"):
        check_text(getattr(wanted, name), name)

    def work(desk: Desk) -> OpenOutcome:
        before = desk.done_before((RecordKind.PLAN_CHANGED,), wanted.type)
        if before:
            return PlanDone(desk.view(), _of_row(desk.reading.lifecycle, before[0]), before, replayed=True)
        desk.check_revision()
        catalog = desk.world.shelf.catalog(desk.connection)
        kind = catalog.plans.get(wanted.type)
        if kind is None:
            return PlanTypeUnknown(wanted.type, tuple(sorted(catalog.plans)))
        taken = desk.reading.lifecycle.plan_in_work(wanted.type)
        return _open(desk, wanted, kind) if taken is None else PlanTaken(desk.view(), taken)

    return at_desk(world, actor, command_of(wanted), work)


def _open(desk: Desk, wanted: OpenPlan, kind: PlanType) -> PlanDone:
    opening = _opening(desk)
    status = PlanStatus.DRAFT if wanted.is_draft else PlanStatus.ACTIVE
    after, done = open_plan(opening, kind, 0, status)
    opened = next(each.plan for each in done if isinstance(each, PlanOpened))
    named = replace(
        opened,
        id=new_id(to_ms(desk.as_of)),
        title=wanted.title or opened.title,
        due_at=_due_at(wanted) or opened.due_at,
        owner=wanted.owner or opened.owner,
    )
    return _write(desk, after.with_plan(named), named, done, wanted.comment)


def move_plan(world: World, actor: Actor, wanted: MovePlan) -> MoveOutcome:
    """
    Activate, complete or abandon a success plan and evaluate the account at once.

    Raises:
        Forbidden, UnknownAccount, StaleRevision, IdempotencyConflict, InvalidInput: see there.
    """
    require(actor, Capability.WORK_CTAS)
    check_text(wanted.comment, "comment")

    def work(desk: Desk) -> MoveOutcome:
        plan = next((each for each in desk.reading.lifecycle.plans if each.id == wanted.plan_id), None)
        if plan is None:
            return PlanMissing(wanted.plan_id)
        before = desk.done_before((RecordKind.PLAN_CHANGED,), plan.type)
        if before:
            return PlanDone(desk.view(), plan, before, replayed=True)
        desk.check_revision()
        if wanted.status not in LEGAL[plan.status]:
            return PlanMoveRefused(desk.view(), plan, LEGAL[plan.status])
        return _moved(desk, plan, wanted)

    return at_desk(world, actor, command_of(wanted), work)


def _moved(desk: Desk, plan: SuccessPlan, wanted: MovePlan) -> PlanDone:
    opening = _opening(desk)
    if wanted.status is not PlanStatus.ACTIVE:
        after, done = end_plan(opening.lifecycle, plan, wanted.status, desk.as_of)
        return _write(desk, after, plan, done, wanted.comment)
    kind = opening.catalog.plans.get(plan.type, PlanType(plan.type, plan.title))
    active, objectives = activate(opening, plan, kind, 1)
    moved: tuple[Done, ...] = (PlanMoved(plan.key, plan.type, plan.status, PlanStatus.ACTIVE),)
    return _write(desk, active, plan, (*moved, *objectives), wanted.comment)


def _write(desk: Desk, after: Lifecycle, plan: SuccessPlan, done: tuple[Done, ...], comment: str | None) -> PlanDone:
    records = desk.write([plan_step(desk.reading.lifecycle, after, plan.type, done, desk.as_of)], comment)
    view = desk.view()
    now = next(each for each in view.lifecycle.plans if each.key == plan.key)
    return PlanDone(view, now, records, replayed=False)


def _opening(desk: Desk) -> Opening:
    lifecycle = replace(desk.reading.lifecycle, revision=desk.reading.lifecycle.revision + 1)
    catalog = desk.world.shelf.catalog(desk.connection)
    return Opening(lifecycle, catalog, desk.reading.facts, desk.as_of, *days_of(desk))


def _due_at(wanted: OpenPlan) -> datetime | None:
    due_at = None if wanted.due_at is None else take_instant(wanted.due_at)
    if wanted.due_at is not None and due_at is None:
        raise InvalidInput("the due date must have a time zone and lie from 1900 to 2200", path="input.dueAt")
    return due_at


def _of_row(lifecycle: Lifecycle, row: HistoryRecord) -> SuccessPlan:
    return next(plan for plan in lifecycle.plans if plan.key == f"{row.seq}.0")
