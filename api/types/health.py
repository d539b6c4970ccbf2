"""Health: one score with the reason for every point."""

from datetime import datetime
from typing import Self

import strawberry

from api.resolvers import resolved
from lifecycle_fsm.domain.moments import from_ms
from lifecycle_fsm.domain.override import HEALTH
from lifecycle_fsm.domain.scorecard import Absence, Band
from lifecycle_fsm.domain.scorecard import HealthScore as Score
from lifecycle_fsm.domain.scoring import Contribution as Part
from lifecycle_fsm.domain.scoring import ExplainedHealth
from lifecycle_fsm.services.health_words import contribution_in_words, health_in_words
from lifecycle_fsm.services.views import AccountView


@strawberry.type(description="What one measure did to the health score.")
class Contribution:
    """A measure's part."""

    measure: str = strawberry.field(description="The measure's key; at most 100 characters.")
    title: str = strawberry.field(description="The measure's name for people; at most 200 characters.")
    unit: str | None = strawberry.field(description="The measure's unit; at most 50 characters.")
    group: str | None = strawberry.field(description="The group it belongs to; at most 200 characters.")
    is_derived: bool = strawberry.field(description="Whether it follows from what else is known, and is not recorded.")
    weight: float = strawberry.field(description="Its share relative to the others, or to its group's; above 0.")
    value: float | None = strawberry.field(
        description="The value that counts, or that did before it was stale, in `unit`; null when there is none."
    )
    label: str | None = strawberry.field(
        description="The word for `value` where it is a flag or a choice; at most 100 characters."
    )
    score: float | None = strawberry.field(description="The value on 0 to 100; null when it took no part.")
    band: Band | None = strawberry.field(description="The colour of `score`; null when it took no part.")
    points: float | None = strawberry.field(
        description="Its part of the score, 0 to 100; all of them add up to what the measures give. Where the worst "
        "counts, it has them all. Null when it took no part."
    )
    absence: Absence | None = strawberry.field(
        description="Why it has no value that counts; null when it has. Such a measure takes no part, or counts as 0 "
        "where the scorecard says so."
    )
    healthy: float = strawberry.field(description="The value from which it is healthy, in `unit`.")
    neutral: float = strawberry.field(
        description="The value from which it is neutral. Above `healthy` where less is better."
    )
    observed_at: datetime | None = strawberry.field(description="When the value was observed; null if never.")
    in_words: str = strawberry.field(
        description="All of this as a sentence: `Setup is 62 %, neutral (healthy at least 80, neutral at least 50): "
        "60 of 100, 36.0 points`. At most 1,000 characters."
    )


@strawberry.type(description="How well an account does, from its measures.")
class Health:
    """An account's health score."""

    view: strawberry.Private[AccountView]
    counting: strawberry.Private[Score]
    explained: strawberry.Private[ExplainedHealth]

    @classmethod
    def of(cls, view: AccountView) -> Self:
        """Show the health of an account."""
        counting, explained = view.explained_health
        return cls(view=view, counting=counting, explained=explained)

    @resolved("The score, 0 to 100; null when there is none.")
    def score(self) -> float | None:
        """The rolled-up score."""
        return self.counting.score

    @resolved("The colour of the score; null when there is none.")
    def band(self) -> Band | None:
        """The score's band."""
        return self.counting.band

    @resolved("The grade of the score; null without a score or without grades. At most 200 characters.")
    def grade(self) -> str | None:
        """The score's grade."""
        machine, score = self.view.machine, self.counting.score
        return None if machine is None or score is None else machine.scorecard.grade_of(score)

    @resolved(
        "The score as the scorecard's scheme shows it first: `74`, `B`, `neutral`, or `unknown`. "
        "At most 200 characters."
    )
    def shown(self) -> str:
        """What people see first."""
        machine = self.view.machine
        return "unknown" if machine is None else machine.scorecard.in_words(self.counting.score)

    @resolved("The share of the weight that is missing or stale, 0 to 1.")
    def missing_share(self) -> float:
        """How much is not known."""
        return self.explained.missing_share

    @resolved("The score as a sentence, with what is missing. At most 1,000 characters.")
    def in_words(self) -> str:
        """The score in words."""
        machine = self.view.machine
        if machine is None:
            return "Health is unknown: no segment takes the account"
        override = self.view.overrides.get(HEALTH)
        return health_in_words(machine.scorecard, self.counting, self.explained, override)

    @resolved("What each measure of the present stage's scorecard did; at most 100.")
    def contributions(self) -> list[Contribution]:
        """The reasons for the score."""
        return [_contribution(part, self.view) for part in self.explained.contributions]


def _contribution(part: Part, view: AccountView) -> Contribution:
    measure = part.measure
    spec = None if view.machine is None else view.machine.catalog.measures.get(measure.key)
    override = view.overrides.get(measure.key)
    observed_at = None if part.observed_at_ms is None else from_ms(part.observed_at_ms)
    return Contribution(
        measure=measure.key,
        title=measure.key if spec is None else spec.title,
        unit=None if spec is None else spec.unit,
        group=measure.group,
        is_derived=measure.is_derived,
        weight=measure.weight,
        value=part.value,
        label=None if spec is None or part.value is None else spec.label(part.value),
        score=part.score,
        band=part.band,
        points=part.points,
        absence=part.absence,
        healthy=measure.healthy,
        neutral=measure.neutral,
        observed_at=observed_at if override is None else override.at,
        in_words=contribution_in_words(part, spec, view.as_of, override),
    )
