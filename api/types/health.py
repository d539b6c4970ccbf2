"""Health: one score with the reason for every point."""

from collections.abc import Mapping
from datetime import datetime

import strawberry

from api.resolvers import resolved
from lifecycle_fsm.domain.moments import from_ms
from lifecycle_fsm.domain.scorecard import Absence, Band, ScoredMeasure
from lifecycle_fsm.domain.scorecard import Contribution as Part
from lifecycle_fsm.services.views import AccountView


@strawberry.type(description="What one measure did to the health score.")
class Contribution:
    """A measure's part."""

    measure: str = strawberry.field(description="The measure's key; at most 100 characters.")
    title: str = strawberry.field(description="The measure's name for people; at most 200 characters.")
    unit: str | None = strawberry.field(description="The measure's unit; at most 50 characters.")
    weight: float = strawberry.field(description="Its share relative to the others, above 0.")
    value: float | None = strawberry.field(description="The last observed value, in `unit`; null when there is none.")
    score: float | None = strawberry.field(description="The value on 0 to 100; null when it took no part.")
    band: Band | None = strawberry.field(description="The colour of `score`; null when it took no part.")
    points: float | None = strawberry.field(
        description="Its share of the account's score, 0 to 100; null when it took no part or the worst one counts."
    )
    absence: Absence | None = strawberry.field(description="Why it took no part; null when it did.")
    healthy: float = strawberry.field(description="The value from which it is healthy, in `unit`.")
    neutral: float = strawberry.field(
        description="The value from which it is neutral. Above `healthy` where less is better."
    )
    observed_at: datetime | None = strawberry.field(description="When the value was observed; null if never.")


@strawberry.type(description="How well an account does, from its measures.")
class Health:
    """An account's health score."""

    view: strawberry.Private[AccountView]

    @resolved("The score, 0 to 100; null when no measure is left to score.")
    def score(self) -> float | None:
        """The rolled-up score."""
        return self.view.health.score

    @resolved("The colour of the score; null when there is none.")
    def band(self) -> Band | None:
        """The score's band."""
        return self.view.health.band

    @resolved("What each measure of the present stage's scorecard did; at most 100.")
    def contributions(self) -> list[Contribution]:
        """The reasons for the score."""
        machine = self.view.machine
        if machine is None:
            return []
        scored = {each.key: each for each in machine.scorecard.for_stage(self.view.lifecycle.stage)}
        units = {key: (spec.title, spec.unit) for key, spec in machine.catalog.measures.items()}
        return [_contribution(part, scored[part.measure], units) for part in self.view.health.contributions]


def _contribution(part: Part, scored: ScoredMeasure, units: Mapping[str, tuple[str, str]]) -> Contribution:
    title, unit = units.get(part.measure, (part.measure, None))
    return Contribution(
        measure=part.measure,
        title=title,
        unit=unit,
        weight=part.weight,
        value=part.value,
        score=part.score,
        band=part.band,
        points=part.points,
        absence=part.absence,
        healthy=scored.healthy,
        neutral=scored.neutral,
        observed_at=None if part.observed_at_ms is None else from_ms(part.observed_at_ms),
    )
