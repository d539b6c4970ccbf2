"""Which accounts a list shows, and in which order."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from lifecycle_fsm.domain.reports.address import Address
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
class Standing:
    """What a filter asks of one account; `segment` and `stage` are those it is in."""

    account_id: UUID
    segment: str
    stage: str
    csm: str | None
    band: Band | None
    name: str
    key: str


@dataclass(frozen=True, slots=True)
class AccountFilter:
    """
    Choose accounts; an empty tuple or None chooses all.

    `search` is the beginning of a name or key, `behind` the address of a report's number
    that they are counted in.
    """

    segments: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    bands: tuple[Band, ...] = ()
    csms: tuple[str, ...] = ()
    search: str | None = None
    behind: Address | None = None

    def accepts(self, account: Standing) -> bool:
        """Whether an account is chosen; the same answer as the database gives; `behind` is for lists alone."""
        return (
            (not self.segments or account.segment in self.segments)
            and (not self.stages or account.stage in self.stages)
            and (not self.bands or account.band in self.bands)
            and (not self.csms or account.csm in self.csms)
            and (self.search is None or _begins(self.search, account))
        )


_ASCII_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


def _begins(search: str, account: Standing) -> bool:
    begin = search.translate(_ASCII_LOWER)
    return any(text.translate(_ASCII_LOWER).startswith(begin) for text in (account.name, account.key))
