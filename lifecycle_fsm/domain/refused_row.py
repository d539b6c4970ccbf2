"""A row that came in and was refused, and which of them one wants to see."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

GROUPS = frozenset({"facts", "measures", "attributes"})
"""Members of a row that hold values by key."""


def steps_of(path: str) -> list[str]:
    """The way to a value: `facts.account.arr` is the member `account.arr` of `facts`, for keys have points, too."""
    group, point, member = path.partition(".")
    if point and group in GROUPS:
        return [group, member]
    return [path] if path else []


@dataclass(frozen=True, slots=True)
class RowIssue:
    """What is wrong with one value; `path` names it with points between, and is empty for the whole row."""

    path: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """
    Hold a row as it was refused last.

    `place` counts from 1 in what was sent: the row of a request or file, or the line of an imported CSV file of
    accounts. `subject` is the key of its measure, fact or milestone, empty for an account or where it names none.
    `content` is the row as JSON, `is_cut` where it is longer than what is kept. `resolved_at` is when a row about
    the same thing was taken.
    """

    id: UUID
    kind: str
    source: str
    batch_id: UUID
    place: int
    account_id: UUID | None
    account_key: str | None
    subject: str
    issues: tuple[RowIssue, ...]
    content: str
    is_cut: bool
    first_at: datetime
    refused_at: datetime
    times: int = 1
    resolved_at: datetime | None = None
    has_account: bool = False


@dataclass(frozen=True, slots=True)
class RefusedFilter:
    """Choose refused rows; None chooses all. `code` is that of the first issue."""

    kind: str | None = None
    source: str | None = None
    code: str | None = None
    account_id: UUID | None = None
    is_resolved: bool | None = None
    since: datetime | None = None
    before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Matter:
    """What a row is about: two rows about the same one say the same thing at different times."""

    kind: str
    account_id: UUID
    subject: str
