"""Mutation `changeCtas`: many CTAs get another owner, another date, or are closed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Union

import strawberry

from api.context import Info
from api.ids import account_of, cta_of, global_id
from api.mutations.answer import answered
from api.mutations.inputs import COMMENT, KEY
from api.resolvers import resolved
from api.types.account import Account, account_at
from api.types.batch import RowIssue
from api.types.cta import Cta, cta_at
from api.types.cta_input import CtaFilterInput
from api.types.problems import (
    Forbidden,
    IdempotencyConflict,
    InvalidInput,
    ProblemCode,
    StaleRevision,
    UnknownAccount,
)
from lifecycle_fsm.domain.cta import CtaOutcome, Priority
from lifecycle_fsm.domain.errors import InvalidInput as Refused
from lifecycle_fsm.services import cta_bulk
from lifecycle_fsm.services.cta_bulk import BulkNote, CtaId


@strawberry.input(description="The revision of an account that the caller saw.")
class AccountRevisionInput:
    """What the caller saw of one account."""

    account_id: strawberry.ID = strawberry.field(description="The account's id; at most 500 characters.")
    revision: int = strawberry.field(description="Its `revision`.")


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
    expected_revisions: list[AccountRevisionInput] | None = strawberry.field(
        default=None,
        description="The revisions of the accounts that the caller saw, each account once; at most 500. CTAs of an "
        "account that has changed since fail with `stale_revision`, the others are changed; an account that is not "
        "listed is taken as it is.",
    )


@strawberry.type(description="What became of one CTA of many.")
class CtaChangeRow:
    """One result."""

    place: strawberry.Private[CtaId]
    cta_id: strawberry.ID = strawberry.field(description="The CTA's id; at most 500 characters.")
    note: BulkNote = strawberry.field(description="What became of it.")
    problems: list[RowIssue] = strawberry.field(
        description="Why it is not as was asked for: `stale_revision`, `unknown_cta`, `cta_already_closed`, "
        "`invalid_input`, `idempotency_conflict`; empty where it is. At most 1."
    )
    message: str | None = strawberry.field(
        description="Why it failed; at most 2,000 characters.",
        deprecation_reason="Use `problems`, which have a code. To be removed on 2027-11-26.",
    )

    @resolved("The CTA as it is now; null where it is unknown.")
    async def cta(self, info: Info) -> Cta | None:
        """Load it."""
        return await cta_at(info, *self.place)

    @resolved("Its account as it is now, with what the change set in motion; null where it is unknown.")
    async def account(self, info: Info) -> Account | None:
        """Load its account."""
        return await account_at(info, self.place[0])


@strawberry.type(description="Each CTA has its result; each account is a transaction of its own.")
class CtasChanged:
    """Results."""

    rows: list[CtaChangeRow] = strawberry.field(description="The results, in the order of the ids; at most 500.")
    changed: int = strawberry.field(description="How many were changed.")
    has_more: bool = strawberry.field(description="Whether the filter chose more; repeat the call with a new key.")
    replayed: bool = strawberry.field(
        description="Whether the key was used before; what an interrupted call had left is done now."
    )


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
    ids = [cta_of(each, f"input.ids.{index}") for index, each in enumerate(given.ids or ())]
    done = await info.context.change(cta_bulk.change_ctas, _command(given, ids))
    places = {each: ids.index(each) for each in dict.fromkeys(ids)}
    return CtasChanged(
        rows=[_row(each, places) for each in done.results],
        changed=sum(each.note is BulkNote.CHANGED for each in done.results),
        has_more=done.has_more,
        replayed=done.replayed,
    )


def _command(given: ChangeCtasInput, ids: Sequence[CtaId]) -> cta_bulk.ChangeCtas:
    return cta_bulk.ChangeCtas(
        idempotency_key=given.idempotency_key,
        ids=tuple(ids),
        choose=None if given.choose is None else given.choose.to_domain(),
        outcome=given.outcome,
        owner=given.owner,
        priority=given.priority,
        due_at=given.due_at,
        flagged=given.is_flagged,
        comment=given.comment,
        expected_revisions=tuple(
            (account_of(each.account_id, f"input.expectedRevisions.{index}.accountId"), each.revision)
            for index, each in enumerate(given.expected_revisions or ())
        ),
    )


_CODES = {
    BulkNote.UNKNOWN: (ProblemCode.UNKNOWN_CTA, "there is no such CTA; read the account's `openCtas` again"),
    BulkNote.ALREADY_CLOSED: (ProblemCode.CTA_ALREADY_CLOSED, "the CTA is closed; `cta` has its outcome"),
}
"""What is wrong with a CTA that was left as it is."""


def _row(result: cta_bulk.BulkResult, places: Mapping[CtaId, int]) -> CtaChangeRow:
    place = (result.account_id, result.cta_id)
    path = ["input", "ids", str(places[place])] if place in places else ["input", "filter"]
    code, message = result.code, result.message
    if result.note in _CODES:
        code, message = str(_CODES[result.note][0].value), _CODES[result.note][1]
    return CtaChangeRow(
        place=place,
        cta_id=strawberry.ID(global_id("Cta", *place)),
        note=result.note,
        problems=[] if code is None or message is None else [RowIssue(path=path, code=code, message=message)],
        message=result.message,
    )
