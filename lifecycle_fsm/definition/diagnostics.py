"""What is wrong with a definition, exactly where, and what to write instead."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.nodes import Span
from lifecycle_fsm.domain.fields import Value


class Severity(StrEnum):
    """An error stops publishing; a warning and a note do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that belongs to a diagnostic, and why."""

    message: str
    span: Span


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """
    One mistake at one place.

    `suggestion` is a text that could stand there instead. `example` is the row of an
    account that shows the mistake, by field key.
    """

    code: Code
    severity: Severity
    message: str
    span: Span
    related: tuple[Related, ...] = ()
    suggestion: str | None = None
    example: Mapping[str, Value] | None = None

    @property
    def file(self) -> str:
        """The name of the file, as it was given."""
        return self.span.file

    @property
    def line(self) -> int:
        """The first line, from 1."""
        return self.span.line

    @property
    def column(self) -> int:
        """The first column, from 1."""
        return self.span.column

    @property
    def end_line(self) -> int:
        """The last line, from 1."""
        return self.span.end_line

    @property
    def end_column(self) -> int:
        """The column after the last character, from 1."""
        return self.span.end_column


class Findings:
    """Collect the diagnostics of one file, in the order in which they are found."""

    def __init__(self) -> None:
        self._found: list[Diagnostic] = []
        self._relies_on_broken = False

    def error(
        self, code: Code, span: Span, message: str, *, suggestion: str | None = None, related: tuple[Related, ...] = ()
    ) -> None:
        """Note a mistake that stops publishing."""
        self._found.append(Diagnostic(code, Severity.ERROR, message, span, related, suggestion))

    def warning(self, code: Code, span: Span, message: str, *, related: tuple[Related, ...] = ()) -> None:
        """Note something that is probably not meant."""
        self._found.append(Diagnostic(code, Severity.WARNING, message, span, related))

    def rely_on_broken(self) -> None:
        """Note that something refers to a part whose mistake is reported where it stands."""
        self._relies_on_broken = True

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Note diagnostics that a check has made."""
        self._found.extend(diagnostics)

    @property
    def has_errors(self) -> bool:
        """Whether anything found, here or in a part relied on, stops publishing."""
        return self._relies_on_broken or any(found.severity is Severity.ERROR for found in self._found)

    def sorted(self) -> tuple[Diagnostic, ...]:
        """Everything found, once, in the order of the text."""
        once = {(found.code, found.span): found for found in reversed(self._found)}
        return tuple(sorted(once.values(), key=lambda found: (found.file, found.line, found.column)))


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that a misspelt one was probably meant to be."""
    near = get_close_matches(word.lower(), list(known), n=1, cutoff=0.65)
    return str(near[0]) if near else None
