"""What a check of a draft came to."""

from collections import Counter

import strawberry

from api.types.diagnostic import Diagnostic
from lifecycle_fsm.services.configure import Checked
from lifecycle_fsm.services.vocabulary import Severity

MOST_DIAGNOSTICS = 1_000


@strawberry.type(description="What was found in a folder of definitions.")
class ConfigurationCheck:
    """A draft's diagnostics."""

    is_valid: bool = strawberry.field(description="Whether it has no error and could be published.")
    errors: int = strawberry.field(description="How many errors there are.")
    warnings: int = strawberry.field(description="How many warnings there are.")
    notes: int = strawberry.field(description="How many notes there are.")
    diagnostics: list[Diagnostic] = strawberry.field(
        description="Everything that was found, by file and place; the first 1,000."
    )
    segments: list[str] = strawberry.field(
        description="The keys of its segments in the order in which they take accounts; empty when there is an error. "
        "At most 100."
    )

    @classmethod
    def of(cls, checked: Checked) -> "ConfigurationCheck":
        """Show what was found."""
        counts = Counter(found.severity for found in checked.diagnostics)
        return cls(
            is_valid=checked.is_valid,
            errors=counts[Severity.ERROR],
            warnings=counts[Severity.WARNING],
            notes=counts[Severity.NOTE],
            diagnostics=[Diagnostic.of(found) for found in checked.diagnostics[:MOST_DIAGNOSTICS]],
            segments=list(checked.segments),
        )
