"""Episodes of alerts across accounts: one of them, which a list shows, and in which order."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from lifecycle_fsm.domain.severity import AlertSeverity


@dataclass(frozen=True, slots=True)
class AlertEpisode:
    """
    One time that an alert was on for an account.

    `number` counts the episodes of the alert from 1. `segment`, `machine` and `stage` are those
    in which it opened. `severity` is the gravest that it has had by the date of the reading, since
    `raised_at`; None: since it was opened. `opened_seq` and `cleared_seq` are the history rows that say so, None where
    they are not known.
    """

    account_id: UUID
    alert: str
    number: int
    opened_at: datetime
    severity: AlertSeverity
    segment: str
    machine: str
    stage: str
    raised_at: datetime | None = None
    cleared_at: datetime | None = None
    opened_seq: int | None = None
    cleared_seq: int | None = None


@dataclass(frozen=True, slots=True)
class AlertFilter:
    """
    Choose episodes; an empty tuple and None choose all, what is given must all apply.

    `is_on` is judged at `as_of`, which also leaves out those that were opened later; None for
    now. `opened_before` is exclusive. `segments`, `stages` and `csms` are those of the account now.
    """

    alerts: tuple[str, ...] = ()
    severities: tuple[AlertSeverity, ...] = ()
    segments: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    csms: tuple[str, ...] = ()
    account_ids: tuple[UUID, ...] = ()
    is_on: bool | None = None
    opened_from: datetime | None = None
    opened_before: datetime | None = None
    as_of: datetime | None = None


class AlertOrderField(StrEnum):
    """What a list of episodes may be ordered by; ties are broken by account, alert and number."""

    OPENED_AT = "opened_at"
    SEVERITY = "severity"


@dataclass(frozen=True, slots=True)
class AlertOrder:
    """An order of episodes; the newest first where nothing else is said."""

    field: AlertOrderField = AlertOrderField.OPENED_AT
    descending: bool = True
