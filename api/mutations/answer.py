"""What every mutation does with a rule that its caller broke."""

from collections.abc import Awaitable, Iterable
from typing import TypeVar

from strawberry.types.nodes import Selection

from api.context import Info
from api.types.problems import CommonProblem, problem_of
from api.types.problems import UnknownAccount as NoAccount
from lifecycle_fsm.domain.access import Capability, require
from lifecycle_fsm.domain.errors import LifecycleError, UnknownAccount

Outcome = TypeVar("Outcome")


async def answered(work: Awaitable[Outcome], account: str = "accountId") -> Outcome | CommonProblem:
    """
    Give the outcome, or the problem where the caller broke a rule; a failing store stays an error.

    `account` is the value of the input that names the account.
    """
    try:
        return await work
    except UnknownAccount as error:
        return NoAccount(message=error.message, path=["input", account])
    except LifecycleError as error:
        return problem_of(error)


def demand_reading(info: Info) -> None:
    """
    Stop whoever may write but not read from asking for what the write came to, before anything is written.

    Raises:
        Forbidden: the selection goes into accounts or records, and the actor may not read them.
    """
    if _READ_BY & set(_names(info.selected_fields)):
        require(info.context.actor, Capability.READ)


_READ_BY = frozenset({"account", "accounts", "records"})


def _names(selections: Iterable[Selection]) -> Iterable[str]:
    for selection in selections:
        yield getattr(selection, "name", "")
        yield from _names(selection.selections)
