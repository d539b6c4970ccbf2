"""Reports of how far accounts come."""

from dataclasses import replace

import strawberry

from api.types.reports.scope import grouped, in_days
from api.types.reports.standing import SEGMENT
from lifecycle_fsm.domain.reports.address import Address, ReportName
from lifecycle_fsm.domain.reports.scope import ReportScope
from lifecycle_fsm.domain.reports.shares import Share
from lifecycle_fsm.services.reports.journeys import Cohort, FunnelStage, HealthyMoves, MilestoneShare, Passage
from lifecycle_fsm.services.reports.visits import Grouping

GROUP = (
    "The segment, the CSM, or the month or quarter (such as `2026-04` or `2026-Q2`); null for no CSM. "
    "At most 100 characters."
)


@strawberry.type(name="FunnelStage", description="How many accounts of a cohort entered a stage.")
class FunnelStageReached:
    """A stage of a funnel."""

    stage: str = strawberry.field(description="The stage's key; at most 100 characters.")
    reached: int = strawberry.field(description="How many entered it by the date, judged or too young.")
    within: int = strawberry.field(description="How many of those that are judged entered it within the days.")
    within_share: float | None = strawberry.field(
        description="`within` of the cohort's `judged`, 0 to 1; null of none."
    )
    address: str = strawberry.field(description="The address of `reached`.")
    within_address: str = strawberry.field(description="The address of `within`.")

    @classmethod
    def of(cls, found: FunnelStage, judged: int, address: Address) -> "FunnelStageReached":
        """Show a stage of a cohort."""
        place = replace(address, report=ReportName.FUNNEL, counted={**address.counted, "stage": found.stage})
        return cls(
            stage=found.stage,
            reached=found.reached,
            within=found.within,
            within_share=Share(found.within, judged).ratio,
            address=place.of(),
            within_address=place.of(is_within=1),
        )


@strawberry.type(
    name="FunnelCohort", description="The accounts of a segment that began together, and how far they came."
)
class FunnelCohort:
    """A cohort."""

    segment: str = strawberry.field(description=SEGMENT)
    cohort: str = strawberry.field(description="The month or quarter of UTC in which they began, such as `2026-04`.")
    n: int = strawberry.field(description="How many accounts began.")
    judged: int = strawberry.field(description="How many of them have had the days, so that they can be judged.")
    too_young: int = strawberry.field(description="How many have not; they are no part of `within` and its share.")
    stages: list[FunnelStageReached] = strawberry.field(
        description="The stages that any of them entered since, in the order of the machine; at most 100."
    )
    address: str = strawberry.field(description="The address of `n`.")
    judged_address: str = strawberry.field(description="The address of `judged`.")
    too_young_address: str = strawberry.field(description="The address of `tooYoung`.")

    @classmethod
    def of(cls, found: Cohort, address: Address) -> "FunnelCohort":
        """Show a cohort of a funnel with that address."""
        place = replace(address, counted={"segment": found.segment, **in_days(found.label)})
        return cls(
            segment=found.segment,
            cohort=found.label,
            n=found.accounts,
            judged=found.judged,
            too_young=found.accounts - found.judged,
            stages=[FunnelStageReached.of(stage, found.judged, place) for stage in found.stages],
            address=place.of(),
            judged_address=place.of(is_judged=1),
            too_young_address=place.of(is_judged=0),
        )


