"""Scorecards: how a machine weighs measures into one health score."""

import strawberry

from lifecycle_fsm.domain.scorecard import RollUp, Scorecard, ScoredMeasure


@strawberry.type(description="How one measure counts in a scorecard.")
class ScorecardMeasure:
    """A measure with its weight and thresholds."""

    key: str = strawberry.field(description="The measure's key; at most 100 characters.")
    weight: float = strawberry.field(description="Its share relative to the others, above 0.")
    healthy: float = strawberry.field(description="The value from which it is healthy, in the measure's unit.")
    neutral: float = strawberry.field(
        description="The value from which it is neutral. Above `healthy` where less is better."
    )

    @classmethod
    def of(cls, measure: ScoredMeasure) -> "ScorecardMeasure":
        """Show a measure of a scorecard."""
        return cls(key=measure.key, weight=measure.weight, healthy=measure.healthy, neutral=measure.neutral)


@strawberry.type(description="The measures that count in a stage which weighs differently.")
class StageScorecard:
    """A stage's own measures."""

    stage: str = strawberry.field(description="The stage's key; at most 100 characters.")
    measures: list[ScorecardMeasure] = strawberry.field(
        description="All measures that count in it, in the order of the definition; at most 100."
    )


@strawberry.type(name="Scorecard", description="Measures weighed into one health score.")
class MachineScorecard:
    """A machine's scorecard."""

    roll_up: RollUp = strawberry.field(description="How the measures become one score.")
    measures: list[ScorecardMeasure] = strawberry.field(
        description="The measures that count where a stage does not weigh differently, in the order of the definition; "
        "at most 100."
    )
    by_stage: list[StageScorecard] = strawberry.field(description="The stages that weigh differently; at most 100.")

    @classmethod
    def of(cls, scorecard: Scorecard) -> "MachineScorecard":
        """Show a scorecard."""
        own = scorecard.by_stage.items()
        return cls(
            roll_up=scorecard.roll_up,
            measures=[ScorecardMeasure.of(each) for each in scorecard.measures],
            by_stage=[
                StageScorecard(stage=stage, measures=[ScorecardMeasure.of(each) for each in scored])
                for stage, scored in own
            ],
        )
