"""Success plans: CTAs towards an outcome agreed with the account."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from lifecycle_fsm.domain.cta_rules import DueIn


class PlanStatus(StrEnum):
    """Where a success plan stands."""

    DRAFT = "draft"
    ACTIVE = "active"
    COMPLETED = "completed"
    ABANDONED = "abandoned"

    @property
    def is_open(self) -> bool:
        """Whether the plan is still to be worked on."""
        return self in (PlanStatus.DRAFT, PlanStatus.ACTIVE)


LEGAL: Mapping[PlanStatus, tuple[PlanStatus, ...]] = {
    PlanStatus.DRAFT: (PlanStatus.ACTIVE, PlanStatus.ABANDONED),
    PlanStatus.ACTIVE: (PlanStatus.COMPLETED, PlanStatus.ABANDONED),
    PlanStatus.COMPLETED: (),
    PlanStatus.ABANDONED: (),
}
"""The statuses that may follow each one."""


class Completion(StrEnum):
    """What completes a success plan."""

    BY_HAND = "by_hand"
    """Somebody says so."""
    WITH_OBJECTIVES = "with_objectives"
    """All required objectives are closed with success."""


@dataclass(frozen=True, slots=True)
class Objective:
    """
    One objective of a plan type: the template of its CTA.

    `due_in` of None leaves the due date to the template.
    """

    template: str
    due_in: DueIn | None = None
    required: bool = True


@dataclass(frozen=True, slots=True)
class PlanType:
    """Describe the success plans of one type; `due_in` counts from the day on which the plan becomes active."""

    key: str
    title: str
    due_in: DueIn | None = None
    completes: Completion = Completion.BY_HAND
    objectives: tuple[Objective, ...] = ()


@dataclass(frozen=True, slots=True)
class SuccessPlan:
    """
    One plan of one account; guards see the status and the progress of the newest plan of each type.

    `key` names what opened it, once for ever in its account; its objectives are the CTAs
    that carry it. `id` is None until the recorder has written it. With `completes_itself`
    it is completed once all required objectives are closed with success.
    """

    id: UUID | None
    type: str
    title: str
    status: PlanStatus
    opened_at: datetime
    due_at: datetime | None = None
    closed_at: datetime | None = None
    key: str = ""
    completes_itself: bool = False
    activated_at: datetime | None = None
    owner: str | None = None