@strawberry.type(name="StagePassage", description="Accounts by where they stood at two dates.")
class StagePassage:
    """A cell of the matrix."""

    from_segment: str | None = strawberry.field(
        description="The segment at the first date; null where they had not begun. At most 100 characters."
    )
    from_stage: str | None = strawberry.field(
        description="The stage at the first date; null where they had not begun. At most 100 characters."
    )
    to_segment: str | None = strawberry.field(
        description="The segment at the second date; null where they stood nowhere any more. At most 100 characters."
    )
    to_stage: str | None = strawberry.field(
        description="The stage at the second date; null where they stood nowhere any more. At most 100 characters."
    )
    count: int = strawberry.field(description="How many accounts.")
    revenue: float | None = strawberry.field(
        description="Their recurring revenue as it is known today; null where none is known."
    )
    with_revenue: int = strawberry.field(description="Of how many accounts revenue is known.")
    address: str = strawberry.field(description="The address of `count`.")

    @classmethod
    def of(cls, found: Passage, address: Address) -> "StagePassage":
        """Show a cell of a matrix with that address."""
        return cls(
            from_segment=found.from_segment,
            from_stage=found.from_stage,
            to_segment=found.to_segment,
            to_stage=found.to_stage,
            count=found.accounts,
            revenue=found.revenue,
            with_revenue=found.with_revenue,
            address=address.of(
                from_segment=found.from_segment,
                from_stage=found.from_stage,
                to_segment=found.to_segment,
                to_stage=found.to_stage,
            ),
        )


@strawberry.type(name="MilestoneCompliance", description="Which accounts reached a milestone in time.")
class MilestoneCompliance:
    """A group's milestones."""

    group: str | None = strawberry.field(description=GROUP)
    n: int = strawberry.field(description="How many accounts can be judged: they have had the days.")
    in_time: int = strawberry.field(description="How many of them reached it within the days.")
    late: int = strawberry.field(description="How many of them did not: later, or not yet.")
    pending: int = strawberry.field(description="How many are too young to judge; not part of `n`.")
    share: float | None = strawberry.field(description="`inTime` of `n`, 0 to 1; null of none.")
    reached: int = strawberry.field(description="How many reached it at all by the date, too young ones included.")
    in_time_address: str = strawberry.field(description="The address of `inTime`.")
    late_address: str = strawberry.field(description="The address of `late`.")
    pending_address: str = strawberry.field(description="The address of `pending`.")
    reached_address: str = strawberry.field(description="The address of `reached`.")

    @classmethod
    def of(cls, found: MilestoneShare, address: Address, by: Grouping) -> "MilestoneCompliance":
        """Show a group of a report with that address."""
        judged, group = found.in_time + found.late, grouped(address, by, found.group)
        return cls(
            group=found.group,
            n=judged,
            in_time=found.in_time,
            late=found.late,
            pending=found.pending,
            share=Share(found.in_time, judged).ratio,
            reached=found.reached,
            in_time_address=group.of(outcome="in_time"),
            late_address=group.of(outcome="late"),
            pending_address=group.of(outcome="pending"),
            reached_address=group.of(is_reached=1),
        )


@strawberry.type(name="HealthyMoves", description="Which moves were made while the account was healthy.")
class HealthyMovesMade:
    """A group's moves."""

    group: str | None = strawberry.field(description=GROUP)
    count: int = strawberry.field(description="How many moves ended a visit in the period.")
    with_health: int = strawberry.field(description="How many of the accounts had a health score when they moved.")
    healthy: int = strawberry.field(description="How many of these were healthy.")
    healthy_share: float | None = strawberry.field(description="`healthy` of `withHealth`, 0 to 1; null of none.")
    address: str = strawberry.field(description="The address of `count`; an account that moved twice is there once.")
    with_health_address: str = strawberry.field(description="The address of `withHealth`.")
    healthy_address: str = strawberry.field(description="The address of `healthy`.")

    @classmethod
    def of(cls, found: HealthyMoves, scope: ReportScope, by: Grouping) -> "HealthyMovesMade":
        """Show a group."""
        moved = Address(ReportName.MOVES, scope, {}, {"kind": "moved"})
        group = grouped(moved, by, found.group, "left_on")
        return cls(
            group=found.group,
            count=found.moves,
            with_health=found.with_health,
            healthy=found.healthy,
            healthy_share=Share(found.healthy, found.with_health).ratio,
            address=group.of(),
            with_health_address=group.of(has_health=1),
            healthy_address=group.of(band="healthy"),
        )
