"""Every account's chain followed from its first row to its head, a page at a time."""

from collections.abc import Sequence

import numpy as np

from lifecycle_fsm.store.audit_rows import Text
from lifecycle_fsm.store.columns.arrays import Flags, Numbers, differ
from lifecycle_fsm.store.columns.canonical import hashes_of
from lifecycle_fsm.store.columns.doubt import demand
from lifecycle_fsm.store.columns.heads import NO_ENDS, Ends, Heads, Names
from lifecycle_fsm.store.columns.page import RowPage


class ColumnFollower:
    """
    Follow rows by account and number, and doubt where `ChainFollower` would find a flaw.

    Between pages it keeps the last row, whose account may go on. `rows` counts those that hold.
    """

    def __init__(self, heads: Heads, names: Names) -> None:
        self._heads = heads
        self._names = names
        self._last = NO_ENDS
        self.rows = 0

    def follow(self, page: RowPage) -> None:
        """
        Go on with these rows, of which there is at least one.

        Raises:
            Doubt: something does not hold.
        """
        demand(hashes_of(page) == page.own.tobytes(), "contents that were not hashed")
        here, known = self._places(page), len(self._last)
        before = self._last.then(here.part(0, len(here) - 1))
        begins = np.ones(len(here), dtype=np.bool_)
        begins[1 - known :] = differ(here.accounts[1 - known :], before.accounts)
        self._demand_beginnings(page, begins)
        self._demand_order(page, before, begins, known)
        self._demand_heads(before.chosen(np.flatnonzero(begins[1 - known :])))
        self._last = here.part(len(here) - 1)
        self.rows += len(here)

    def end(self) -> None:
        """
        Hold the last account to its head, and demand that no other has one.

        Raises:
            Doubt: something does not hold.
        """
        self._demand_heads(self._last)
        demand(len(self._heads.take(1)) == 0, "an account whose rows are missing")

    def _places(self, page: RowPage) -> Ends:
        reached = self._named(page, [reached for _, _, reached, _ in page.kinds])
        machines = self._named(page, [machine for _, _, _, machine in page.kinds])
        return Ends(page.accounts, page.seqs, page.own, reached, machines)

    def _named(self, page: RowPage, of_kinds: Sequence[Text]) -> Numbers:
        return np.array([self._names[name] for name in of_kinds], dtype=np.int64)[page.kind]

    def _demand_beginnings(self, page: RowPage, begins: Flags) -> None:
        demand((page.seqs[begins] == 1).all(), "a first row that is not row 1")
        demand(not page.previous[begins].any(), "a first row that follows something")

    def _demand_order(self, page: RowPage, before: Ends, begins: Flags, known: int) -> None:
        """Demand that each row that begins no chain follows the one before it."""
        rows = slice(1 - known, None)
        left = self._named(page, [left for _, left, _, _ in page.kinds])[rows]
        follows = (page.seqs[rows] == before.revisions + 1) & (left == before.stages)
        follows &= ~differ(page.previous[rows], before.hashes)
        demand((follows | begins[rows]).all(), "a row that does not follow the one before it")

    def _demand_heads(self, ends: Ends) -> None:
        demand(ends.is_as(self._heads.take(len(ends))), "a head that is another")
