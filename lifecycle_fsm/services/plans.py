"""Success plans opened and completed; guards see the status at once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.domain.plan import PlanStatus, SuccessPlan
from lifecycle_fsm.engine.asked import set_plans
from lifecycle_fsm.services.commands import Desk, at_desk, command_of
from lifecycle_fsm.services.views import AccountView, HistoryRecord
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.ids import new_id


@dataclass(frozen=True, slots=True)
class ChangePlan:
    """
    Ask for a status of the newest success plan of a type.

    A plan is opened where the account has none of the type that is still open.
    """

    account_id: UUID
    type: str
    title: str
    status: PlanStatus
    idempotency_key: str
    due_at: datetime | None = None
    expected_revision: int | None = None


@dataclass(frozen=True, slots=True)
class PlanChanged:
    """The plan as it stands, and the records of the change and of what followed."""

    account: AccountView
    plan: SuccessPlan
    records: tuple[HistoryRecord, ...]
    replayed: bool


_ENDED = (PlanStatus.COMPLETED, PlanStatus.ABANDONED)


def change_plan(world: World, actor: Actor, wanted: ChangePlan) -> PlanChanged:
    """
    Open a success plan or change its status, and evaluate the account at once.

    Raises:
        Forbidden, UnknownAccount, StaleRevision, IdempotencyConflict, InvalidInput: see there.
    """
    require(actor, Capability.WORK_CTAS)

    def work(desk: Desk) -> PlanChanged:
        before = desk.done_before((RecordKind.PLAN_CHANGED,), wanted.type)
        if before:
            return PlanChanged(desk.view(), _newest(desk.reading.lifecycle.plans, wanted.type), before, replayed=True)
        desk.check_revision()
        plans = changed_plans(desk.reading.lifecycle.plans, wanted, desk.as_of)
        records = desk.write([set_plans(desk.reading.lifecycle, wanted.type, plans, desk.as_of)])
        return PlanChanged(desk.view(), _newest(plans, wanted.type), records, replayed=False)

    return at_desk(world, actor, command_of(wanted), work)


def changed_plans(plans: Sequence[SuccessPlan], wanted: ChangePlan, as_of: datetime) -> tuple[SuccessPlan, ...]:
    """The account's plans once the change is made."""
    closed_at = as_of if wanted.status in _ENDED else None
    current = next((plan for plan in plans if plan.type == wanted.type and plan.status not in _ENDED), None)
    if current is None:
        opened = SuccessPlan(
            new_id(to_ms(as_of)), wanted.type, wanted.title, wanted.status, as_of, wanted.due_at, closed_at
        )
        return (*plans, opened)
    changed = replace(current, status=wanted.status, closed_at=closed_at)
    return tuple(changed if plan.id == current.id else plan for plan in plans)


def _newest(plans: Sequence[SuccessPlan], plan_type: str) -> SuccessPlan:
    return next(plan for plan in reversed(plans) if plan.type == plan_type)
