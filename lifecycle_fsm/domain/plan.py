"""Success plans: CTAs towards an outcome agreed with the account."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class PlanStatus(StrEnum):
    """Where a success plan stands."""

    DRAFT = "draft"
    ACTIVE = "active"
    COMPLETED = "completed"
    ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True)
class SuccessPlan:
    """One plan of one account; guards see the status of the newest plan of each type."""

    id: UUID
    type: str
    title: str
    status: PlanStatus
    opened_at: datetime
    due_at: datetime | None = None
    closed_at: datetime | None = None
