"""Which history records a list shows, and in which order."""

from datetime import datetime

import strawberry

from api.ids import account_of, run_of
from api.types.filters import few
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.history_filter import HistoryFilter, HistoryOrder, HistoryOrderField


@strawberry.input(description="A span of time: from its first instant until before its last; null leaves a side open.")
class HistoryPeriod:
    """A period."""

    since: datetime | None = strawberry.field(default=None, description="The first instant; needs a time zone.")
    before: datetime | None = strawberry.field(
        default=None, description="The first instant after it; needs a time zone."
    )


@strawberry.input(
    name="HistoryFilter",
    description="Chooses history records. What is left out, null or empty chooses all; what is given must all apply.",
)
class HistoryFilterInput:
    """A filter of history records."""

    account_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="About one of these accounts; at most 100 ids."
    )
    segments: list[str] | None = strawberry.field(
        default=None, description="Under the rules of one of these segments; at most 100 keys."
    )
    stages: list[str] | None = strawberry.field(
        default=None, description="From or to one of these stages; at most 100 keys."
    )
    from_stages: list[str] | None = strawberry.field(
        default=None, description="From one of these stages; at most 100 keys."
    )
    to_stages: list[str] | None = strawberry.field(
        default=None, description="To one of these stages; at most 100 keys."
    )
    transitions: list[str] | None = strawberry.field(
        default=None, description="By one of these transitions; at most 100 keys."
    )
    subjects: list[str] | None = strawberry.field(
        default=None, description="About one of these subjects, such as an alert or a milestone; at most 100."
    )
    kinds: list[RecordKind] | None = strawberry.field(default=None, description="Of one of these kinds.")
    causes: list[Cause] | None = strawberry.field(default=None, description="Set in motion by one of these.")
    actors: list[str] | None = strawberry.field(default=None, description="Done by one of these; at most 100.")
    machine_digests: list[str] | None = strawberry.field(
        default=None, description="Under one of these versions of rules; at most 100 digests."
    )
    run_id: strawberry.ID | None = strawberry.field(
        default=None, description="Written by this run or call; at most 500 characters."
    )
    effective: HistoryPeriod | None = strawberry.field(default=None, description="When it took effect.")
    recorded: HistoryPeriod | None = strawberry.field(default=None, description="When it was written down.")

    def to_domain(self) -> HistoryFilter:
        """
        Give the filter as services know it.

        Raises:
            InvalidInput: a list has more than 100 entries, an id is none, or an instant has no time zone.
        """
        effective, recorded = self.effective or HistoryPeriod(), self.recorded or HistoryPeriod()
        return HistoryFilter(
            account_ids=tuple(account_of(each, "filter.accountIds") for each in few(self.account_ids, "accountIds")),
            segments=few(self.segments, "segments"),
            stages=few(self.stages, "stages"),
            from_stages=few(self.from_stages, "fromStages"),
            to_stages=few(self.to_stages, "toStages"),
            transitions=few(self.transitions, "transitions"),
            subjects=few(self.subjects, "subjects"),
            kinds=tuple(self.kinds or ()),
            causes=tuple(self.causes or ()),
            actors=few(self.actors, "actors"),
            machines=few(self.machine_digests, "machineDigests"),
            run_id=None if self.run_id is None else run_of(self.run_id, "filter.runId"),
            effective_from=aware(effective.since, "effective.since"),
            effective_before=aware(effective.before, "effective.before"),
            recorded_from=aware(recorded.since, "recorded.since"),
            recorded_before=aware(recorded.before, "recorded.before"),
        )


def aware(at: datetime | None, name: str) -> datetime | None:
    """
    The instant of a filter.

    Raises:
        InvalidInput: it has no time zone.
    """
    if at is not None and at.tzinfo is None:
        raise InvalidInput(f"`{name}` needs a time zone", path=f"filter.{name}")
    return at


@strawberry.input(name="HistoryOrder", description="The order of a list of history records.")
class HistoryOrderInput:
    """An order of history records."""

    field: HistoryOrderField = strawberry.field(
        default=HistoryOrderField.RECORDED_AT, description="What they are ordered by; RECORDED_AT where it is left out."
    )
    descending: bool = strawberry.field(default=True, description="Newest first.")

    def to_domain(self) -> HistoryOrder:
        """Give the order as services know it."""
        return HistoryOrder(self.field, self.descending)
