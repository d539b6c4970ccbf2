"""The past replayed under a draft, beside what happened."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import strawberry

from api.types.publication import SegmentVersion, versions_shown
from lifecycle_fsm.services.simulate import Compared, Period
from lifecycle_fsm.services.simulate import Simulation as Found

THEN = "How many there really were."
DRAFT = "How many there would have been under the draft."


@strawberry.input(name="Period", description="The dates at which a replay evaluates; at most 1,000.")
class PeriodInput:
    """A start, an end, and a step."""

    start: datetime = strawberry.field(name="from", description="The first date.")
    end: datetime = strawberry.field(name="to", description="The last date, after the first.")
    step: timedelta = strawberry.field(
        description="The time between two dates, above zero. Between them nothing is evaluated, so that a shorter step "
        "is more exact and takes longer."
    )

    def to_domain(self) -> Period:
        """Give the period as services know it."""
        return Period(self.start, self.end, self.step)


@strawberry.type(description="How many accounts stand in a stage.")
class StageCount:
    """A stage then and under the draft."""

    segment: str = strawberry.field(description="The segment's key; at most 100 characters.")
    stage: str = strawberry.field(description="The stage's key; at most 100 characters.")
    then: int = strawberry.field(description=THEN)
    draft: int = strawberry.field(description=DRAFT)


@strawberry.type(description="Where accounts stand at one date.")
class SimulatedDate:
    """A date."""

    at: datetime = strawberry.field(description="The date.")
    stages: list[StageCount] = strawberry.field(
        description="The stages in which accounts stand, by segment and stage; at most 1,000."
    )

    @classmethod
    def of(cls, at: datetime, rows: Mapping[tuple[str, str], Compared]) -> "SimulatedDate":
        """Show a date."""
        stages = [
            StageCount(segment=segment, stage=stage, then=row.then, draft=row.draft)
            for (segment, stage), row in rows.items()
        ]
        return cls(at=at, stages=stages)


@strawberry.type(description="How often a transition is taken.")
class TransitionCount:
    """A transition then and under the draft."""

    segment: str = strawberry.field(description="The segment's key; at most 100 characters.")
    transition: str = strawberry.field(
        description="Its key with its stage, `stage.transition`; at most 201 characters."
    )
    then: int = strawberry.field(description=THEN)
    draft: int = strawberry.field(description=DRAFT)


@strawberry.type(description="How many accounts go from one segment to another.")
class SegmentChangeCount:
    """A change of segment then and under the draft."""

    from_segment: str = strawberry.field(description="The key of the segment that is left; at most 100 characters.")
    to_segment: str = strawberry.field(description="The key of the segment that takes; at most 100 characters.")
    then: int = strawberry.field(description=THEN)
    draft: int = strawberry.field(description=DRAFT)


@strawberry.type(description="How many CTAs of a template are opened.")
class CtaCount:
    """A template then and under the draft."""

    template: str = strawberry.field(description="The template's key; at most 100 characters.")
    then: int = strawberry.field(description=THEN)
    draft: int = strawberry.field(description=DRAFT)


@strawberry.type(description="What a draft would have done in a period, beside what was done. Nothing was changed.")
class Simulation:
    """A replay."""

    machines: list[SegmentVersion] = strawberry.field(
        description="The version of each segment's rules in the draft, by segment; at most 100."
    )
    accounts: int = strawberry.field(
        description="How many accounts have a history that begins before the period's end."
    )
    left_out: int = strawberry.field(
        description="How many of them stood in a stage that leads nowhere in the draft; they are on neither side."
    )
    dates: list[SimulatedDate] = strawberry.field(description="Each date of the period, in order; at most 1,001.")
    segment_changes: list[SegmentChangeCount] = strawberry.field(
        description="The changes of segment after the period's start, by the segment left; at most 1,000."
    )
    transitions: list[TransitionCount] = strawberry.field(
        description="The transitions taken after the period's start, by segment and stage; at most 1,000."
    )
    ctas: list[CtaCount] = strawberry.field(
        description="The CTAs opened after the period's start, by template; at most 1,000."
    )

    @classmethod
    def of(cls, found: Found) -> "Simulation":
        """Show a replay."""
        return cls(
            machines=versions_shown(found.machines),
            accounts=found.accounts,
            left_out=found.left_out,
            dates=[SimulatedDate.of(at, rows) for at, rows in found.distribution.items()],
            segment_changes=[
                SegmentChangeCount(from_segment=left, to_segment=taken_by, then=row.then, draft=row.draft)
                for (left, taken_by), row in found.reassigned.items()
            ],
            transitions=[
                TransitionCount(segment=segment, transition=key, then=row.then, draft=row.draft)
                for (segment, key), row in found.transitions.items()
            ],
            ctas=[CtaCount(template=key, then=row.then, draft=row.draft) for key, row in found.ctas.items()],
        )
