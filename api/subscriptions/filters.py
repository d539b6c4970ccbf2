"""Which changes a subscription shows."""

from collections.abc import Callable, Sequence
from typing import Annotated
from uuid import UUID

import strawberry

from api.ids import account_of, run_of
from api.types.filters import MOST_CHOICES, AccountFilterInput
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.domain.portfolio import AccountFilter
from lifecycle_fsm.domain.run import RunKind


@strawberry.input(
    description="Chooses changes. What is left out, null or empty chooses all; what is given must all apply."
)
class ChangeFilter:
    """A filter of changes."""

    account_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Of these accounts; at most 100 ids of at most 500 characters."
    )
    accounts: AccountFilterInput | None = strawberry.field(
        default=None, description="Of accounts that are chosen by this when the change is delivered."
    )
    kinds: list[RecordKind] | None = strawberry.field(default=None, description="Of one of these kinds.")

    def ids(self) -> frozenset[UUID]:
        """
        Give the accounts that are asked for, empty for all.

        Raises:
            InvalidInput: there are more than 100, or one is not the id of an account.
        """
        return _named("accountIds", self.account_ids, account_of)

    def chosen(self) -> AccountFilter:
        """
        Give the filter of accounts as services know it.

        Raises:
            InvalidInput: it asks for the accounts behind a number.
        """
        if self.accounts is not None and self.accounts.behind is not None:
            raise InvalidInput("`behind` is for lists of accounts; leave it out here", path="filter.accounts.behind")
        return AccountFilter() if self.accounts is None else self.accounts.to_domain()


@strawberry.input(
    description="Chooses runs. What is left out, null or empty chooses all; what is given must all apply."
)
class RunFilter:
    """A filter of runs."""

    run_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="These runs; at most 100 ids of at most 500 characters."
    )
    kinds: list[RunKind] | None = strawberry.field(default=None, description="Of one of these kinds.")

    def chosen(self) -> frozenset[UUID]:
        """
        Give the runs that are asked for, empty for all.

        Raises:
            InvalidInput: there are more than 100, or one is not the id of a run.
        """
        return _named("runIds", self.run_ids, run_of)


def _named(field: str, given: Sequence[strawberry.ID] | None, read: Callable[[str, str], UUID]) -> frozenset[UUID]:
    """What the ids of a field name, empty for all."""
    ids, path = given or (), f"filter.{field}"
    if len(ids) > MOST_CHOICES:
        raise InvalidInput(f"`{field}` has {len(ids)} entries; expected at most {MOST_CHOICES}", path=path)
    return frozenset(read(each, path) for each in ids)


ChosenRuns = Annotated[
    RunFilter | None, strawberry.argument(name="filter", description="Which runs; all where it is left out.")
]
ChosenChanges = Annotated[
    ChangeFilter | None, strawberry.argument(name="filter", description="Which changes; all where it is left out.")
]
AfterCursor = Annotated[
    str | None,
    strawberry.argument(
        description="Begin with everything after this: the `cursor` of the last event that you have, or `liveCursor` "
        "of the query that you show. Without it only what happens from now on. At most 1,000 characters."
    ),
]
