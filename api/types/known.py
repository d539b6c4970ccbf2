"""What is known about an account: its measures, facts and milestones with their dates."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

import strawberry

from api.context import Info
from api.resolvers import resolved
from api.scalars import LooseValue, write_instant
from lifecycle_fsm.domain.catalog import Catalog
from lifecycle_fsm.domain.fields import FieldKind, Value
from lifecycle_fsm.domain.milestones import Compliance
from lifecycle_fsm.domain.moments import from_day, from_ms
from lifecycle_fsm.services.milestones import MilestoneNote
from lifecycle_fsm.services.views import AccountView


@strawberry.type(description="One measure of an account, as it was last observed.")
class MeasureValue:
    """A measure with its value."""

    key: str = strawberry.field(description="The measure's key; at most 100 characters.")
    title: str = strawberry.field(description="Its name for people; at most 200 characters.")
    unit: str | None = strawberry.field(description="Its unit; null where the catalog has none. At most 50 characters.")
    value: float | None = strawberry.field(description="The last value, in `unit`; null when it is unknown.")
    label: str | None = strawberry.field(
        description="The word for `value` where the measure is a flag or a choice; at most 100 characters."
    )
    observed_at: datetime | None = strawberry.field(description="When it was observed; null if never.")


@strawberry.type(description="One fact about an account, as it was last observed.")
class FactValue:
    """A fact with its value."""

    key: str = strawberry.field(description="The fact's key; at most 100 characters.")
    title: str = strawberry.field(description="Its name for people; at most 200 characters.")
    kind: FieldKind | None = strawberry.field(description="Its type; null where the catalog lacks the fact.")
    unit: str | None = strawberry.field(description="Its unit; at most 50 characters.")
    value: LooseValue | None = strawberry.field(
        description="The last value, in the form that its type has; null when it is unknown."
    )
    observed_at: datetime | None = strawberry.field(description="When it was observed; null if never.")


@strawberry.type(description="One thing that happened to a milestone: it was dated, or a date was taken back.")
class MilestoneEvent:
    """A date that a milestone got or lost."""

    is_revoked: bool = strawberry.field(description="Whether this date was taken back; else it was given.")
    reached_at: datetime = strawberry.field(description="The date.")
    recorded_at: datetime = strawberry.field(description="When that was recorded.")
    source: str = strawberry.field(
        description="`person`; `data` for a condition; `stage` for an effect; at most 100 characters."
    )
    author: str | None = strawberry.field(description="Who did it; null for data and stages. At most 200 characters.")
    comment: str | None = strawberry.field(description="What the author remarked; at most 500 characters.")

    @classmethod
    def of(cls, event: MilestoneNote) -> "MilestoneEvent":
        """Show an event."""
        return cls(
            is_revoked=event.revoked,
            reached_at=event.reached_at,
            recorded_at=event.recorded_at,
            source=event.source,
            author=event.author,
            comment=event.comment,
        )


@strawberry.type(description="A dated achievement of an account, reached or not.")
class Milestone:
    """A milestone with its date."""

    key: str = strawberry.field(description="The milestone's key; at most 100 characters.")
    title: str = strawberry.field(description="Its name for people; at most 200 characters.")
    is_reached: bool = strawberry.field(description="Whether it is reached.")
    reached_at: datetime | None = strawberry.field(description="When it was reached; null while it is not.")
    due_at: datetime | None = strawberry.field(
        description="Until when the present stage expects it; null where it does not expect it or has no date for it."
    )
    compliance: Compliance | None = strawberry.field(
        description="How it stands against `dueAt`; null where the present stage does not expect it."
    )
    margin: timedelta | None = strawberry.field(
        description="How long before `dueAt` it was reached, negative when it was late; null while it is not reached."
    )
    account_id: strawberry.Private[UUID]

    @resolved("When it was reached and taken back, by whom and why, oldest first; at most 1,000.")
    async def events(self, info: Info) -> list[MilestoneEvent]:
        """Its own history."""
        found = await info.context.loaders.milestone_events.load(self.account_id)
        return [MilestoneEvent.of(each) for each in found if each.milestone == self.key]


def measures_of(view: AccountView, catalog: Catalog) -> Iterator[MeasureValue]:
    """The measures of an account, by key."""
    specs = catalog.measures
    for key in _keys(view, "measure."):
        spec, value = specs.get(key), view.facts.values.get(f"measure.{key}")
        yield MeasureValue(
            key=key,
            title=spec.title if spec else key,
            unit=spec.unit if spec else None,
            value=float(value) if isinstance(value, (int, float)) else None,
            label=spec.label(value) if spec and isinstance(value, float) else None,
            observed_at=_observed_at(view, f"measure.{key}"),
        )


def facts_of(view: AccountView, catalog: Catalog) -> Iterator[FactValue]:
    """The facts of an account, by key."""
    specs = catalog.facts
    for key in _keys(view, "fact."):
        spec, value = specs.get(key), view.facts.values.get(f"fact.{key}")
        yield FactValue(
            key=key,
            title=spec.title if spec else key,
            kind=spec.kind if spec else None,
            unit=spec.unit if spec else None,
            value=_shown(value, spec.kind if spec else None),
            observed_at=_observed_at(view, f"fact.{key}"),
        )


def milestones_of(view: AccountView, catalog: Catalog) -> Iterator[Milestone]:
    """The milestones that the account's machine uses, in the catalog's order, then others that it has reached."""
    titles = {key: spec.title for key, spec in catalog.milestones.items()}
    used = view.machine.catalog.milestones if view.machine else {}
    reached, standing = view.lifecycle.milestones, {each.milestone: each for each in view.standings}
    for key in dict.fromkeys((*used, *sorted(reached))):
        yield Milestone(
            key=key,
            title=titles.get(key, key),
            is_reached=key in reached,
            reached_at=reached.get(key),
            due_at=standing[key].due_at if key in standing else None,
            compliance=standing[key].compliance if key in standing else None,
            margin=standing[key].margin if key in standing else None,
            account_id=view.profile.account_id,
        )


def _keys(view: AccountView, family: str) -> list[str]:
    """The keys of one family that have a value, without observations and past values."""
    own = (key.removeprefix(family) for key in view.facts.values if key.startswith(family))
    return sorted(key for key in own if not key.endswith("@") and ".before." not in key)


def _observed_at(view: AccountView, field: str) -> datetime | None:
    observed = view.facts.values.get(f"{field}@")
    return from_ms(observed) if isinstance(observed, int) else None


def _shown(value: Value, kind: FieldKind | None) -> LooseValue | None:
    if value is None:
        return None
    match kind:
        case FieldKind.FLAG:
            return LooseValue(bool(value))
        case FieldKind.DAY:
            return LooseValue(from_day(int(value)).isoformat())
        case FieldKind.INSTANT:
            return LooseValue(write_instant(from_ms(int(value))))
        case _:
            return LooseValue(value)
