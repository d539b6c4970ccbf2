"""Stages: as a machine lays them down, and as an account stands in one."""

from datetime import datetime, timedelta

import strawberry

from api.resolvers import resolved
from api.types.effect import RuleEffect, effects_of
from lifecycle_fsm.domain.calendars import BusinessDays, Span
from lifecycle_fsm.domain.catalog import Catalog
from lifecycle_fsm.domain.pace import Pace
from lifecycle_fsm.services.views import AccountView
from lifecycle_fsm.services.vocabulary import Stage as MachineStage


def span(length: Span | None) -> timedelta | None:
    """A duration of the machine as a value of GraphQL; None for none and for business days."""
    return timedelta(milliseconds=length) if isinstance(length, int) else None


def business_days(length: Span | None) -> int | None:
    """How many business days a duration of the machine has; None for any other."""
    return length.count if isinstance(length, BusinessDays) else None


@strawberry.type(description="A milestone that is due so long after its stage was entered.")
class ExpectedMilestone:
    """A milestone and its time."""

    milestone: str = strawberry.field(description="The milestone's key; at most 100 characters.")
    within: timedelta | None = strawberry.field(
        description="The time from entering the stage, or from `of`; null where it is counted in business days."
    )
    within_business_days: int | None = strawberry.field(
        description="The same in business days; null where it is elapsed time."
    )
    of: str | None = strawberry.field(
        description="The key of the dated fact that the time counts from; null for entering the stage. "
        "At most 100 characters."
    )
    on_missed: list[RuleEffect] = strawberry.field(
        description="What is done when the time is over without it, in order; at most 20."
    )


@strawberry.type(description="One place in a lifecycle, as its machine lays it down.")
class Stage:
    """A stage of a machine."""

    laid: strawberry.Private[MachineStage]
    catalog: strawberry.Private[Catalog]
    key: str = strawberry.field(description="Names the stage in its machine; at most 100 characters.")
    title: str = strawberry.field(description="Its name for people; at most 200 characters.")
    is_final: bool = strawberry.field(description="Whether the lifecycle ends here.")
    expected: timedelta | None = strawberry.field(
        description="Longer than this is behind; null for no limit and for one in business days."
    )
    expected_business_days: int | None = strawberry.field(
        description="The same in business days; null for no limit and for one in elapsed time."
    )
    stuck_after: timedelta | None = strawberry.field(
        description="Longer than this is stuck; null for no limit and for one in business days."
    )
    stuck_after_business_days: int | None = strawberry.field(
        description="The same in business days; null for no limit and for one in elapsed time."
    )
    milestones: list[ExpectedMilestone] = strawberry.field(
        description="The milestones due in this stage, in the order of the definition; at most 100."
    )

    @resolved("What is done when it is entered, in order; at most 20.")
    def on_enter(self) -> list[RuleEffect]:
        """The effects of entering."""
        return effects_of(self.laid.on_enter, self.catalog)

    @resolved("What is done when it is left, in order; at most 20.")
    def on_exit(self) -> list[RuleEffect]:
        """The effects of leaving."""
        return effects_of(self.laid.on_exit, self.catalog)

    @resolved("What is done when an account has been in it longer than `expected`, in order; at most 20.")
    def on_behind(self) -> list[RuleEffect]:
        """The effects of falling behind."""
        return effects_of(self.laid.on_behind, self.catalog)

    @resolved("What is done when an account has been in it longer than `stuckAfter`, in order; at most 20.")
    def on_stuck(self) -> list[RuleEffect]:
        """The effects of being stuck."""
        return effects_of(self.laid.on_stuck, self.catalog)

    @classmethod
    def of(cls, stage: MachineStage, catalog: Catalog) -> "Stage":
        """Show a stage of a machine with this vocabulary."""
        return cls(
            laid=stage,
            catalog=catalog,
            key=stage.key,
            title=stage.title,
            is_final=stage.final,
            expected=span(stage.expected),
            expected_business_days=business_days(stage.expected),
            stuck_after=span(stage.stuck),
            stuck_after_business_days=business_days(stage.stuck),
            milestones=[
                ExpectedMilestone(
                    milestone=each.milestone,
                    within=span(each.within),
                    within_business_days=business_days(each.within),
                    of=each.of,
                    on_missed=effects_of(each.on_missed, catalog),
                )
                for each in stage.milestones
            ],
        )


@strawberry.type(description="Where an account stands, since when, and whether that is long.")
class CurrentStage:
    """An account's present stage."""

    key: str = strawberry.field(description="The stage's key in the account's machine; at most 100 characters.")
    title: str = strawberry.field(description="The stage's name for people; at most 200 characters.")
    is_final: bool = strawberry.field(description="Whether the lifecycle ends here.")
    entered_at: datetime = strawberry.field(description="When the account entered it.")
    time_in_stage: timedelta = strawberry.field(
        description="How long the account has been in it, without pauses; never negative."
    )
    pace: Pace = strawberry.field(description="Whether that is within the stage's limits.")
    expected: timedelta | None = strawberry.field(
        description="Longer than this is behind; null for no limit and for one in business days."
    )
    expected_business_days: int | None = strawberry.field(
        description="The same in business days; null for no limit and for one in elapsed time."
    )
    stuck_after: timedelta | None = strawberry.field(
        description="Longer than this is stuck; null for no limit and for one in business days."
    )
    stuck_after_business_days: int | None = strawberry.field(
        description="The same in business days; null for no limit and for one in elapsed time."
    )
    behind_after: datetime | None = strawberry.field(
        description="Up to when it is on track, in business days where `expected` counts these; while it is paused, "
        "as if that ended now. Null for ever."
    )
    stuck_after_at: datetime | None = strawberry.field(description="Up to when it is not stuck; null for ever.")
    time_left: timedelta | None = strawberry.field(
        description="The time until `behindAfter`, negative once it has passed; null without such a limit."
    )
    days_in_stage: int = strawberry.field(description="Whole days of `timeInStage`; at least 0.")
    days_left: int | None = strawberry.field(
        description="Whole days of `timeLeft`, rounded down: negative as soon as it has passed; null without a limit."
    )
    came_from: str | None = strawberry.field(
        description="The key of the stage before, null for the first; at most 100 characters."
    )
    visit: int = strawberry.field(description="How many times the account has entered the stage, at least 1.")

    @classmethod
    def of(cls, view: AccountView) -> "CurrentStage | None":
        """Show where an account stands; None while no segment takes it."""
        if view.machine is None:
            return None
        lifecycle = view.lifecycle
        stage = view.machine.stages[lifecycle.stage]
        left = None if view.limits.behind_after is None else view.limits.behind_after - view.as_of
        return cls(
            key=stage.key,
            title=stage.title,
            is_final=stage.final,
            entered_at=lifecycle.entered_at,
            time_in_stage=view.time_in_stage,
            pace=view.pace,
            expected=span(stage.expected),
            expected_business_days=business_days(stage.expected),
            stuck_after=span(stage.stuck),
            stuck_after_business_days=business_days(stage.stuck),
            behind_after=view.limits.behind_after,
            stuck_after_at=view.limits.stuck_after,
            time_left=left,
            days_in_stage=view.time_in_stage.days,
            days_left=None if left is None else left.days,
            came_from=lifecycle.came_from,
            visit=lifecycle.visits.get(stage.key, 1),
        )
