"""Queries by which an auditor checks history, here and without us."""

from collections.abc import Awaitable
from datetime import datetime
from typing import Annotated

import strawberry

from api.context import Info
from api.ids import account_of, verification_of
from api.pagination import page_request
from api.resolvers import resolved
from api.selection import asks_for
from api.types.connection import Connection, connection_of
from api.types.history_download import HistoryDownload
from api.types.history_filter import HistoryPeriod
from api.types.paging import After, Before, First, Last
from api.types.proof import Checkpoint, HistoryVerification, Proof
from api.types.verification import Verification
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.services.audit.export import choose_rows, foresee_export
from lifecycle_fsm.services.audit.export_file import Form
from lifecycle_fsm.services.audit.proofs import Proof as Made
from lifecycle_fsm.services.audit.proofs import list_checkpoints, prove_growth, prove_row
from lifecycle_fsm.services.audit.verification import list_verifications
from lifecycle_fsm.services.audit.verify import Extent, verify_small


@strawberry.type
class ProofQueries:
    """Fields of the query root."""

    @resolved(
        "Verify history now: chains, heads, stages, evidence, and every decision anew. Without an account the whole "
        "store of at most 100,000 records, with published texts, audit entries, the log and its checkpoints; for more "
        "there is `startVerification`. Needs the capability REVIEW_HISTORY over all accounts."
    )
    async def verify_history(
        self,
        info: Info,
        account_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="The account; null for all. At most 500 characters.")
        ] = None,
        since: Annotated[
            datetime | None,
            strawberry.argument(description="Evidence and decisions only of records from this instant on."),
        ] = None,
        before: Annotated[
            datetime | None, strawberry.argument(description="Evidence and decisions only of records before this.")
        ] = None,
    ) -> HistoryVerification:
        """Verify, and report."""
        account = None if account_id is None else account_of(account_id, "accountId")
        return HistoryVerification.of(await info.context.call(verify_small, Extent(account, since, before)))

    @resolved(
        "A verification, by its id; null when there is none. Needs the capability READ_HISTORY over all accounts."
    )
    async def verification(
        self,
        info: Info,
        given_id: Annotated[
            strawberry.ID, strawberry.argument(name="id", description="Its id; at most 500 characters.")
        ],
    ) -> Verification | None:
        """Load one verification."""
        kept = await info.context.loaders.verifications.load(verification_of(given_id, "id"))
        return None if kept is None else Verification(kept=kept)

    @resolved(
        "A page of the verifications that were asked for, newest first. Needs `first` or `last`, 1 to 100; anything "
        "else is an error. Needs the capability READ_HISTORY over all accounts."
    )
    async def verifications(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Verification]:
        """Load a page of verifications."""
        page = page_request(first, after, last, before, with_total=asks_for(info, "totalCount"))
        found = await info.context.call(list_verifications, page)
        return connection_of(found, lambda kept: Verification(kept=kept))

    @resolved(
        "The newest checkpoints that were signed, newest first; at most 1,000. Keep them outside of this product. "
        "Needs the capability READ_HISTORY."
    )
    async def checkpoints(self, info: Info) -> list[Checkpoint]:
        """List what was signed."""
        return [Checkpoint.of(each) for each in await info.context.call(list_checkpoints)]

    @resolved(
        "Proof that a record is in the log that the newest checkpoint signs; null where none covers it yet. "
        "Needs the capability READ_HISTORY over all accounts."
    )
    async def inclusion_proof(
        self,
        info: Info,
        account_id: Annotated[strawberry.ID, strawberry.argument(description="The account; at most 500 characters.")],
        seq: Annotated[int, strawberry.argument(description="The record's place in its history, from 1.")],
    ) -> Proof | None:
        """Prove a record."""
        return await _found(info.context.call(prove_row, account_of(account_id, "accountId"), seq))

    @resolved(
        "Proof that the log of one checkpoint is the beginning of that of a later one; null without two such. "
        "Needs the capability READ_HISTORY over all accounts."
    )
    async def consistency_proof(
        self,
        info: Info,
        old_size: Annotated[int, strawberry.argument(description="The size of the earlier checkpoint.")],
        new_size: Annotated[int, strawberry.argument(description="The size of the later checkpoint.")],
    ) -> Proof | None:
        """Prove growth."""
        return await _found(info.context.call(prove_growth, old_size, new_size))

    @resolved(
        "Where the history can be downloaded as a file with its proofs: of all accounts, of one, of what the rules of "
        "a segment decided, of a period of recording. Nothing is exported by asking. Needs the capability "
        "READ_HISTORY over all accounts."
    )
    async def history_download(
        self,
        info: Info,
        form: Annotated[Form, strawberry.argument(description="How it is written.")] = Form.NDJSON,
        account_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="The account; null for all. At most 500 characters.")
        ] = None,
        segment: Annotated[
            str | None, strawberry.argument(description="The segment; null for all. At most 500 characters.")
        ] = None,
        recorded: Annotated[
            HistoryPeriod | None, strawberry.argument(description="When records were written down; null for always.")
        ] = None,
    ) -> HistoryDownload:
        """Name the address."""
        if account_id is not None:
            account_of(account_id, "accountId")
        period = recorded or HistoryPeriod()
        await info.context.call(foresee_export, choose_rows(segment, period.since, period.before))
        return HistoryDownload.of(form, account_id, segment, period)


async def _found(proof: Awaitable[Made]) -> Proof | None:
    try:
        return Proof.of(await proof)
    except InvalidInput:
        return None
