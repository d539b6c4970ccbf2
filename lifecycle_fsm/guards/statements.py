"""Statements of generated Python: what follows each of a guard's three answers."""

from collections.abc import Iterable
from dataclasses import dataclass

Lines = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Then:
    """
    The statements that follow each answer; none means that the next statement follows.

    Of true and false at most one has none, and then the other ends in a jump.
    """

    true: Lines = ()
    false: Lines = ()
    unknown: Lines = ()

    def turned(self) -> "Then":
        """For the opposite of the guard."""
        return Then(self.false, self.true, self.unknown)


def dispatch(answer: str, then: Then) -> Lines:
    """Go on by the answer in a variable."""
    return branch((answer, then.true), (f"{answer} is None", then.unknown), ("", then.false))


def branch(*branches: tuple[str, Lines]) -> Lines:
    """An if statement; the last condition is empty and means else; branches without effect are left out."""
    *tests, (_, otherwise) = branches
    condition, last = tests[-1]
    if not last:
        tests[-1], otherwise = (f"not ({condition})", otherwise), ()
    taken = [(f"{'elif' if number else 'if'} {test}:", lines) for number, (test, lines) in enumerate(tests)]
    if otherwise:
        taken.append(("else:", otherwise))
    return tuple(line for head, lines in taken for line in (head, *indented(lines or ("pass",))))


def jumps(lines: Lines) -> bool:
    """Whether what stands behind the statements is never reached through them."""
    return bool(lines) and lines[-1].startswith(("return", "break"))


def indented(lines: Iterable[str]) -> Lines:
    """The statements one block further in."""
    return tuple(f"    {line}" for line in lines)
