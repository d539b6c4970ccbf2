"""Where accounts say that they are, taken as far as their rows were followed."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped] # it has no stubs

from lifecycle_fsm.store.columns.arrays import Numbers, Octets, coded, numbers_of, octets_of, texts_of
from lifecycle_fsm.store.columns.doubt import demand


@dataclass(frozen=True, slots=True)
class Ends:
    """Where accounts end, one after the other: shapes (n, 16), (n,), (n, 32), and (n,) for names by number."""

    accounts: Octets
    revisions: Numbers
    hashes: Octets
    stages: Numbers
    machines: Numbers

    def part(self, begin: int, end: int | None = None) -> "Ends":
        """Those from one place until before another."""
        cut = slice(begin, end)
        parts = (self.accounts[cut], self.revisions[cut], self.hashes[cut])
        return Ends(*parts, self.stages[cut], self.machines[cut])

    def chosen(self, places: Numbers) -> "Ends":
        """Those at these places."""
        parts = (self.accounts[places], self.revisions[places], self.hashes[places])
        return Ends(*parts, self.stages[places], self.machines[places])

    def then(self, others: "Ends") -> "Ends":
        """These and others behind them."""
        accounts, hashes = (
            np.concatenate(both) for both in ((self.accounts, others.accounts), (self.hashes, others.hashes))
        )
        revisions, stages, machines = (
            np.concatenate(both)
            for both in (
                (self.revisions, others.revisions),
                (self.stages, others.stages),
                (self.machines, others.machines),
            )
        )
        return Ends(accounts, revisions, hashes, stages, machines)

    def is_as(self, others: "Ends") -> bool:
        """Whether all of it is the same."""
        pairs = (
            (self.accounts, others.accounts),
            (self.revisions, others.revisions),
            (self.hashes, others.hashes),
            (self.stages, others.stages),
            (self.machines, others.machines),
        )
        return all(np.array_equal(ours, theirs) for ours, theirs in pairs)

    def __len__(self) -> int:
        return len(self.revisions)


class Names(dict[str | None, int]):
    """Numbers for names, so that rows are compared by number."""

    MOST = 100_000

    def __missing__(self, name: str | None) -> int:
        demand(len(self) < self.MOST, "so many names")
        self[name] = number = len(self)
        return number


class Heads:
    """The heads of accounts that have rows, in order; `accounts` counts all that were seen."""

    def __init__(self, pages: Iterator[pa.RecordBatch], names: Names) -> None:
        self._pages = pages
        self._names = names
        self._waiting = NO_ENDS
        self.accounts = 0

    def take(self, number: int) -> Ends:
        """The next so many; fewer where there are no more."""
        while len(self._waiting) < number and (page := next(self._pages, None)) is not None:
            self.accounts += len(page)
            self._waiting = self._waiting.then(self._with_rows(page))
        taken, self._waiting = self._waiting.part(0, number), self._waiting.part(number)
        return taken

    def _with_rows(self, page: pa.RecordBatch) -> Ends:
        for column in ("account_id", "head_hash", "stage", "machine"):
            demand(page[column].null_count == 0, f"absent: {column}")
        revisions, hashes = numbers_of(page["revision"]), octets_of(page["head_hash"], 32)
        some = (revisions != 0) | hashes.any(axis=1)
        stages, machines = (self._numbers(texts_of(page[column])) for column in ("stage", "machine"))
        accounts = octets_of(page["account_id"], 16)
        return Ends(accounts[some], revisions[some], hashes[some], stages[some], machines[some])

    def _numbers(self, texts: pa.Array) -> Numbers:
        which, different = coded(texts)
        return np.array([self._names[each] for each in different], dtype=np.int64)[which]


def _no_ends() -> Ends:
    nothing = np.empty(0, dtype=np.int64)
    octets = np.empty((0, 16), dtype=np.uint8)
    return Ends(octets, nothing, np.empty((0, 32), dtype=np.uint8), nothing, nothing)


NO_ENDS = _no_ends()
