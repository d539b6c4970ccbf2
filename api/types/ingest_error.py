"""Rows that came in and were refused, and which of them a list shows."""

from datetime import datetime

import strawberry

from api.ids import account_of, global_id
from api.types.batch import RowIssue
from api.types.history_filter import HistoryPeriod, aware
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.intake import take_text
from lifecycle_fsm.domain.refused_row import steps_of
from lifecycle_fsm.services.intake.rows import Kind
from lifecycle_fsm.services.refused_rows import RefusedFilter, RefusedRow


@strawberry.type(description="A row that came in and was refused, as it came last.")
class IngestError:
    """A refused row."""

    id: strawberry.ID = strawberry.field(
        description="The same for the same row of the same source; at most 500 characters."
    )
    kind: Kind = strawberry.field(description="What the row is.")
    source: str = strawberry.field(description="Where it comes from; at most 500 characters.")
    run_id: strawberry.ID = strawberry.field(
        description="Names its batch; what the other rows of the batch set in motion has it in history. "
        "At most 500 characters."
    )
    row: int = strawberry.field(
        description="Its place in the request or the file, from 1; of an imported CSV file of accounts, its line."
    )
    account_id: strawberry.ID | None = strawberry.field(
        description="The account that it is about; null where there is none. At most 500 characters."
    )
    account_key: str | None = strawberry.field(
        description="What its sender calls the account; null where it does not say. At most 500 characters."
    )
    subject: str | None = strawberry.field(
        description="The key of its measure, fact or milestone; null for an account's. At most 500 characters."
    )
    issues: list[RowIssue] = strawberry.field(description="What is wrong with it; at most 300.")
    content: str = strawberry.field(description="The row as JSON; its first 2,000 characters.")
    is_cut: bool = strawberry.field(description="Whether the row is longer than that.")
    first_refused_at: datetime = strawberry.field(description="When it was refused first.")
    refused_at: datetime = strawberry.field(description="When it was refused last.")
    times: int = strawberry.field(description="How often it came and was refused.")
    resolved_at: datetime | None = strawberry.field(
        description="When a later batch brought a row about the same account, and the same measure, fact or milestone, "
        "that was taken; null where none has."
    )

    @classmethod
    def of(cls, row: RefusedRow) -> "IngestError":
        """Show a refused row."""
        account = global_id("Account", row.account_id) if row.account_id is not None and row.has_account else None
        issues = [RowIssue(path=steps_of(each.path), code=each.code, message=each.message) for each in row.issues]
        return cls(
            id=strawberry.ID(global_id("IngestError", row.id)),
            kind=Kind(row.kind),
            source=row.source,
            run_id=strawberry.ID(global_id("Run", row.batch_id)),
            row=row.place,
            account_id=None if account is None else strawberry.ID(account),
            account_key=row.account_key,
            subject=row.subject or None,
            issues=issues,
            content=row.content,
            is_cut=row.is_cut,
            first_refused_at=row.first_at,
            refused_at=row.refused_at,
            times=row.times,
            resolved_at=row.resolved_at,
        )


@strawberry.input(
    name="IngestErrorFilter",
    description="Chooses refused rows. What is left out or null chooses all; what is given must all apply.",
)
class IngestErrorFilterInput:
    """A filter of refused rows."""

    kind: Kind | None = strawberry.field(default=None, description="Of this kind.")
    source: str | None = strawberry.field(default=None, description="Of this source; 1 to 500 printable characters.")
    code: str | None = strawberry.field(
        default=None, description="Whose first issue has this code; 1 to 500 printable characters."
    )
    account_id: strawberry.ID | None = strawberry.field(
        default=None, description="About this account; at most 500 characters."
    )
    is_resolved: bool | None = strawberry.field(
        default=None, description="True for those that a later row resolved, false for the others."
    )
    refused: HistoryPeriod | None = strawberry.field(default=None, description="When it was refused last.")

    def to_domain(self) -> RefusedFilter:
        """
        Give the filter as services know it.

        Raises:
            InvalidInput: a text is none, the id is not that of an account, or an instant has no time zone.
        """
        refused = self.refused or HistoryPeriod()
        return RefusedFilter(
            kind=None if self.kind is None else self.kind.value,
            source=_text(self.source, "source"),
            code=_text(self.code, "code"),
            account_id=None if self.account_id is None else account_of(self.account_id, "filter.accountId"),
            is_resolved=self.is_resolved,
            since=aware(refused.since, "refused.since"),
            before=aware(refused.before, "refused.before"),
        )


def _text(given: str | None, name: str) -> str | None:
    if given is not None and take_text(given) != given:
        message = f"the {name} is {given[:40]!r}; expected 1 to 500 printable characters"
        raise InvalidInput(message, path=f"filter.{name}")
    return given
