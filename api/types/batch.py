"""What became of the rows of a batch."""

from collections.abc import Iterator

import strawberry

from lifecycle_fsm.services.intake.batch import Taken


@strawberry.type(description="What is wrong with one value of a row.")
class RowIssue:
    """A problem of a row."""

    path: list[str] = strawberry.field(description="Where the value stands, from the argument down. At most 10.")
    code: str = strawberry.field(description="For programs, such as `invalid_input` or `unknown_measure`.")
    message: str = strawberry.field(description="For people; at most 2,000 characters.")


_NAMES = {"account": "accountKey"}
"""What is called otherwise here than in rows of other doors."""


def issues_of(taken: Taken, index: int) -> list[RowIssue]:
    """What is wrong with the row at that place."""
    return [RowIssue(path=path, code=code, message=message) for path, code, message in _found(taken, index)]


def _found(taken: Taken, index: int) -> Iterator[tuple[list[str], str, str]]:
    for problem in taken.problems:
        if problem.index == index:
            below = [_NAMES.get(each, each) for each in problem.path.split(".") if each]
            yield ["input", "rows", str(index), *below], problem.code, problem.message
