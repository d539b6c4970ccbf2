"""Which CTAs a list across accounts shows, and in which order."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from lifecycle_fsm.domain.cta import CtaOutcome, CtaStatus, CtaType, Priority


@dataclass(frozen=True, slots=True)
class CtaFilter:
    """
    Choose CTAs; an empty tuple and None choose all, what is given must all apply.

    `due_before` is exclusive. `is_snoozed` and `is_overdue` are judged at the date of the
    reading. `segments`, `stages` and `csms` are those of the account now.
    """

    owners: tuple[str, ...] = ()
    types: tuple[CtaType, ...] = ()
    reasons: tuple[str, ...] = ()
    templates: tuple[str, ...] = ()
    priorities: tuple[Priority, ...] = ()
    statuses: tuple[CtaStatus, ...] = ()
    outcomes: tuple[CtaOutcome, ...] = ()
    segments: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    csms: tuple[str, ...] = ()
    account_ids: tuple[UUID, ...] = ()
    subjects: tuple[str, ...] = ()
    is_open: bool | None = None
    is_flagged: bool | None = None
    is_snoozed: bool | None = None
    is_overdue: bool | None = None
    due_from: datetime | None = None
    due_before: datetime | None = None


class CtaOrderField(StrEnum):
    """What a list of CTAs may be ordered by; ties are broken by id."""

    DUE_AT = "due_at"
    OPENED_AT = "opened_at"
    PRIORITY = "priority"


@dataclass(frozen=True, slots=True)
class CtaOrder:
    """An order of CTAs."""

    field: CtaOrderField = CtaOrderField.DUE_AT
    descending: bool = False
