"""Mutation `changeCtas`: many CTAs get another owner, another date, or are closed."""

from datetime import datetime
from typing import Annotated, Union

import strawberry

from api.context import Info
from api.ids import cta_of, global_id
from api.mutations.answer import answered
from api.mutations.inputs import COMMENT, KEY
from api.resolvers import resolved
from api.types.cta_input import CtaFilterInput
from api.types.problems import Forbidden, IdempotencyConflict, InvalidInput, StaleRevision, UnknownAccount
from lifecycle_fsm.domain.cta import CtaOutcome, Priority
from lifecycle_fsm.domain.errors import InvalidInput as Refused
from lifecycle_fsm.services import cta_bulk
from lifecycle_fsm.services.cta_bulk import BulkNote


@strawberry.input(description="Which CTAs, by `ids` or by `filter`, and either `outcome` or what else is to be set.")
class ChangeCtasInput:
    """A command on many CTAs."""

    idempotency_key: str = strawberry.field(
        description=f"{KEY} By a filter, a repeated call goes on with what the filter still finds."
    )
    ids: list[strawberry.ID] | None = strawberry.field(default=None, description="Their ids; at most 500.")
    choose: CtaFilterInput | None = strawberry.field(
        name="filter", default=None, description="Which ones; the first 500 of them."
    )
    outcome: CtaOutcome | None = strawberry.field(default=None, description="Closes those that are open, like this.")
    owner: str | None = strawberry.field(default=None, description="Who works them; 1 to 500 printable characters.")
    priority: Priority | None = strawberry.field(default=None, description="How urgent they are.")
    due_at: datetime | None = strawberry.field(default=None, description="When they are due; from 1900 to 2200.")
    is_flagged: bool | None = strawberry.field(default=None, description="Whether to keep an eye on them.")
    comment: str | None = strawberry.field(default=None, description=COMMENT)


@strawberry.type(description="What became of one CTA of many.")
class CtaChangeRow:
    """One result."""

    cta_id: strawberry.ID = strawberry.field(description="The CTA's id; at most 500 characters.")
    note: BulkNote = strawberry.field(description="What became of it.")
    message: str | None = strawberry.field(description="Why it failed; at most 2,000 characters.")


@strawberry.type(description="Each CTA has its result; each account is a transaction of its own.")
class CtasChanged:
    """Results."""

    rows: list[CtaChangeRow] = strawberry.field(description="The results, in the order of the ids; at most 500.")
    changed: int = strawberry.field(description="How many were changed.")
    has_more: bool = strawberry.field(description="Whether the filter chose more; repeat the call with a new key.")


ChangeCtasResult = Annotated[
    Union[  # noqa: UP007 # strawberry names a union by its annotation
        CtasChanged, UnknownAccount, StaleRevision, Forbidden, InvalidInput, IdempotencyConflict
    ],
    strawberry.union("ChangeCtasResult", description="What became of many CTAs."),
]


@strawberry.type
class ChangeCtas:
    """Field of the mutation root."""

    @resolved("Give many CTAs to another owner, put them off, flag or close them, with a result for each.")
    async def change_ctas(
        self,
        info: Info,
        given: Annotated[ChangeCtasInput, strawberry.argument(name="input", description="The command.")],
    ) -> ChangeCtasResult:
        """Change them, and say what came of each."""
        return await answered(_change(info, given))


async def _change(info: Info, given: ChangeCtasInput) -> CtasChanged:
    if given.ids is not None and len(given.ids) > cta_bulk.MOST:
        raise Refused(f"{len(given.ids)} CTAs; expected at most {cta_bulk.MOST}", path="input.ids")
    command = cta_bulk.ChangeCtas(
        idempotency_key=given.idempotency_key,
        ids=tuple(cta_of(each, "input.ids") for each in given.ids or ()),
        choose=None if given.choose is None else given.choose.to_domain(),
        outcome=given.outcome,
        owner=given.owner,
        priority=given.priority,
        due_at=given.due_at,
        flagged=given.is_flagged,
        comment=given.comment,
    )
    done = await info.context.change(cta_bulk.change_ctas, command)
    return CtasChanged(
        rows=[
            CtaChangeRow(
                cta_id=strawberry.ID(global_id("Cta", each.account_id, each.cta_id)),
                note=each.note,
                message=each.message,
            )
            for each in done.results
        ],
        changed=sum(each.note is BulkNote.CHANGED for each in done.results),
        has_more=done.has_more,
    )
