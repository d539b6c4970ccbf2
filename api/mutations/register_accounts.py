"""Mutation `registerAccounts`: accounts arrive from their system of record."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Union
from uuid import UUID

import strawberry

from api.context import Info
from api.ids import global_id
from api.mutations.answer import answered, demand_reading
from api.mutations.inputs import KEY, REPLAYED
from api.resolvers import resolved
from api.scalars import LooseValue
from api.types.account import Account, account_at
from api.types.batch import RowIssue, issues_of
from api.types.problems import Forbidden, IdempotencyConflict, InvalidInput
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.services.intake.batch import Batch, Taken, take_batch
from lifecycle_fsm.services.intake.rows import Kind
from lifecycle_fsm.services.register import AccountNote


@strawberry.input(description="A value by its key.")
class KeyedValueInput:
    """A measure or a fact with its value."""

    key: str = strawberry.field(description="The key of the measure or fact; at most 100 characters.")
    value: LooseValue | None = strawberry.field(
        default=None, description="The value in its unit or type; null or blank text for unknown."
    )


@strawberry.input(description="An attribute that is kept for people and read by no guard.")
class AttributeInput:
    """An attribute."""

    key: str = strawberry.field(description="Its name; at most 100 characters.")
    value: str = strawberry.field(description="Its text; 1 to 500 printable characters.")


@strawberry.input(description="One account as its system of record has it. What is left out stays as it was.")
class AccountRowInput:
    """One account."""

    key: str = strawberry.field(description="What the system of record calls it; 1 to 500 printable characters.")
    name: str | None = strawberry.field(
        default=None, description="Its name for people, the key where it is left out; 1 to 500 printable characters."
    )
    csm: str | None = strawberry.field(default=None, description="Who owns it; 1 to 500 printable characters.")
    attributes: list[AttributeInput] | None = strawberry.field(default=None, description="For people; at most 100.")
    measures: list[KeyedValueInput] | None = strawberry.field(default=None, description="What is known; at most 100.")
    facts: list[KeyedValueInput] | None = strawberry.field(default=None, description="What is known; at most 100.")
    observed_at: datetime | None = strawberry.field(
        default=None, description="When measures and facts were observed, from 1900 to now; now where it is left out."
    )
    stage: str | None = strawberry.field(
        default=None, description="The stage in which an account that is not new to you starts; at most 100 characters."
    )
    entered_at: datetime | None = strawberry.field(default=None, description="Since when it has been in that stage.")


@strawberry.input(description="Accounts as their system of record has them.")
class RegisterAccountsInput:
    """A command to register."""

    rows: list[AccountRowInput] = strawberry.field(description="The accounts, 1 to 1,000; each gets its own result.")
    source: str = strawberry.field(description="Where they come from; 1 to 500 printable characters.")
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.type(description="What became of one account.")
class AccountRowResult:
    """The result of a row."""

    index: int = strawberry.field(description="The row's place in the input, from 0.")
    account_id: strawberry.ID = strawberry.field(
        description="The id of the account, also where the row was rejected and there is none; at most 500 characters."
    )
    note: AccountNote = strawberry.field(description="What became of it.")
    problems: list[RowIssue] = strawberry.field(description="All that is wrong with it; at most 300.")
    place: strawberry.Private[UUID]

    @resolved("The account as it is now; null where there is none. Needs the capability READ.")
    async def account(self, info: Info) -> Account | None:
        """Load it."""
        return await account_at(info, self.place)


@strawberry.type(description="The accounts were looked at one by one; a rejected one does not stop the others.")
class AccountsRegistered:
    """The results of a batch."""

    rows: list[AccountRowResult] = strawberry.field(
        description="The result of each row, in the order of the input. Accounts of a large batch are evaluated later."
    )
    replayed: bool = strawberry.field(description=REPLAYED)


RegisterAccountsResult = Annotated[
    Union[AccountsRegistered, Forbidden, InvalidInput, IdempotencyConflict],  # noqa: UP007 # strawberry names it
    strawberry.union("RegisterAccountsResult", description="What became of a batch of accounts."),
]


@strawberry.type
class RegisterAccounts:
    """Field of the mutation root."""

    @resolved(
        "Create accounts or bring them up to date with what is known about them, and evaluate them at once where the "
        "batch is small. Needs the capability RECORD_FACTS."
    )
    async def register_accounts(
        self,
        info: Info,
        given: Annotated[RegisterAccountsInput, strawberry.argument(name="input", description="The command.")],
    ) -> RegisterAccountsResult:
        """Register them, and say what came of each."""
        answer = await answered(_register(info, given))
        assert isinstance(answer, AccountsRegistered | Forbidden | InvalidInput | IdempotencyConflict)
        return answer


async def _register(info: Info, given: RegisterAccountsInput) -> AccountsRegistered:
    demand_reading(info)
    batch = Batch(Kind.ACCOUNTS, [_row(row) for row in given.rows], given.source, given.idempotency_key)
    taken = await info.context.change(take_batch, batch)
    return AccountsRegistered(
        rows=[_shown(taken, index, row) for index, row in enumerate(given.rows)], replayed=taken.replayed
    )


def _row(given: AccountRowInput) -> dict[str, object]:
    return {
        "key": given.key,
        "name": given.name,
        "csm": given.csm,
        "attributes": {each.key: each.value for each in given.attributes or ()},
        "measures": _values(given.measures or ()),
        "facts": _values(given.facts or ()),
        "observedAt": given.observed_at and given.observed_at.isoformat(),
        "stage": given.stage,
        "enteredAt": given.entered_at and given.entered_at.isoformat(),
    }


def _values(given: Sequence[KeyedValueInput]) -> dict[str, object]:
    return {each.key: each.value for each in given}


def _shown(taken: Taken, index: int, given: AccountRowInput) -> AccountRowResult:
    account_id = account_id_for(given.key.strip())
    return AccountRowResult(
        index=index,
        place=account_id,
        account_id=strawberry.ID(global_id("Account", account_id)),
        note=AccountNote(taken.rows[index]),
        problems=issues_of(taken, index, given),
    )
