"""What a report is asked for, and the accounts behind its numbers."""

from dataclasses import replace
from datetime import datetime

import strawberry

from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.reports.address import Address
from lifecycle_fsm.domain.reports.cohorts import days_of
from lifecycle_fsm.domain.reports.scope import ReportScope
from lifecycle_fsm.domain.scorecard import Band
from lifecycle_fsm.services.reports.visits import Grouping

LONGEST_KEY = 100


@strawberry.input(
    name="ReportScope", description="Which accounts a report is about, in which period, seen from which date."
)
class ReportScopeInput:
    """A scope of reports."""

    segment: str | None = strawberry.field(
        default=None,
        description="The key of the only segment; all of them where it is left out. At most 100 characters.",
    )
    csm: str | None = strawberry.field(
        default=None,
        description="The id of the only CSM: of the account now, and for visits that are over on leaving. "
        "At most 100 characters.",
    )
    since: datetime | None = strawberry.field(
        name="from", default=None, description="Where the period begins; from the first day on where it is left out."
    )
    until: datetime | None = strawberry.field(
        name="to", default=None, description="Where the period ends, not included; no end where it is left out."
    )
    as_of: datetime | None = strawberry.field(
        default=None,
        description="Nothing after this instant is seen; the present where it is left out. `pace`, `heldByUnknown` "
        "and `unknownTimeZones` are known of now alone, and refuse one that is over. One that lies ahead asks what "
        "the numbers will be if nothing is written until then.",
    )

    def to_domain(self, now: datetime) -> ReportScope:
        """
        Give the scope as services know it.

        Raises:
            InvalidInput: a key is too long.
        """
        for name, key in (("segment", self.segment), ("csm", self.csm)):
            if key is not None and not (0 < len(key) <= LONGEST_KEY and key.isprintable()):
                message = f"`{name}` is {key[:40]!r}; expected 1 to {LONGEST_KEY} printable characters"
                raise InvalidInput(message, path=f"scope.{name}")
        as_of, is_present = self.as_of or now, self.as_of is None
        return ReportScope(as_of, self.segment, self.csm, self.since, self.until, is_present).checked()


@strawberry.type(
    description="The accounts behind a number, as `Query.accounts(filter:)` takes them: those that are there now."
)
class ReportAccounts:
    """A filter of accounts, to hand back."""

    segments: list[str] = strawberry.field(description="The keys of their segments; empty for all. At most 1.")
    stages: list[str] = strawberry.field(description="The keys of their stages; empty for all. At most 1.")
    bands: list[Band] = strawberry.field(description="The bands of their health; empty for all. At most 1.")
    csms: list[str] = strawberry.field(description="The ids of their CSMs; empty for all. At most 1.")

    @classmethod
    def of(cls, scope: ReportScope, segment: str, stage: str, band: Band | None = None) -> "ReportAccounts":
        """The accounts of a stage within a scope."""
        csms = [] if scope.csm is None else [scope.csm]
        return cls(segments=[segment], stages=[stage], bands=[] if band is None else [band], csms=csms)


def grouped(address: Address, by: Grouping, group: str | None, day: str = "began_on") -> Address:
    """The address of one group of a report that is broken down; `day` is what its rows call the day."""
    return replace(address, counted={**address.counted, **_group(by, group, day)})


def _group(by: Grouping, group: str | None, day: str) -> dict[str, str | None]:
    match by:
        case Grouping.SEGMENT | Grouping.CSM:
            return {by.value: group}
        case Grouping.QUARTER | Grouping.MONTH:
            assert group is not None
            return in_days(group, day)


def in_days(label: str, day: str = "began_on") -> dict[str, str | None]:
    """The days of a month or quarter, as addresses count by them."""
    first, last = days_of(label)
    return {f"{day}_from": str(first), f"{day}_to": str(last)}
