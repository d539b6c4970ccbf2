"""Episodes of alerts across accounts, and how they are chosen."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from api.context import Info
from api.ids import account_of, global_id
from api.resolvers import resolved
from api.types.cta import Cta, record_at
from api.types.cta_input import aware
from api.types.filters import few
from lifecycle_fsm.domain.alert_episode import AlertEpisode as Episode
from lifecycle_fsm.domain.alert_episode import AlertFilter, AlertOrder, AlertOrderField
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.domain.severity import AlertSeverity

if TYPE_CHECKING:
    from api.types.account import Account
    from api.types.history import HistoryRecord


@strawberry.type(
    description="One time that an alert was on for an account. Those that undone runs opened are left out."
)
class AlertEpisode:
    """An episode of an alert."""

    account_id: strawberry.Private[UUID]
    found: strawberry.Private[Episode]
    id: strawberry.ID = strawberry.field(description="Opaque, for caches of clients; at most 500 characters.")
    alert: str = strawberry.field(description="The alert's key in the segment's machine; at most 100 characters.")
    number: int = strawberry.field(description="Counts the episodes of the alert for its account, from 1.")
    is_on: bool = strawberry.field(description="Whether it goes on.")
    severity: AlertSeverity = strawberry.field(description="The gravest it was by `asOf`; it never falls back.")
    opened_at: datetime = strawberry.field(description="When it began.")
    raised_at: datetime | None = strawberry.field(
        description="Since when it has been so grave; null where it began so."
    )
    cleared_at: datetime | None = strawberry.field(description="When it ended; null while it goes on.")
    segment: str = strawberry.field(description="The key of the segment in which it began; at most 100 characters.")
    stage: str = strawberry.field(description="The key of the stage in which it began; at most 100 characters.")
    machine: str = strawberry.field(description="The digest of the rules under which it began; 64 characters.")

    @resolved("Its account; null where the reader may not see it.")
    async def account(self, info: Info) -> Annotated["Account", strawberry.lazy("api.types.account")] | None:
        """Load its account."""
        from api.types.account import Account as Shown  # noqa: PLC0415 # the account shows its episodes

        view = await info.context.loaders.accounts.load(self.account_id)
        return None if view is None else Shown(view=view)

    @resolved("The CTAs that it opened as it began or got graver; none where others had their places. At most 100.")
    async def ctas(self, info: Info) -> list[Cta]:
        """Find what it asked for."""
        view = await info.context.loaders.accounts.load(self.account_id)
        if view is None or self.found.opened_seq is None:
            return []
        seqs = {self.found.opened_seq, *await self._rises(info, self.found.opened_seq)}
        opened = (cta for cta in view.lifecycle.ctas if cta.opened_seq in seqs)
        return [Cta.of(self.account_id, cta, view.as_of) for cta in opened]

    async def _rises(self, info: Info, opened_seq: int) -> list[int]:
        """The numbers of the history rows in which it got graver."""
        if self.found.raised_at is None:
            return []
        rises = await info.context.loaders.rises.load(self.account_id)
        last = self.found.cleared_seq
        return [seq for key, seq in rises if key == self.alert and opened_seq < seq and (last is None or seq < last)]

    @resolved("The history record with which it began; null where an older release did not keep it.")
    async def opening(self, info: Info) -> Annotated["HistoryRecord", strawberry.lazy("api.types.history")] | None:
        """Load the record of its beginning."""
        return await record_at(info, self.account_id, self.found.opened_seq)

    @resolved("The history record with which it ended; null while it goes on.")
    async def closing(self, info: Info) -> Annotated["HistoryRecord", strawberry.lazy("api.types.history")] | None:
        """Load the record of its end."""
        return await record_at(info, self.account_id, self.found.cleared_seq)

    @classmethod
    def of(cls, found: Episode) -> "AlertEpisode":
        """Show an episode."""
        named = (found.account_id, found.alert, to_ms(found.opened_at), found.number)
        return cls(
            account_id=found.account_id,
            found=found,
            id=strawberry.ID(global_id("AlertEpisode", *named)),
            alert=found.alert,
            number=found.number,
            is_on=found.cleared_at is None,
            severity=found.severity,
            opened_at=found.opened_at,
            raised_at=found.raised_at,
            cleared_at=found.cleared_at,
            segment=found.segment,
            stage=found.stage,
            machine=found.machine,
        )


@strawberry.input(
    name="AlertFilter",
    description="Chooses episodes. What is left out, null or empty chooses all; what is given must all apply.",
)
class AlertFilterInput:
    """A filter of episodes."""

    alerts: list[str] | None = strawberry.field(default=None, description="Of one of these alerts; at most 100 keys.")
    severities: list[AlertSeverity] | None = strawberry.field(default=None, description="As grave as one of these.")
    segments: list[str] | None = strawberry.field(
        default=None, description="Of accounts in one of these segments now; at most 100 keys."
    )
    stages: list[str] | None = strawberry.field(
        default=None, description="Of accounts in one of these stages now; at most 100 keys."
    )
    csms: list[str] | None = strawberry.field(
        default=None, description="Of accounts owned by one of these CSMs now; at most 100 ids."
    )
    account_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Of one of these accounts; at most 100 ids."
    )
    is_on: bool | None = strawberry.field(default=None, description="On at `asOf`, or over.")
    opened_from: datetime | None = strawberry.field(default=None, description="Begun at this instant or later.")
    opened_before: datetime | None = strawberry.field(default=None, description="Begun before this instant.")
    as_of: datetime | None = strawberry.field(
        default=None,
        description="The date as of which they are shown; what began later is left out. Null for now.",
    )

    def to_domain(self) -> AlertFilter:
        """
        Give the filter as services know it.

        Raises:
            InvalidInput: a list has more than 100 entries, an id is none of an account, or an instant has no time zone.
        """
        return AlertFilter(
            alerts=few(self.alerts, "alerts"),
            severities=tuple(self.severities or ()),
            segments=few(self.segments, "segments"),
            stages=few(self.stages, "stages"),
            csms=few(self.csms, "csms"),
            account_ids=tuple(account_of(each, "filter.accountIds") for each in few(self.account_ids, "accountIds")),
            is_on=self.is_on,
            opened_from=aware(self.opened_from, "openedFrom"),
            opened_before=aware(self.opened_before, "openedBefore"),
            as_of=aware(self.as_of, "asOf"),
        )


@strawberry.input(name="AlertOrder", description="The order of a list of episodes.")
class AlertOrderInput:
    """An order of episodes."""

    field: AlertOrderField = strawberry.field(
        default=AlertOrderField.OPENED_AT, description="What they are ordered by; OPENED_AT where it is left out."
    )
    descending: bool = strawberry.field(default=True, description="Latest or gravest first.")

    def to_domain(self) -> AlertOrder:
        """Give the order as services know it."""
        return AlertOrder(self.field, self.descending)
