"""What rows of reports are made from, and how a report is read from the rows that its numbers count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from sqlalchemy import Column, ColumnElement, CompoundSelect, Select, Subquery, case, select

from lifecycle_fsm.domain.access import Portfolio
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.moments import DAY_MS, to_ms
from lifecycle_fsm.domain.reports.scope import ReportScope
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.store.kept_entries import Kept, Part
from lifecycle_fsm.store.layout import Layout
from lifecycle_fsm.store.reports.scoping import ms
from lifecycle_fsm.store.scope import within
from lifecycle_fsm.store.tables.accounts import account_state

LONGEST_DAYS = 3_650

Rows = Select[*tuple[object, ...]] | CompoundSelect[*tuple[object, ...]]
"""One row for each thing that a report counts: `account_id` and the columns by which it is counted."""


WHOLE: tuple[UUID | None, UUID | None] = (None, None)
"""The piece that has no ends."""


@dataclass(frozen=True, slots=True)
class Asked:
    """
    What a report is asked: a scope, by whom, its parameters, where values lie, what is kept, on which database.

    `pieces` are the accounts with which pieces of them end; of a `piece` the account before it and its last one,
    None where it has no end.
    """

    scope: ReportScope
    portfolio: Portfolio
    layout: Layout
    parameters: Mapping[str, str] = field(default_factory=dict)
    machines: Sequence[Machine] = ()
    is_sqlite: bool = False
    kept: Kept | None = None
    pieces: Sequence[UUID] = ()
    piece: tuple[UUID | None, UUID | None] = WHOLE

    @property
    def at(self) -> ColumnElement[int]:
        """The date of the scope."""
        return ms(to_ms(self.scope.as_of))

    def text(self, key: str) -> str:
        """
        A parameter.

        Raises:
            InvalidInput: it is missing.
        """
        found = self.parameters.get(key)
        if found is None:
            raise InvalidInput(f"the address has no `ask.{key}`; give it as a report gave it", path="filter.behind")
        return found

    def number(self, key: str) -> int:
        """
        A parameter that is a whole number.

        Raises:
            InvalidInput: it is missing, or none.
        """
        return int(as_number(self.text(key), key))

    @property
    def span(self) -> ColumnElement[int]:
        """
        The parameter `days` in milliseconds.

        Raises:
            InvalidInput: it is missing, or not between 1 and 3,650.
        """
        days = self.number("days")
        if not 0 < days <= LONGEST_DAYS:
            raise InvalidInput(f"`ask.days` is {days}; expected 1 to {LONGEST_DAYS}", path="filter.behind")
        return ms(days * DAY_MS)

    @property
    def parts(self) -> "tuple[Asked, ...]":
        """The same asked of accounts apart: of those whose enterings are kept, piece by piece, and of the others."""
        if self.kept is None:
            return (self.whole,)
        followed, behind = (replace(self, kept=self.kept._replace(part=part)) for part in (Part.FOLLOWED, Part.BEHIND))
        return followed.whole if "start" in self.parameters else followed, behind.whole

    @property
    def whole(self) -> "Asked":
        """The same asked at once: what no index has in the order of accounts."""
        return replace(self, pieces=())


def as_number(text: str, key: str) -> float:
    """
    A number as an address has it.

    Raises:
        InvalidInput: it is none, or has more than 53 bits.
    """
    try:
        found = float(text)
    except ValueError:
        found = float("inf")
    if not abs(found) < 2**53:
        raise InvalidInput(f"`{key}` of the address is {text[:40]!r}; expected a number", path="filter.behind")
    return found


def is_limited(asked: Asked) -> bool:
    """Whether only some accounts are seen, or only those of a CSM asked for."""
    return asked.scope.csm is not None or bool(within(asked.portfolio))


def owned(account_id: Column[UUID] | ColumnElement[UUID], asked: Asked) -> list[ColumnElement[bool]]:
    """The conditions under which an account is seen, of the piece, and has the scope's CSM now; none for everything."""
    conditions = within(asked.portfolio)
    if asked.scope.csm is not None:
        conditions.append(account_state.c.csm == asked.scope.csm)
    owned = [account_id.in_(select(account_state.c.account_id).where(*conditions))] if conditions else []
    return [*owned, *of_piece(account_id, asked)]


def of_piece(account_id: Column[UUID] | ColumnElement[UUID], asked: Asked) -> list[ColumnElement[bool]]:
    """The conditions under which an account is of the piece that is asked for; none for all."""
    after, last = asked.piece
    return [*([] if after is None else [account_id > after]), *([] if last is None else [account_id <= last])]


def flag(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """1 where a condition holds, 0 where it does not or is unknown."""
    return case((condition, 1), else_=0)


def accounts_behind(rows: Rows, counted: Mapping[str, str | None]) -> Select[UUID]:
    """
    The accounts of the rows that have these values.

    `NAME_from` and `NAME_to` bound a number, both included.

    Raises:
        InvalidInput: the rows have no such column, or it holds something else.
    """
    found = rows.subquery()
    conditions = [_condition(found, key, value) for key, value in counted.items()]
    return select(found.c.account_id).where(*conditions)


def _condition(rows: Subquery, key: str, value: str | None) -> ColumnElement[bool]:
    name, bound = next(((key.removesuffix(end), end) for end in ("_from", "_to") if key.endswith(end)), (key, ""))
    column = rows.c.get(name)
    if column is None or name == "account_id":
        raise InvalidInput(f"{name[:40]!r} is nothing that the report counts by", path="filter.behind")
    if value is None:
        return column.is_(None)
    given = value if column.type.python_type is str else as_number(value, key)
    if bound:
        return column >= given if bound == "_from" else column <= given
    return column == given
