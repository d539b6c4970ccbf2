"""Verdicts: what a guard found, leaf by leaf."""

from datetime import datetime

import strawberry

from api.resolvers import resolved
from api.scalars import LooseValue
from api.types.enums import Truth, truth_of
from lifecycle_fsm.domain.moments import from_ms
from lifecycle_fsm.services.vocabulary import Gap, SubjectKind, sentence, summary
from lifecycle_fsm.services.vocabulary import LeafVerdict as FoundLeaf
from lifecycle_fsm.services.vocabulary import Verdict as Found


@strawberry.type(description="What one leaf of a guard asks for and what it found.")
class LeafVerdict:
    """One condition with its answer."""

    path: str = strawberry.field(
        description="Its place in the guard's tree, such as `all.0.not`; a `not` turns its meaning. "
        "At most 500 characters."
    )
    kind: SubjectKind = strawberry.field(description="What it is about.")
    subject: str = strawberry.field(description="What it is about, for people; at most 300 characters.")
    operator: str = strawberry.field(
        description="How it compares: `at_least`, `below`, `in`, `reached` and so on; at most 50 characters."
    )
    required: str = strawberry.field(description="What it asks for, for people: `at least 60`.")
    actual: str | None = strawberry.field(
        description="What was found, for people: `55 %`; null when nothing is known. Of a stale value the last one."
    )
    actual_value: LooseValue | None = strawberry.field(
        description="What was found as a number or text: milliseconds for time in stage, days for days."
    )
    truth: Truth = strawberry.field(description="Whether the leaf holds.")
    gap: Gap | None = strawberry.field(description="Why there is no value to test; null when there is one.")
    distance: float | None = strawberry.field(
        description="How much is missing, in `unit`; 0 when it holds, null where that has no measure."
    )
    unit: str | None = strawberry.field(
        description="The unit of `distance`, `d` for days; null for a bare number. At most 50 characters."
    )
    observed_at: datetime | None = strawberry.field(description="When the value was observed; null if never.")
    passes_at: datetime | None = strawberry.field(
        description="When time alone will make the leaf hold; null when it holds or never will."
    )
    text: str = strawberry.field(
        description="The same as a clause: `health score is 55, needs at least 60: 5 short`. At most 1,000 characters."
    )

    @classmethod
    def of(cls, leaf: FoundLeaf) -> "LeafVerdict":
        """Show what a leaf found."""
        return cls(
            path=leaf.path,
            kind=leaf.kind,
            subject=leaf.subject,
            operator=leaf.operator,
            required=leaf.required,
            actual=leaf.actual,
            actual_value=None if leaf.actual_value is None else LooseValue(leaf.actual_value),
            truth=truth_of(leaf.truth),
            gap=leaf.gap,
            distance=leaf.distance,
            unit=leaf.unit,
            observed_at=_instant(leaf.observed_at_ms),
            passes_at=_instant(leaf.passes_at_ms),
            text=sentence(leaf),
        )


@strawberry.type(description="A guard's answer with its reasons.")
class Verdict:
    """What a whole guard found."""

    found: strawberry.Private[Found]

    @resolved("Whether the guard holds.")
    def truth(self) -> Truth:
        """The answer of the whole tree."""
        return truth_of(self.found.truth)

    @resolved("What keeps the guard from holding, in sentences; at most 5,000 characters.")
    def summary(self) -> str:
        """The reasons for people."""
        return summary(self.found)

    @resolved("Every leaf, in the order of the definition; at most 200. Empty for no condition.")
    def leaves(self) -> list[LeafVerdict]:
        """The reasons one by one."""
        return [LeafVerdict.of(leaf) for leaf in self.found.leaves()]


def _instant(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else from_ms(milliseconds)
