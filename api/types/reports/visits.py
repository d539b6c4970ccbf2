"""Reports of how accounts go through stages."""

from datetime import timedelta

import strawberry

from api.types.reports.scope import ReportAccounts
from api.types.reports.standing import SEGMENT, STAGE
from api.types.stage import business_days, span
from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.domain.reports.scope import ReportScope
from lifecycle_fsm.domain.reports.shares import Share
from lifecycle_fsm.domain.reports.survival import Step, quantile
from lifecycle_fsm.services.reports.visits import Compliance, Fired, MoveCount, RuleKind, StageTimes


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

    @classmethod
    def of(cls, found: StageTimes, scope: ReportScope) -> "TimeInStage":
        """Show a stage."""
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

    @classmethod
    def of(cls, found: MoveCount) -> "MovesMade":
        """Show moves."""
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

    @classmethod
    def of(cls, found: Compliance) -> "StageCompliance":
        """Show a group."""
        judged = found.in_time + found.late
        return cls(
            group=found.group,
            n=judged,
            in_time=found.in_time,
            late=found.late,
            pending=found.pending,
            share=Share(found.in_time, judged).ratio,
        )


@strawberry.type(name="RuleFired", description="How often a rule of a segment's current machine fired in the period.")
class RuleFired:
    """A rule's coverage."""

    segment: str = strawberry.field(description=SEGMENT)
    kind: RuleKind = strawberry.field(description="What kind of rule it is.")
    key: str = strawberry.field(description="`stage.transition`, or the alert's key; at most 201 characters.")
    count: int = strawberry.field(description="How often it fired; 0 for a rule that never did.")

    @classmethod
    def of(cls, found: Fired) -> "RuleFired":
        """Show a rule."""
        return cls(segment=found.segment, kind=found.kind, key=found.key, count=found.fired)
