"""What became of the rows of a batch."""

import strawberry

from lifecycle_fsm.domain.refused_row import steps_of
from lifecycle_fsm.services.intake.batch import Taken


@strawberry.type(description="What is wrong with one value of a row.")
class RowIssue:
    """A problem of a row."""

    path: list[str] = strawberry.field(description="Where the value stands, from the argument down. At most 10.")
    code: str = strawberry.field(description="For programs, such as `invalid_input` or `unknown_measure`.")
    message: str = strawberry.field(description="For people; at most 2,000 characters.")


_NAMES = {"account": "accountKey"}
"""What is called otherwise here than in rows of other doors."""


def issues_of(taken: Taken, index: int, given: object = None) -> list[RowIssue]:
    """What is wrong with the row at that place; `given` is the row, where it has lists of values by key."""
    return [
        RowIssue(
            path=["input", "rows", str(index), *_below(steps_of(each.path), given)],
            code=each.code,
            message=each.message,
        )
        for each in taken.problems
        if each.index == index
    ]


def _below(steps: list[str], given: object) -> list[str]:
    """The way as it is here: a value by its key is the `value` of an item of a list, the last with that key."""
    match steps:
        case [group, key]:
            places = [place for place, item in enumerate(getattr(given, group) or ()) if item.key == key]
            return [group, str(places[-1]), "value"]
        case _:
            return [_NAMES.get(each, each) for each in steps]
