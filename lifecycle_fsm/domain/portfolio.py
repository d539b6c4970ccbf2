"""Which accounts a list shows, and in which order."""

from dataclasses import dataclass
from enum import StrEnum

from lifecycle_fsm.domain.scorecard import Band


class AccountOrderField(StrEnum):
    """What a list of accounts may be ordered by; ties are broken by id."""

    NAME = "name"
    ENTERED_AT = "entered_at"
    HEALTH_SCORE = "health_score"


@dataclass(frozen=True, slots=True)
class AccountOrder:
    """An order of accounts; those without a health score come last in either direction."""

    field: AccountOrderField = AccountOrderField.NAME
    descending: bool = False


@dataclass(frozen=True, slots=True)
class AccountFilter:
    """Choose accounts; an empty tuple or None chooses all. `search` is the beginning of a name or key."""

    segments: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    bands: tuple[Band, ...] = ()
    csms: tuple[str, ...] = ()
    search: str | None = None
