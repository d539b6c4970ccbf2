"""Mutation `recordFacts`: measures and facts arrive."""

from typing import Annotated, Union

import strawberry

from api.context import Info
from api.mutations.answer import answered, demand_reading
from api.mutations.fact_rows import FactRowInput, in_order, placed, read_rows, unread
from api.mutations.inputs import KEY, REPLAYED
from api.resolvers import resolved
from api.types.account import Account
from api.types.history import HistoryRecord
from api.types.problems import Forbidden, IdempotencyConflict, InvalidInput
from lifecycle_fsm.domain import errors
from lifecycle_fsm.services import ingest
from lifecycle_fsm.services.observe import RowNote
from lifecycle_fsm.services.observe import RowResult as Result


@strawberry.input(description="What was observed about accounts.")
class RecordFactsInput:
    """A command to record."""

    rows: list[FactRowInput] = strawberry.field(description="The values, 1 to 1,000; each gets its own result.")
    source: str = strawberry.field(description="Where they come from; 1 to 500 printable characters.")
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.type(description="What became of one row.")
class FactRowResult:
    """The result of a row."""

    index: int = strawberry.field(description="The row's place in the input, from 0.")
    is_accepted: bool = strawberry.field(description="Whether the row was let in.")
    note: RowNote = strawberry.field(description="What became of it.")
    code: str | None = strawberry.field(
        description="Why it was rejected, for programs: `invalid_input`, `unknown_account`, `unknown_measure`, "
        "`unknown_fact`; null when it was accepted."
    )
    message: str | None = strawberry.field(
        description="Why it was rejected, for people; null when it was accepted. At most 2,000 characters."
    )
    path: list[str] | None = strawberry.field(
        description="Where the refused value stands, from the argument down; null when it was accepted. At most 10."
    )

    @classmethod
    def of(cls, result: Result) -> "FactRowResult":
        """Show a result."""
        return cls(
            index=result.index,
            is_accepted=result.accepted,
            note=result.note,
            code=result.code,
            message=result.message,
            path=None if result.path is None else ["input", *result.path.split(".")],
        )


@strawberry.type(description="The rows were looked at one by one; a rejected one does not stop the others.")
class FactsRecorded:
    """The results of a batch."""

    rows: list[FactRowResult] = strawberry.field(description="The result of each row, in the order of the input.")
    accounts: list[Account] = strawberry.field(
        description="The accounts that changed, at most 100; empty when the outcome is replayed. "
        "A large batch is evaluated later."
    )
    records: list[HistoryRecord] = strawberry.field(
        description="What happened to these accounts; empty when the outcome is replayed. At most 10,000."
    )
    replayed: bool = strawberry.field(description=REPLAYED)


RecordFactsResult = Annotated[
    Union[FactsRecorded, Forbidden, InvalidInput, IdempotencyConflict],  # noqa: UP007 # strawberry names it
    strawberry.union("RecordFactsResult", description="What became of a batch of facts."),
]


@strawberry.type
class RecordFacts:
    """Field of the mutation root."""

    @resolved("Record measures and facts, and evaluate their accounts at once where the batch is small.")
    async def record_facts(
        self,
        info: Info,
        given: Annotated[RecordFactsInput, strawberry.argument(name="input", description="The command.")],
    ) -> RecordFactsResult:
        """Record them, and say what came of each."""
        problem = await answered(_record(info, given))
        assert isinstance(problem, FactsRecorded | Forbidden | InvalidInput | IdempotencyConflict)
        return problem


async def _record(info: Info, given: RecordFactsInput) -> FactsRecorded:
    demand_reading(info)
    if not 1 <= len(given.rows) <= ingest.LARGEST_BATCH:
        message = f"the batch has {len(given.rows)} rows; expected 1 to {ingest.LARGEST_BATCH}"
        raise errors.InvalidInput(message, path="input.rows")
    rows, refused = read_rows(given.rows)
    command = ingest.RecordFacts(
        tuple(rows.values()),
        given.source,
        given.idempotency_key,
        unread(given.rows, refused),
        tuple(index + 1 for index in rows),
    )
    outcome = await info.context.change(ingest.record_facts, command)
    return _shown(in_order(*placed(outcome.rows, rows, given.rows), *refused.values()), outcome)


def _shown(results: list[Result], outcome: ingest.Ingested) -> FactsRecorded:
    return FactsRecorded(
        rows=[FactRowResult.of(result) for result in results],
        accounts=[Account(view=view) for view in outcome.accounts],
        records=[HistoryRecord.of(record) for record in outcome.records],
        replayed=outcome.replayed,
    )
