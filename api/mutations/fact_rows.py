"""Rows of facts as they come and go: a row that cannot be read never fails the others."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import strawberry

from api.ids import account_of
from api.scalars import LooseValue
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.domain.refused_row import RowIssue
from lifecycle_fsm.services.intake.rows import Kind
from lifecycle_fsm.services.observe import FactRow, RowNote, RowResult
from lifecycle_fsm.services.refused_rows import NotTaken


@strawberry.input(description="One value of one account, of a measure or of a fact.")
class FactRowInput:
    """One value."""

    account_id: strawberry.ID | None = strawberry.field(
        default=None, description="The account's id, unless `accountKey` is given; at most 500 characters."
    )
    account_key: str | None = strawberry.field(
        default=None,
        description="What the account's system of record calls it, unless `accountId` is given; 1 to 500 characters.",
    )
    measure: str | None = strawberry.field(
        default=None, description="The measure's key, unless `fact` is given; at most 100 characters."
    )
    fact: str | None = strawberry.field(
        default=None, description="The fact's key, unless `measure` is given; at most 100 characters."
    )
    value: LooseValue | None = strawberry.field(
        default=None, description="The value in its unit or type; null or blank text for unknown."
    )
    observed_at: datetime | None = strawberry.field(
        default=None, description="When it was observed, from 1900 to now; now where it is left out."
    )


def read_rows(given: Sequence[FactRowInput]) -> tuple[dict[int, FactRow], dict[int, RowResult]]:
    """The rows whose account can be read, and the results of the others, both by index."""
    rows: dict[int, FactRow] = {}
    refused: dict[int, RowResult] = {}
    for index, row in enumerate(given):
        try:
            rows[index] = _row(row)
        except InvalidInput as error:
            refused[index] = RowResult(index, RowNote.REJECTED, error.code, error.message, f"rows.{index}.{error.path}")
    return rows, refused


def unread(given: Sequence[FactRowInput], refused: Mapping[int, RowResult]) -> tuple[NotTaken, ...]:
    """The rows whose account cannot be read, as services keep them."""
    return tuple(_unread(given[index], result) for index, result in refused.items())


def placed(results: Sequence[RowResult], rows: Mapping[int, FactRow], given: Sequence[FactRowInput]) -> list[RowResult]:
    """The results of a service, which counted only the rows that it got and knows no names of ours."""
    return [_placed(result, index, given[index]) for index, result in zip(rows, results, strict=True)]


def in_order(*results: RowResult) -> list[RowResult]:
    """All results in the order of the request."""
    return sorted(results, key=lambda result: result.index)


def _unread(given: FactRowInput, result: RowResult) -> NotTaken:
    content = {
        "accountId": given.account_id,
        "accountKey": given.account_key,
        "measure": given.measure,
        "fact": given.fact,
        "value": given.value,
    }
    kind = Kind.FACTS if given.measure is None else Kind.MEASURES
    path = (result.path or "").split(".")[-1]
    issues = (RowIssue(path, result.code or "", result.message or ""),)
    return NotTaken(kind.value, result.index + 1, content, issues, subject=given.measure or given.fact or "")


def _row(given: FactRowInput) -> FactRow:
    value = given.value
    assert value is None or isinstance(value, (bool, int, float, str))
    return FactRow(
        account=_account(given),
        value=value,
        measure=given.measure,
        fact=given.fact,
        observed_at=given.observed_at,
        account_key=given.account_key,
    )


def _account(given: FactRowInput) -> UUID:
    if (given.account_id is None) == (given.account_key is None):
        seen = "neither" if given.account_key is None else "both"
        raise InvalidInput(f"`accountId` or `accountKey` is needed; you gave {seen}", path="accountId")
    if given.account_key is not None:
        return account_id_for(given.account_key)
    assert given.account_id is not None
    return account_of(given.account_id, "accountId")


def _placed(result: RowResult, index: int, given: FactRowInput) -> RowResult:
    if result.path is None:
        return replace(result, index=index)
    name = result.path.split(".")[-1]
    if name == "account":
        name = "accountId" if given.account_key is None else "accountKey"
    return replace(result, index=index, path=f"rows.{index}.{name}")
