"""Which history records a list shows, and in which order."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from lifecycle_fsm.domain.history import Cause, RecordKind


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """
    Choose history records; empty or None chooses all, what is given must all apply.

    `segments` are those whose rules decided. `stages` is either side of the record,
    `from_stages` and `to_stages` one of them. Periods begin with their first instant
    and end before their last.
    """

    account_ids: tuple[UUID, ...] = ()
    segments: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    from_stages: tuple[str, ...] = ()
    to_stages: tuple[str, ...] = ()
    transitions: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    kinds: tuple[RecordKind, ...] = ()
    causes: tuple[Cause, ...] = ()
    actors: tuple[str, ...] = ()
    machines: tuple[str, ...] = ()
    run_id: UUID | None = None
    effective_from: datetime | None = None
    effective_before: datetime | None = None
    recorded_from: datetime | None = None
    recorded_before: datetime | None = None


class HistoryOrderField(StrEnum):
    """What a list of history records can be ordered by."""

    RECORDED_AT = "recorded_at"
    EFFECTIVE_AT = "effective_at"


@dataclass(frozen=True, slots=True)
class HistoryOrder:
    """Order history records by a field, then by account and number."""

    field: HistoryOrderField = HistoryOrderField.RECORDED_AT
    descending: bool = True
