"""Mutation `closeCta`: a person ends a CTA."""

from typing import Annotated, Union, assert_never

import strawberry

from api.context import Info
from api.ids import cta_of
from api.mutations.answer import answered
from api.mutations.inputs import COMMENT, KEY, REPLAYED, REVISION
from api.resolvers import resolved
from api.types.account import Account
from api.types.cta import Cta
from api.types.history import HistoryRecord
from api.types.problems import (
    CtaAlreadyClosed,
    Forbidden,
    IdempotencyConflict,
    InvalidInput,
    StaleRevision,
    UnknownAccount,
    UnknownCta,
)
from lifecycle_fsm.domain.cta import CtaOutcome
from lifecycle_fsm.services import ctas


@strawberry.input(description="Which CTA to close, and how it ended.")
class CloseCtaInput:
    """A command to close."""

    cta_id: strawberry.ID = strawberry.field(description="The CTA's id; at most 500 characters.")
    outcome: CtaOutcome = strawberry.field(description="How it ended.")
    idempotency_key: str = strawberry.field(description=KEY)
    expected_revision: int | None = strawberry.field(default=None, description=REVISION)
    comment: str | None = strawberry.field(default=None, description=COMMENT)


@strawberry.type(description="The CTA is closed.")
class CtaClosed:
    """A closed CTA."""

    account: Account = strawberry.field(description="The account, with what the closing set in motion.")
    cta: Cta = strawberry.field(description="The CTA with its outcome.")
    records: list[HistoryRecord] = strawberry.field(
        description="The closing, then what followed from it, in order; at most 100."
    )
    replayed: bool = strawberry.field(description=REPLAYED)


CloseCtaResult = Annotated[
    Union[  # noqa: UP007 # strawberry names a union by its annotation
        CtaClosed,
        UnknownCta,
        CtaAlreadyClosed,
        UnknownAccount,
        StaleRevision,
        Forbidden,
        InvalidInput,
        IdempotencyConflict,
    ],
    strawberry.union("CloseCtaResult", description="What became of a CTA."),
]


@strawberry.type
class CloseCta:
    """Field of the mutation root."""

    @resolved("Close a CTA with its outcome and evaluate the account at once, so that chains go on.")
    async def close_cta(
        self,
        info: Info,
        given: Annotated[CloseCtaInput, strawberry.argument(name="input", description="The command.")],
    ) -> CloseCtaResult:
        """Close it, and say what came of it."""
        return await answered(_close(info, given), account="ctaId")


async def _close(info: Info, given: CloseCtaInput) -> CtaClosed | UnknownCta | CtaAlreadyClosed:
    account_id, cta_id = cta_of(given.cta_id, "input.ctaId")
    command = ctas.CloseCta(
        account_id=account_id,
        cta_id=cta_id,
        outcome=given.outcome,
        idempotency_key=given.idempotency_key,
        comment=given.comment,
        expected_revision=given.expected_revision,
    )
    outcome = await info.context.change(ctas.close_cta, command)
    match outcome:
        case ctas.CtaMissing():
            return UnknownCta(message="the account has no such CTA; read its `openCtas` again")
        case ctas.CtaEnded() | ctas.CtaAlreadyClosed():
            return _shown(outcome)
    assert_never(outcome)


def _shown(outcome: ctas.CtaEnded | ctas.CtaAlreadyClosed) -> CtaClosed | CtaAlreadyClosed:
    account = Account(view=outcome.account)
    cta = Cta.of(outcome.account.profile.account_id, outcome.cta, outcome.account.as_of)
    if isinstance(outcome, ctas.CtaAlreadyClosed):
        message = "the CTA was closed before by another command; `cta` has the outcome that counts"
        return CtaAlreadyClosed(message=message, account=account, cta=cta)
    records = [HistoryRecord.of(record) for record in outcome.records]
    return CtaClosed(account=account, cta=cta, records=records, replayed=outcome.replayed)
