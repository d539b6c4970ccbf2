"""Mutation `startVerification`: a worker verifies history, however much there is of it."""

from datetime import datetime
from typing import Annotated, Union
from uuid import NAMESPACE_URL, uuid5

import strawberry

from api.context import Info
from api.ids import account_of
from api.mutations.inputs import KEY, REPLAYED
from api.mutations.plan_answer import answered_once
from api.resolvers import resolved
from api.types.problems import Forbidden, IdempotencyConflict, InvalidInput, UnknownAccount
from api.types.verification import Verification
from lifecycle_fsm.domain import errors
from lifecycle_fsm.services.audit.verification import start_verification
from lifecycle_fsm.services.audit.verify import Extent
from lifecycle_fsm.services.commands import check_key


@strawberry.input(description="What to verify.")
class StartVerificationInput:
    """A command to verify."""

    idempotency_key: str = strawberry.field(description=KEY)
    account_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="The only account; null for all, with published texts, audit entries, the log and its "
        "checkpoints. At most 500 characters.",
    )
    since: datetime | None = strawberry.field(
        default=None, description="Evidence and decisions only of records from this instant on; chains are whole."
    )
    before: datetime | None = strawberry.field(
        default=None, description="Evidence and decisions only of records before this instant."
    )


@strawberry.type(description="The verification waits for a worker, or goes on; read it again by its id.")
class VerificationStarted:
    """A verification that was asked for."""

    verification: Verification = strawberry.field(description="The verification, as it stands.")
    replayed: bool = strawberry.field(description=REPLAYED)


StartVerificationResult = Annotated[
    Union[  # noqa: UP007 # strawberry names it
        VerificationStarted, UnknownAccount, Forbidden, InvalidInput, IdempotencyConflict
    ],
    strawberry.union("StartVerificationResult", description="What became of the wish for a verification."),
]


@strawberry.type
class StartVerification:
    """Field of the mutation root."""

    @resolved(
        "Have history verified by a worker: chains, heads, stages, evidence, and every decision anew. It goes on after "
        "a restart, and who verified what with which result becomes an audit entry. The same key asks once. "
        "Needs the capability REVIEW_HISTORY over all accounts."
    )
    async def start_verification(
        self,
        info: Info,
        given: Annotated[StartVerificationInput, strawberry.argument(name="input", description="The wish.")],
    ) -> StartVerificationResult:
        """Ask, and say what came of it."""
        try:
            return await answered_once(_start(info, given))
        except errors.UnknownAccount as error:
            return UnknownAccount(message=error.message)


async def _start(info: Info, given: StartVerificationInput) -> VerificationStarted:
    check_key(given.idempotency_key)
    account_id = None if given.account_id is None else account_of(given.account_id, "accountId")
    asked_by = info.context.actor.name
    own_id = uuid5(NAMESPACE_URL, f"lifecycle-fsm:verification:{asked_by}:{given.idempotency_key}")
    extent = Extent(account_id, given.since, given.before)
    started = await info.context.change(start_verification, extent, own_id)
    return VerificationStarted(verification=Verification(kept=started.what), replayed=started.replayed)
