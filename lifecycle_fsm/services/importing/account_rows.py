"""Rows of a file to accounts: every cell that the mapping names is checked, and all that is wrong is said at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial

from lifecycle_fsm.definition.import_map import ImportMap
from lifecycle_fsm.domain.catalog import Catalog
from lifecycle_fsm.domain.intake import take_fact, take_measure
from lifecycle_fsm.services.importing.cells import Cells, Take
from lifecycle_fsm.services.importing.csv_rows import BrokenRow, Row
from lifecycle_fsm.services.importing.outcomes import Problem, RejectedRow
from lifecycle_fsm.services.register import AccountRow

_SHOWN = 40


@dataclass
class AccountReader:
    """
    Read the accounts of one file.

    `observed_at` is when the values were observed where no column says it. `lines` keeps
    where each key was seen: an account stands in a file once.
    """

    mapping: ImportMap
    header: Sequence[str]
    catalog: Catalog
    observed_at: datetime
    as_of: datetime
    lines: dict[str, int] = field(default_factory=dict)

    def read(self, row: Row | BrokenRow) -> AccountRow | RejectedRow:
        """Read one row, or say everything that is wrong with it."""
        if isinstance(row, BrokenRow):
            return RejectedRow(row.line, (Problem(row.message),), (row.text,))
        if len(row.cells) != len(self.header):
            message = f"the row has {len(row.cells)} columns; expected {len(self.header)}, as line 1 has"
            return RejectedRow(row.line, (Problem(message),), row.cells)
        cells = Cells(self._places, row.cells)
        account = self._account(cells)
        self._check_once(cells, account.key, row.line)
        return RejectedRow(row.line, tuple(cells.problems), row.cells, account.key) if cells.problems else account

    def _account(self, cells: Cells) -> AccountRow:
        mapping = self.mapping
        key = cells.key(mapping.key)
        return AccountRow(
            key=key,
            name=cells.text(mapping.name) or key,
            csm=cells.text(mapping.csm),
            attributes=cells.texts(mapping.attributes),
            measures=cells.values(mapping.measures, self._measures, mapping.blank),
            facts=cells.values(mapping.facts, self._facts, mapping.blank),
            observed_at=cells.instant(mapping.observed_at, self.as_of) or self.observed_at,
            stage=cells.text(mapping.stage),
            entered_at=cells.instant(mapping.entered_at, self.as_of),
        )

    def _check_once(self, cells: Cells, key: str, line: int) -> None:
        first = self.lines.setdefault(key, line) if key else line
        if first != line:
            cells.refuse(self.mapping.key, f"the account {key[:_SHOWN]!r} stands in line {first} already")

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {name: place for place, name in enumerate(self.header)}

    @cached_property
    def _measures(self) -> Mapping[str, Take]:
        return {key: partial(take_measure, self.catalog.measures[key]) for key in self.mapping.measures}

    @cached_property
    def _facts(self) -> Mapping[str, Take]:
        return {key: partial(take_fact, self.catalog.facts[key]) for key in self.mapping.facts}
