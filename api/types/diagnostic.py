"""Diagnostics: what is wrong with a draft of definitions, exactly where, and what to write instead."""

import strawberry

from api.scalars import LooseValue
from lifecycle_fsm.services.vocabulary import Diagnostic as Found
from lifecycle_fsm.services.vocabulary import Related, Severity, Span


@strawberry.type(description="A stretch of a file; lines and columns count from 1, in Unicode code points.")
class SourceRange:
    """A place in a definition."""

    file: str = strawberry.field(description="The name of the file as it was given; at most 200 characters.")
    line: int = strawberry.field(description="The line of its first character.")
    column: int = strawberry.field(description="The column of its first character.")
    end_line: int = strawberry.field(description="The line of its last character.")
    end_column: int = strawberry.field(description="The column after its last character.")

    @classmethod
    def of(cls, span: Span) -> "SourceRange":
        """Show a place."""
        return cls(**span._asdict())


@strawberry.type(description="Another place that belongs to a diagnostic.")
class RelatedPlace:
    """A place and why it is named."""

    message: str = strawberry.field(description="What it has to do with the mistake; at most 500 characters.")
    place: SourceRange = strawberry.field(description="Where it stands.")

    @classmethod
    def of(cls, related: Related) -> "RelatedPlace":
        """Show a related place."""
        return cls(message=related.message, place=SourceRange.of(related.span))


@strawberry.type(description="One field of an account that is made up to show something.")
class ExampleField:
    """A key and a value."""

    key: str = strawberry.field(
        description="What it is: `measure.logins`, `fact.arr`, `stage.entered_at`, or `as_of` for the evaluation date. "
        "At most 300 characters."
    )
    value: LooseValue | None = strawberry.field(description="Its value; null for unknown.")


@strawberry.type(description="One mistake at one place.")
class Diagnostic:
    """What is wrong."""

    code: str = strawberry.field(
        description="The kind of mistake, such as `unknown-measure`, the same on the command line, in JSON and in "
        "SARIF; it never changes once released. At most 50 characters."
    )
    severity: Severity = strawberry.field(description="Whether it stops publishing.")
    message: str = strawberry.field(
        description="What was seen, what was expected and what to do, for people; at most 2,000 characters."
    )
    place: SourceRange = strawberry.field(description="Where it stands.")
    related: list[RelatedPlace] = strawberry.field(description="Other places that belong to it; at most 100.")
    suggestion: str | None = strawberry.field(
        description="A text that could stand there instead; null when there is none. At most 500 characters."
    )
    example: list[ExampleField] | None = strawberry.field(
        description="An account that shows the mistake, field by field; null when none is needed. At most 100."
    )

    @classmethod
    def of(cls, found: Found) -> "Diagnostic":
        """Show a diagnostic."""
        example = None if found.example is None else found.example.items()
        return cls(
            code=found.code.value,
            severity=found.severity,
            message=found.message,
            place=SourceRange.of(found.span),
            related=[RelatedPlace.of(each) for each in found.related],
            suggestion=found.suggestion,
            example=None if example is None else [_field(key, value) for key, value in example],
        )


def _field(key: str, value: object) -> ExampleField:
    return ExampleField(key=key, value=None if value is None else LooseValue(value))
