"""Outside values checked against the catalog, one row at a time: a bad row never spoils the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from enum import StrEnum
from uuid import UUID

from lifecycle_fsm.domain.catalog import Catalog
from lifecycle_fsm.domain.fields import Field, Value, fact_field, measure_field
from lifecycle_fsm.domain.intake import Outside, Refusal, take_fact, take_instant, take_measure
from lifecycle_fsm.store.facts import Observation


@dataclass(frozen=True, slots=True)
class FactRow:
    """
    One value of one account: of a measure or of a fact, not both.

    `observed_at` of None is the present. `account_key` is what the sender called the
    account, so that a refusal can repeat it.
    """

    account: UUID
    value: Outside
    measure: str | None = None
    fact: str | None = None
    observed_at: datetime | None = None
    account_key: str | None = None


class RowNote(StrEnum):
    """What became of a row."""

    RECORDED = "recorded"
    """It is the newest value, and what guards now see."""
    LATE = "late"
    """A newer value was known: it went to history only."""
    UNCHANGED = "unchanged"
    """It was known already: nothing was written."""
    REJECTED = "rejected"
    """It was refused; the message says why."""


@dataclass(frozen=True, slots=True)
class RowResult:
    """The result of the row with this index, from 0; `code`, `message` and `path` are there when it was rejected."""

    index: int
    note: RowNote
    code: str | None = None
    message: str | None = None
    path: str | None = None

    @classmethod
    def refused(cls, message: str, path: str) -> "RowResult":
        """A value that is refused where it stands alone."""
        return cls(0, RowNote.REJECTED, "invalid_input", message, path)

    @property
    def accepted(self) -> bool:
        """Whether the row was let in."""
        return self.note is not RowNote.REJECTED


@dataclass(frozen=True, slots=True)
class Checked:
    """Rows that may be written, by index, and the results of those that may not."""

    observations: dict[int, Observation]
    rejected: dict[int, RowResult]


def check_rows(
    rows: Sequence[FactRow], catalog: Catalog, known: frozenset[UUID], source: str, as_of: datetime
) -> Checked:
    """Check rows against the catalog and the accounts that exist."""
    checked = Checked({}, {})
    for index, row in enumerate(rows):
        outcome = _check(index, row, catalog, known, as_of)
        if isinstance(outcome, RowResult):
            checked.rejected[index] = outcome
        else:
            field, value, observed_at = outcome
            checked.observations[index] = Observation(row.account, field, value, observed_at, source)
    return checked


def _check(
    index: int, row: FactRow, catalog: Catalog, known: frozenset[UUID], as_of: datetime
) -> RowResult | tuple[Field, Value, datetime]:
    if row.account not in known:
        return _rejected(index, "unknown_account", _unknown_account(row), "account")
    observed_at = as_of if row.observed_at is None else take_instant(row.observed_at)
    if observed_at is None or observed_at > as_of:
        message = f"the value was observed at {str(row.observed_at)!r}; expected from 1900 to now, with a time zone"
        return _rejected(index, "invalid_input", message, "observedAt")
    named = _named(row, catalog)
    if isinstance(named, tuple):
        field, taken = named
        if isinstance(taken, Refusal):
            return _rejected(index, "invalid_input", taken.message, "value")
        return field, taken, observed_at
    return _rejected(index, named.code, named.message, named.path)


def _unknown_account(row: FactRow) -> str:
    named = f"the id {str(row.account)!r}" if row.account_key is None else f"the key {row.account_key[:60]!r}"
    return f"there is no account with {named}; import or register it first"


@dataclass(frozen=True, slots=True)
class _Misnamed:
    code: str
    message: str
    path: str


def _named(row: FactRow, catalog: Catalog) -> tuple[Field, Value | Refusal] | _Misnamed:
    match row.measure, row.fact:
        case str(measure), None:
            spec = catalog.measures.get(measure)
            if spec is None:
                return _unknown("measure", measure, list(catalog.measures))
            return measure_field(measure), take_measure(spec, row.value)
        case None, str(fact):
            described = catalog.facts.get(fact)
            if described is None:
                return _unknown("fact", fact, list(catalog.facts))
            return fact_field(fact, described.kind), take_fact(described, row.value)
        case _:
            return _Misnamed(
                "invalid_input", "a row names either a measure or a fact; this one names both or none", "measure"
            )


def _unknown(kind: str, name: str, known: list[str]) -> _Misnamed:
    close = get_close_matches(name, known, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"the catalog has: {', '.join(known[:20]) or 'none'}"
    return _Misnamed(f"unknown_{kind}", f"there is no {kind} {name[:60]!r}; {hint}", kind)


def _rejected(index: int, code: str, message: str, path: str) -> RowResult:
    return RowResult(index, RowNote.REJECTED, code, message, f"rows.{index}.{path}")
