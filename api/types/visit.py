"""How long an account was in its stages: visit by visit, and in all."""

from datetime import datetime, timedelta

import strawberry

from lifecycle_fsm.domain.scorecard import Band
from lifecycle_fsm.services.visits import StageTotal as Total
from lifecycle_fsm.services.visits import Visit


@strawberry.type(description="One visit of an account to a stage.")
class StageVisit:
    """A visit, over or running."""

    segment: str = strawberry.field(description="The key of the segment that had the account; at most 100 characters.")
    stage: str = strawberry.field(description="The stage's key in that segment; at most 100 characters.")
    title: str = strawberry.field(description="The stage's name for people; at most 200 characters.")
    is_running: bool = strawberry.field(description="Whether the account is there now.")
    entered_at: datetime = strawberry.field(description="When it came.")
    exited_at: datetime | None = strawberry.field(description="When it left; null while it is there.")
    time_in_stage: timedelta = strawberry.field(description="How long it was there, or is so far, without pauses.")
    days_in_stage: int = strawberry.field(description="Whole days of that.")
    paused: timedelta = strawberry.field(description="How long its clock stood still meanwhile.")
    expected: timedelta | None = strawberry.field(
        description="How long it was to be there at most, under the rules that it left under, business days counted "
        "out; null where the stage has no limit."
    )
    variance: timedelta | None = strawberry.field(
        description="`timeInStage` less `expected`, negative for a shorter visit; null without a limit."
    )
    to_stage: str | None = strawberry.field(
        description="The key of the stage after it; null while it is there. At most 100 characters."
    )
    transition: str | None = strawberry.field(
        description="The key of the transition that ended it; null while it is there, and where a migration or another "
        "segment ended it. At most 100 characters."
    )
    health_score: float | None = strawberry.field(
        description="Its health score on leaving, 0 to 100; null while it is there, and where none was known."
    )
    health_band: Band | None = strawberry.field(
        description="The band of that; null while it is there, and where none was known."
    )

    @classmethod
    def of(cls, visit: Visit) -> "StageVisit":
        """Show a visit."""
        return cls(
            segment=visit.segment,
            stage=visit.stage,
            title=visit.title,
            is_running=visit.exited_at is None,
            entered_at=visit.entered_at,
            exited_at=visit.exited_at,
            time_in_stage=visit.spent,
            days_in_stage=visit.spent.days,
            paused=visit.paused,
            expected=visit.expected,
            variance=visit.variance,
            to_stage=visit.to_stage,
            transition=visit.transition,
            health_score=visit.health_score,
            health_band=visit.health_band,
        )


@strawberry.type(description="All visits of an account to one stage.")
class StageTotal:
    """A stage with the time spent there."""

    segment: str = strawberry.field(description="The key of the stage's segment; at most 100 characters.")
    stage: str = strawberry.field(description="The stage's key in that segment; at most 100 characters.")
    title: str = strawberry.field(description="The stage's name for people; at most 200 characters.")
    visits: int = strawberry.field(description="How many visits there were, with the running one; at least 1.")
    first_entered_at: datetime = strawberry.field(description="When the account came for the first time.")
    latest_entered_at: datetime = strawberry.field(description="When it came for the last time.")
    latest_exited_at: datetime | None = strawberry.field(description="When it left after that; null while it is there.")
    latest_time: timedelta = strawberry.field(description="How long the latest visit took, or has taken so far.")
    cumulative_time: timedelta = strawberry.field(description="How long all visits took together, so far.")
    cumulative_days: int = strawberry.field(description="Whole days of that.")
    variance: timedelta | None = strawberry.field(
        description="The sum of the visits' variances, negative where they were shorter than expected; null where no "
        "visit had a limit."
    )

    @classmethod
    def of(cls, total: Total) -> "StageTotal":
        """Show what the visits to a stage come to."""
        latest = total.latest
        return cls(
            segment=latest.segment,
            stage=latest.stage,
            title=latest.title,
            visits=len(total.visits),
            first_entered_at=total.visits[0].entered_at,
            latest_entered_at=latest.entered_at,
            latest_exited_at=latest.exited_at,
            latest_time=latest.spent,
            cumulative_time=total.cumulative,
            cumulative_days=total.cumulative.days,
            variance=total.variance,
        )
