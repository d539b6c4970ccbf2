"""What of a batch was refused, and what its other rows settle."""

from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.domain.refused_row import Matter, RowIssue
from lifecycle_fsm.services.intake.milestones import MilestoneRow
from lifecycle_fsm.services.intake.rows import BrokenRow, IntakeRow, Kind, RowProblem, text_in
from lifecycle_fsm.services.observe import FactRow, RowResult
from lifecycle_fsm.services.refused_rows import NotTaken
from lifecycle_fsm.services.register import AccountRow

_SUBJECT = {Kind.FACTS: "fact", Kind.MEASURES: "measure", Kind.MILESTONES: "milestone"}


def refused_of(kind: Kind, given: Sequence[object], problems: Iterable[RowProblem], before: int) -> Iterator[NotTaken]:
    """The rows with problems, as they were sent; `before` of the same request or file came earlier."""
    issues: dict[int, list[RowIssue]] = {}
    for each in problems:
        issues.setdefault(each.index, []).append(RowIssue(each.path, each.code, each.message))
    for index, found in issues.items():
        row = given[index]
        key = _named(row, "key" if kind is Kind.ACCOUNTS else "account")
        yield NotTaken(
            kind.value,
            before + index + 1,
            row.text if isinstance(row, BrokenRow) else row,
            tuple(found),
            account_id_for(key) if key else None,
            key or None,
            _named(row, _SUBJECT[kind]) if kind in _SUBJECT else "",
        )


def matter_of(kind: Kind, row: IntakeRow) -> Matter:
    """What a row is about."""
    match row:
        case AccountRow(key=key):
            return Matter(kind.value, account_id_for(key), "")
        case FactRow(account=account):
            return fact_matter(account, row.measure, row.fact)
        case MilestoneRow(account=account, milestone=milestone):
            return Matter(kind.value, account, milestone)


def fact_matter(account: UUID, measure: str | None, fact: str | None) -> Matter:
    """What a row is about that names a measure or a fact."""
    if measure is not None:
        return Matter(Kind.MEASURES.value, account, measure)
    return Matter(Kind.FACTS.value, account, fact or "")


def fact_not_taken(row: FactRow, result: RowResult, place: int) -> NotTaken:
    """A value that was refused, in the words that rows of values have."""
    about = fact_matter(row.account, row.measure, row.fact)
    path = (result.path or "").split(".")[-1]
    issue = RowIssue(path, result.code or "", result.message or "")
    return NotTaken(about.kind, place, _content(row), (issue,), row.account, row.account_key, about.subject)


def _content(row: FactRow) -> dict[str, object]:
    names = {"measure": row.measure, "fact": row.fact, "observedAt": row.observed_at and row.observed_at.isoformat()}
    named = {name: value for name, value in names.items() if value is not None}
    return {"account": row.account_key or str(row.account), **named, "value": row.value}


def _named(row: object, name: str) -> str:
    return text_in(row.get(name)) or "" if isinstance(row, dict) else ""
