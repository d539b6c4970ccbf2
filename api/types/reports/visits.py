"""Reports of how accounts go through stages."""

from datetime import timedelta

import strawberry

from api.types.reports.scope import ReportAccounts, grouped
from api.types.reports.standing import SEGMENT, STAGE
from api.types.stage import business_days, span
from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.domain.reports.address import Address, ReportName
from lifecycle_fsm.domain.reports.scope import ReportScope
from lifecycle_fsm.domain.reports.shares import Share
from lifecycle_fsm.domain.reports.survival import Step, quantile
from lifecycle_fsm.domain.scorecard import Band
from lifecycle_fsm.services.reports.visits import Compliance, Fired, Grouping, MoveCount, RuleKind, StageTimes


@strawberry.type(description="What share of visits to a stage lasts longer than so many days.")
class SurvivalStep:
    """A step of the curve."""

    days: int = strawberry.field(description="Whole days since entering the stage.")
    at_risk: int = strawberry.field(description="How many visits were seen to last that long.")
    ended: int = strawberry.field(description="How many of them ended on that day.")
    share: float = strawberry.field(description="The share that lasts longer, 0 to 1.")
    low: float | None = strawberry.field(description="Its lower bound with 95 % confidence; null at 0 and 1.")
    high: float | None = strawberry.field(description="Its upper bound with 95 % confidence; null at 0 and 1.")

    @classmethod
    def of(cls, step: Step) -> "SurvivalStep":
        """Show a step."""
        return cls(
            days=step.days, at_risk=step.at_risk, ended=step.ended, share=step.share, low=step.low, high=step.high
        )


@strawberry.type(description="How long visits to a stage last, those included that still run.")
class TimeInStage:
    """A stage's times."""

    segment: str = strawberry.field(description=SEGMENT)
    stage: str = strawberry.field(description=STAGE)
    n: int = strawberry.field(description="How many visits began in the period.")
    completed: int = strawberry.field(description="How many of them were over at the date.")
    running: int = strawberry.field(description="How many of them were not.")
    quarter_days: int | None = strawberry.field(
        description="The days within which a quarter of visits ends; null where fewer were seen to end."
    )
    median_days: int | None = strawberry.field(
        description="The days within which half of the visits end; null where fewer were seen to end."
    )
    three_quarters_days: int | None = strawberry.field(
        description="The days within which three quarters end; null where fewer were seen to end."
    )
    ninety_percent_days: int | None = strawberry.field(
        description="The days within which 90 % end; null where fewer were seen to end."
    )
    curve: list[SurvivalStep] = strawberry.field(description="The curve, one step for each day on which visits ended.")
    expected: timedelta | None = strawberry.field(
        description="The expected time by the current rules; null for none and for one in business days."
    )
    expected_business_days: int | None = strawberry.field(description="The same in business days; null otherwise.")
    stuck_after: timedelta | None = strawberry.field(
        description="The stuck limit by the current rules; null for none and for one in business days."
    )
    stuck_after_business_days: int | None = strawberry.field(description="The same in business days; null otherwise.")
    accounts: ReportAccounts = strawberry.field(description="Those that stand there now.")
    address: str = strawberry.field(description="The address of `n`; an account with several visits is there once.")
    completed_address: str = strawberry.field(description="The address of `completed`.")
    running_address: str = strawberry.field(description="The address of `running`.")

    @classmethod
    def of(cls, found: StageTimes, scope: ReportScope) -> "TimeInStage":
        """Show a stage."""
        address = Address(ReportName.TIMES, scope, {}, {"segment": found.segment, "stage": found.stage})
        quarter, median, three_quarters, ninety = (quantile(found.curve, part) for part in (0.25, 0.5, 0.75, 0.9))
        return cls(
            segment=found.segment,
            stage=found.stage,
            n=found.completed + found.running,
            completed=found.completed,
            running=found.running,
            quarter_days=quarter,
            median_days=median,
            three_quarters_days=three_quarters,
            ninety_percent_days=ninety,
            curve=[SurvivalStep.of(step) for step in found.curve],
            expected=span(found.expected),
            expected_business_days=business_days(found.expected),
            stuck_after=span(found.stuck),
            stuck_after_business_days=business_days(found.stuck),
            accounts=ReportAccounts.of(scope, found.segment, found.stage),
            address=address.of(),
            completed_address=address.of(ended=1),
            running_address=address.of(ended=0),
        )


