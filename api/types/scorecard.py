"""Scorecards: how a machine weighs measures into one health score."""

from typing import Self

import strawberry

from lifecycle_fsm.domain.catalog import Catalog
from lifecycle_fsm.domain.scorecard import Missing, RollUp, Scheme, Scorecard, ScoredMeasure


@strawberry.type(description="How one measure counts in a scorecard.")
class ScorecardMeasure:
    """A measure with its weight and thresholds."""

    key: str = strawberry.field(description="The measure's key; at most 100 characters.")
    title: str = strawberry.field(description="The measure's name for people; at most 200 characters.")
    unit: str | None = strawberry.field(description="Its unit; null where it has none. At most 50 characters.")
    weight: float = strawberry.field(description="Its share relative to the others, or to its group's; above 0.")
    healthy: float = strawberry.field(description="The value from which it is healthy, in the measure's unit.")
    neutral: float = strawberry.field(
        description="The value from which it is neutral. Above `healthy` where less is better."
    )
    group: str | None = strawberry.field(description="The group it belongs to; at most 200 characters.")
    is_derived: bool = strawberry.field(description="Whether it follows from what else is known, and is not recorded.")

    @classmethod
    def of(cls, measure: ScoredMeasure, catalog: Catalog) -> Self:
        """Show a measure of a scorecard by its name in a catalog."""
        spec = catalog.measures[measure.key]
        return cls(
            key=measure.key,
            title=spec.title,
            unit=spec.unit or None,
            weight=measure.weight,
            healthy=measure.healthy,
            neutral=measure.neutral,
            group=measure.group,
            is_derived=measure.is_derived,
        )


@strawberry.type(description="The measures that count in a stage which weighs differently.")
class StageScorecard:
    """A stage's own measures."""

    stage: str = strawberry.field(description="The stage's key; at most 100 characters.")
    measures: list[ScorecardMeasure] = strawberry.field(
        description="All measures that count in it, in the order of the definition; at most 100."
    )


@strawberry.type(description="Measures that become one score of their own before the groups become the health score.")
class ScorecardGroup:
    """A group of measures."""

    name: str = strawberry.field(description="The group's name; at most 200 characters.")
    weight: float = strawberry.field(description="Its share relative to the other groups, above 0.")
    roll_up: RollUp = strawberry.field(description="How its measures become one score.")


@strawberry.type(description="A name for the scores from `atLeast` up to the next better grade.")
class ScorecardGrade:
    """A grade."""

    name: str = strawberry.field(description="The grade's name, such as `A`; at most 200 characters.")
    at_least: float = strawberry.field(description="The lowest score that has it, 0 to 100.")


@strawberry.type(name="Scorecard", description="Measures weighed into one health score.")
class MachineScorecard:
    """A machine's scorecard."""

    roll_up: RollUp = strawberry.field(
        description="How the measures, or where there are groups the groups, become one score."
    )
    groups: list[ScorecardGroup] = strawberry.field(
        description="The groups that roll up first, in the order of the definition; at most 100, empty for none."
    )
    missing: Missing = strawberry.field(description="What becomes of measures that are missing or stale.")
    unknown_above: float = strawberry.field(
        description="With `missing: UNKNOWN`, the share of missing weight, 0 to 1, above which there is no score."
    )
    scheme: Scheme = strawberry.field(description="What people see first of the score.")
    grades: list[ScorecardGrade] = strawberry.field(
        description="The grades, best first; at most 100, empty where scores have none."
    )
    measures: list[ScorecardMeasure] = strawberry.field(
        description="The measures that count where a stage does not weigh differently, in the order of the definition; "
        "at most 100."
    )
    by_stage: list[StageScorecard] = strawberry.field(description="The stages that weigh differently; at most 100.")

    @classmethod
    def of(cls, scorecard: Scorecard, catalog: Catalog) -> Self:
        """Show a scorecard whose measures have their names in a catalog."""
        return cls(
            roll_up=scorecard.roll_up,
            groups=[
                ScorecardGroup(name=each.name, weight=each.weight, roll_up=each.roll_up) for each in scorecard.groups
            ],
            missing=scorecard.missing,
            unknown_above=scorecard.unknown_above,
            scheme=scorecard.scheme,
            grades=[ScorecardGrade(name=each.name, at_least=each.at_least) for each in scorecard.grades],
            measures=[ScorecardMeasure.of(each, catalog) for each in scorecard.measures],
            by_stage=[
                StageScorecard(stage=stage, measures=[ScorecardMeasure.of(each, catalog) for each in scored])
                for stage, scored in scorecard.by_stage.items()
            ],
        )
