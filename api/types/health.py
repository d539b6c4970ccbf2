"""Health: one score with the reason for every point."""

from datetime import datetime, timedelta
from typing import Annotated, Self
from uuid import UUID

import strawberry

from api.context import Info
from api.resolvers import resolved
from lifecycle_fsm.domain.catalog import MeasureType
from lifecycle_fsm.domain.moments import from_ms
from lifecycle_fsm.domain.override import HEALTH, Override
from lifecycle_fsm.domain.scorecard import Absence, Band
from lifecycle_fsm.domain.scorecard import HealthScore as Score
from lifecycle_fsm.domain.scoring import Contribution as Part
from lifecycle_fsm.domain.scoring import ExplainedHealth
from lifecycle_fsm.domain.trend import Direction, trend_of
from lifecycle_fsm.domain.trend import Trend as Compared
from lifecycle_fsm.services.health import Before
from lifecycle_fsm.services.health_words import contribution_in_words, health_in_words
from lifecycle_fsm.services.views import AccountView
from lifecycle_fsm.services.vocabulary import Remembered

Days = Annotated[int, strawberry.argument(description="How long ago to look, in days; 1 to 3,660.")]
SteadyWithin = Annotated[
    float, strawberry.argument(description="A change of at most this much either way is steady; 0 or more.")
]


@strawberry.type(description="Where a score or a measure is going.")
class Trend:
    """A value beside what it was."""

    since: datetime = strawberry.field(description="The instant that it is compared with.")
    previous: float | None = strawberry.field(description="The value then, as it was recorded; null if not known.")
    change: float | None = strawberry.field(description="The value now less that; null where either is not known.")
    direction: Direction = strawberry.field(description="Whether it has got better or worse.")

    @classmethod
    def of(cls, found: Compared, as_of: datetime, days: int) -> Self:
        """Show a comparison with so many days ago."""
        since = as_of - timedelta(days=days)
        return cls(since=since, previous=found.previous, change=found.change, direction=found.direction)


@strawberry.type(description="What a person says in the place of a measure or of the health score.")
class HealthOverride:
    """An override that counts."""

    account_id: strawberry.Private[UUID]
    override: strawberry.Private[Override]
    measure: str | None = strawberry.field(description="The measure's key; null for the health score.")
    value: float = strawberry.field(description="The value that counts, in the measure's unit; 0 to 100 for the score.")
    at: datetime = strawberry.field(description="From when on it counts.")
    until: datetime = strawberry.field(description="From when on it does not count any more.")
    author: str | None = strawberry.field(description="Who said it; at most 200 characters.")

    @classmethod
    def of(cls, account_id: UUID, override: Override) -> Self:
        """Show an override."""
        return cls(
            account_id=account_id,
            override=override,
            measure=None if override.key == HEALTH else override.key,
            value=override.value,
            at=override.at,
            until=override.until,
            author=override.author,
        )

    @resolved("Why, in the author's words; null once it is erased. At most 500 characters.")
    async def reason(self, info: Info) -> str | None:
        """Load the reason."""
        return await info.context.loaders.reasons.load((self.account_id, self.override.seq))


@strawberry.type(description="One observation of a measure, or one recorded health score.")
class MeasureObservation:
    """A point of a series."""

    value: float | None = strawberry.field(description="The value; null where it became unknown.")
    observed_at: datetime = strawberry.field(description="When it was observed, for a score when it was found.")
    recorded_at: datetime = strawberry.field(description="When it was written down.")
    source: str = strawberry.field(
        description="Where it comes from; `scorecard` for the health score, `derived` for a derived measure. "
        "At most 500 characters."
    )

    @classmethod
    def of(cls, seen: Remembered) -> Self:
        """Show an observation."""
        value = float(seen.value) if isinstance(seen.value, float | int) else None
        return cls(value=value, observed_at=seen.observed_at, recorded_at=seen.recorded_at, source=seen.source)


@strawberry.type(description="What one measure did to the health score.")
class Contribution:
    """A measure's part."""

    view: strawberry.Private[AccountView]
    part: strawberry.Private[Part]
    measure: str = strawberry.field(description="The measure's key; at most 100 characters.")
    title: str = strawberry.field(description="The measure's name for people; at most 200 characters.")
    unit: str | None = strawberry.field(description="The measure's unit; at most 50 characters.")
    type: MeasureType | None = strawberry.field(description="What its values are; null where the rules lack it.")
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

    @resolved("What a person says in its place; null where nobody does.")
    def override(self) -> HealthOverride | None:
        """Who speaks for it."""
        return _override(self.view, self.measure)

    @resolved(
        "Where the value that was observed last comes from; null where there is none, or where it follows from what "
        "else is known. At most 500 characters."
    )
    async def source(self, info: Info) -> str | None:
        """Load its source."""
        if self.is_derived:
            return None
        key = self.part.measure.field_key
        return await info.context.loaders.sources.load((self.view.profile.account_id, key, self.view.as_of))

    @resolved("Where its value is going: now beside so many days ago.")
    async def trend(self, info: Info, days: Days = 30, steady_within: SteadyWithin = 0.0) -> Trend:
        """Load what it was."""
        measure = self.part.measure
        now = None if self.absence is not None else self.value
        previous = await _before(info, self.view, measure.field_key, days)
        found = trend_of(now, previous, steady_within, more_is_better=measure.healthy > measure.neutral)
        return Trend.of(found, self.view.as_of, days)


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

    @resolved("What a person says in the place of the whole score; null where nobody does.")
    def override(self) -> HealthOverride | None:
        """Who speaks for it."""
        return _override(self.view, HEALTH)

    @resolved("What the measures make of it, 0 to 100, also while the score is overridden; null when they give none.")
    def measured_score(self) -> float | None:
        """The score without what a person says of it."""
        return self.explained.health.score

    @resolved("Where the score is going: now beside what was recorded so many days ago.")
    async def trend(self, info: Info, days: Days = 30, steady_within: SteadyWithin = 1.0) -> Trend:
        """Load what it was."""
        now = self.counting.score
        previous = await _before(info, self.view, HEALTH, days)
        return Trend.of(trend_of(now, previous, steady_within, more_is_better=True), self.view.as_of, days)

    @resolved("What each measure of the present stage's scorecard did; at most 100.")
    def contributions(self) -> list[Contribution]:
        """The reasons for the score."""
        return [_contribution(part, self.view) for part in self.explained.contributions]


def _override(view: AccountView, key: str) -> HealthOverride | None:
    override = view.overrides.get(key)
    return None if override is None else HealthOverride.of(view.profile.account_id, override)


async def _before(info: Info, view: AccountView, key: str, days: int) -> float | None:
    return await info.context.loaders.before.load(Before(view.profile.account_id, key, days, view.as_of))


def _contribution(part: Part, view: AccountView) -> Contribution:
    measure = part.measure
    spec = None if view.machine is None else view.machine.catalog.measures.get(measure.key)
    override = view.overrides.get(measure.key)
    observed_at = None if part.observed_at_ms is None else from_ms(part.observed_at_ms)
    return Contribution(
        view=view,
        part=part,
        measure=measure.key,
        title=measure.key if spec is None else spec.title,
        unit=None if spec is None else spec.unit,
        type=None if spec is None else spec.type,
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
