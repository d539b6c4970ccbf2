"""What every mutation does with a rule that its caller broke."""

from collections.abc import Awaitable
from typing import TypeVar

from api.types.problems import CommonProblem, problem_of
from lifecycle_fsm.domain.errors import LifecycleError

Outcome = TypeVar("Outcome")


async def answered(work: Awaitable[Outcome]) -> Outcome | CommonProblem:
    """Give the outcome, or the problem where the caller broke a rule; a failing store stays an error."""
    try:
        return await work
    except LifecycleError as error:
        return problem_of(error)