@strawberry.type(name="MovesMade", description="Visits to a stage that ended alike in the period.")
class MovesMade:
    """Moves of one kind."""

    segment: str = strawberry.field(description=SEGMENT)
    from_stage: str = strawberry.field(description="The key of the stage that was left; at most 100 characters.")
    to_stage: str = strawberry.field(description="The key of the stage that was entered; at most 100 characters.")
    kind: RecordKind = strawberry.field(description="What ended the visits: a move, a migration, another segment.")
    transition: str | None = strawberry.field(
        description="The key of the transition; null where it was no move. At most 100 characters."
    )
    count: int = strawberry.field(description="How many visits ended so.")
    with_health: int = strawberry.field(description="How many of the accounts had a health score when they left.")
    healthy: int = strawberry.field(description="How many of these were healthy.")
    healthy_share: float | None = strawberry.field(
        description="Healthy accounts of those with a score, 0 to 1; null of none."
    )
    address: str = strawberry.field(description="The address of `count`; an account that moved twice is there once.")
    with_health_address: str = strawberry.field(description="The address of `withHealth`.")
    healthy_address: str = strawberry.field(description="The address of `healthy`.")

    @classmethod
    def of(cls, found: MoveCount, scope: ReportScope) -> "MovesMade":
        """Show moves."""
        ended = {"segment": found.segment, "stage": found.stage, "to_stage": found.to_stage}
        address = Address(ReportName.MOVES, scope, {}, {**ended, "kind": found.kind, "transition": found.transition})
        return cls(
            segment=found.segment,
            from_stage=found.stage,
            to_stage=found.to_stage,
            kind=found.kind,
            transition=found.transition,
            count=found.moves,
            with_health=found.with_health,
            healthy=found.healthy,
            healthy_share=Share(found.healthy, found.with_health).ratio,
            address=address.of(),
            with_health_address=address.of(has_health=1),
            healthy_address=address.of(band=Band.HEALTHY),
        )


@strawberry.type(name="StageCompliance", description="Which visits to a stage ended by a move in time.")
class StageCompliance:
    """A group's compliance."""

    group: str | None = strawberry.field(
        description="The segment, the CSM, or the quarter of entering (such as `2026-Q1`); null for no CSM. "
        "At most 100 characters."
    )
    n: int = strawberry.field(description="How many visits can be judged: in time and late ones.")
    in_time: int = strawberry.field(description="How many ended by a move within the limit.")
    late: int = strawberry.field(description="How many did not.")
    pending: int = strawberry.field(description="How many are younger than the limit; not part of `n`.")
    share: float | None = strawberry.field(description="Visits in time of those that can be judged; null of none.")
    in_time_address: str = strawberry.field(description="The address of `inTime`; each account is there once.")
    late_address: str = strawberry.field(description="The address of `late`.")
    pending_address: str = strawberry.field(description="The address of `pending`.")

    @classmethod
    def of(cls, found: Compliance, address: Address, by: Grouping) -> "StageCompliance":
        """Show a group of a report with that address."""
        judged, group = found.in_time + found.late, grouped(address, by, found.group)
        return cls(
            group=found.group,
            n=judged,
            in_time=found.in_time,
            late=found.late,
            pending=found.pending,
            share=Share(found.in_time, judged).ratio,
            in_time_address=group.of(outcome="in_time"),
            late_address=group.of(outcome="late"),
            pending_address=group.of(outcome="pending"),
        )


@strawberry.type(name="RuleFired", description="How often a rule of a segment's current machine fired in the period.")
class RuleFired:
    """A rule's coverage."""

    segment: str = strawberry.field(description=SEGMENT)
    kind: RuleKind = strawberry.field(description="What kind of rule it is.")
    key: str = strawberry.field(description="`stage.transition`, or the alert's key; at most 201 characters.")
    title: str = strawberry.field(
        description="The alert's name for people, or those of the stages that a transition leads from and to, such as "
        "`Adoption → Renewal`; at most 403 characters."
    )
    count: int = strawberry.field(description="How often it fired; 0 for a rule that never did.")
    address: str = strawberry.field(description="The address of `count`; each account is there once.")

    @classmethod
    def of(cls, found: Fired, scope: ReportScope) -> "RuleFired":
        """Show a rule."""
        stage, _, transition = found.key.partition(".")
        match found.kind:
            case RuleKind.ALERT:
                address = Address(ReportName.ALERTS, scope, {}, {"segment": found.segment}).of(key=found.key)
            case RuleKind.TRANSITION:
                moved = Address(ReportName.MOVES, scope, {}, {"segment": found.segment})
                address = moved.of(stage=stage, transition=transition)
        return cls(
            segment=found.segment,
            kind=found.kind,
            key=found.key,
            title=found.title,
            count=found.fired,
            address=address,
        )
