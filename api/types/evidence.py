"""What a history record was decided on."""

import strawberry

from api.scalars import LooseValue
from api.types.verdict import Verdict
from lifecycle_fsm.services.evidence import Finding as Found
from lifecycle_fsm.services.evidence import RecordEvidence


@strawberry.type(description="One value that a decision read, as it was recorded.")
class RecordedInput:
    """An input."""

    field: str = strawberry.field(
        description="What it is: `measure.logins`, `health.score`, `stage.entered_at`; at most 300 characters. "
        "With `@` at its end: when that was observed."
    )
    value: LooseValue | None = strawberry.field(
        description="The value as guards read it, instants in milliseconds since 1970, dates in days; null for unknown."
    )


@strawberry.type(description="What one guard found on the recorded inputs, under the version that decided.")
class Finding:
    """A guard explained."""

    about: str = strawberry.field(
        description="The key of the transition, alert, milestone, CTA template or segment; at most 100 characters."
    )
    verdict: Verdict = strawberry.field(description="Its answer with every leaf.")

    @classmethod
    def of(cls, found: Found) -> "Finding":
        """Show what a guard found."""
        return cls(about=found.about, verdict=Verdict(found=found.verdict))


@strawberry.type(description="What a history record was decided on.")
class Evidence:
    """Inputs and findings."""

    is_erased: bool = strawberry.field(description="Whether the law took it; then there is nothing else here.")
    inputs: list[RecordedInput] = strawberry.field(
        description="Every recorded value, by field; empty for records that nothing was judged for. At most 1,000."
    )
    findings: list[Finding] = strawberry.field(
        description="Its guards explained anew, leaf by leaf; empty where no guard decided. At most 100."
    )

    @classmethod
    def of(cls, kept: RecordEvidence) -> "Evidence":
        """Show what was judged."""
        return cls(
            is_erased=kept.inputs is None,
            inputs=[
                RecordedInput(field=key, value=None if value is None else LooseValue(value))
                for key, value in sorted((kept.inputs or {}).items())
            ],
            findings=[Finding.of(each) for each in kept.findings],
        )
