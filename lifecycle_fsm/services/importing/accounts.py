"""A file of accounts is imported, batch by batch, so that it can be repeated at any time."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import BinaryIO, Protocol
from uuid import UUID

from lifecycle_fsm.definition.import_map import missing_columns, read_import_map
from lifecycle_fsm.domain.access import Actor, Capability, require, require_everything
from lifecycle_fsm.domain.catalog import Catalog
from lifecycle_fsm.domain.errors import InvalidInput, MachineNotFound
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.domain.refused_row import RowIssue
from lifecycle_fsm.services.changes import Stamp
from lifecycle_fsm.services.evaluate import RunSummary
from lifecycle_fsm.services.importing.account_rows import AccountReader
from lifecycle_fsm.services.importing.csv_rows import BrokenRow, Row, read_rows
from lifecycle_fsm.services.importing.encoding import check_encoding
from lifecycle_fsm.services.importing.header import read_header
from lifecycle_fsm.services.importing.outcomes import ImportCounts, Imported, MapRefused, Problem, RejectedRow
from lifecycle_fsm.services.intake.rows import Kind
from lifecycle_fsm.services.refused_rows import Matter, NotTaken, keep_refused, resolve
from lifecycle_fsm.services.register import (
    LARGEST_BATCH,
    AccountNote,
    AccountResult,
    AccountRow,
    Registered,
    take_accounts,
)
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.ids import new_id


@dataclass(frozen=True, slots=True)
class ImportAccounts:
    """
    Ask to import a CSV file of accounts; `file` and `map_file` are the names that messages show.

    `observed_at` is when the values were observed, where the file has no column for
    it: the same instant makes a repeated import change nothing. `batch` is how many
    rows one transaction writes.
    """

    file: str
    stream: BinaryIO
    map_file: str
    map_content: bytes
    observed_at: datetime
    batch: int = 500
    dry_run: bool = False


class Follower(Protocol):
    """Hears how an import goes on."""

    def begun(self, header: Sequence[str], size: int) -> None:
        """The columns and the size in bytes are known; rows follow."""

    def rejected(self, row: RejectedRow, /) -> None:
        """A row was refused."""

    def went_on(self, counts: ImportCounts, /) -> None:
        """A batch was written."""


def import_accounts(world: World, actor: Actor, wanted: ImportAccounts, follower: Follower) -> Imported | MapRefused:
    """
    Create the accounts of a file or bring them up to date, each batch in one transaction.

    A row with a problem is rejected whole, and the others of its batch are written. When
    the database fails nothing of the batch stays, and those before it do; repeat the
    import to go on.

    Raises:
        Forbidden: the actor may not record facts.
        InvalidInput: the file is not UTF-8 or has no usable first line, or an argument is out of range.
        MachineNotFound: nothing has been published, so that no measure or fact is known.
    """
    require(actor, Capability.RECORD_FACTS)
    require_everything(actor)
    as_of = world.clock()
    _check(wanted, as_of)
    catalog = _catalog(world)
    read = read_import_map(wanted.map_file, wanted.map_content, catalog)
    if read.mapping is None:
        return MapRefused(read.diagnostics)
    size = check_encoding(wanted.stream, wanted.file)
    rows = read_rows(wanted.stream, read.mapping.delimiter)
    header = read_header(rows, wanted.file)
    missing = missing_columns(read.mapping, header)
    if missing:
        return MapRefused(missing)
    follower.begun(header, size)
    reader = AccountReader(read.mapping, header, catalog, wanted.observed_at, as_of)
    return _Import(world, actor, wanted, follower, reader).run(rows)


def _check(wanted: ImportAccounts, as_of: datetime) -> None:
    if not 1 <= wanted.batch <= LARGEST_BATCH:
        raise InvalidInput(f"the batch is {wanted.batch} rows; expected 1 to {LARGEST_BATCH}", path="batch")
    if wanted.observed_at > as_of:
        seen = wanted.observed_at.isoformat()
        raise InvalidInput(f"the values were observed at {seen!r}; expected an instant up to now", path="observed_at")


def _catalog(world: World) -> Catalog:
    with world.database.reading() as connection:
        catalog = world.shelf.catalog(connection)
    if not catalog.measures and not catalog.facts:
        raise MachineNotFound(
            "no measure and no fact is known to this store; publish definitions with `lifecycle-fsm publish DIR` first"
        )
    return catalog


@dataclass(frozen=True, slots=True)
class _Import:
    """One import on its way through the file."""

    world: World
    actor: Actor
    wanted: ImportAccounts
    follower: Follower
    reader: AccountReader

    def run(self, rows: Iterator[Row | BrokenRow]) -> Imported:
        """Write batch after batch."""
        counts, summary = ImportCounts(), RunSummary()
        while batch := list(islice(rows, self.wanted.batch)):
            registered, rejected = self._write(batch)
            for row in rejected:
                self.follower.rejected(row)
            notes = Counter(result.note for result in registered.rows)
            counts = counts.with_batch(notes, len(rejected))
            summary += registered.summary
            self.follower.went_on(counts)
        return Imported(counts, summary)

    def _write(self, batch: Sequence[Row | BrokenRow]) -> tuple[Registered, list[RejectedRow]]:
        read = [(row, self.reader.read(row)) for row in batch]
        accepted = [(row, account) for row, account in read if isinstance(account, AccountRow)]
        rejected = [account for _, account in read if isinstance(account, RejectedRow)]
        with self.world.database.writing() as connection:
            stamp = self._stamp()
            registered = self._register(connection, [account for _, account in accepted], stamp)
            pairs = [(row, each, result) for (row, each), result in zip(accepted, registered.rows, strict=True)]
            rejected += [_refused(*pair) for pair in pairs if pair[2].note is AccountNote.REJECTED]
            rejected.sort(key=lambda row: row.line)
            taken = {_matter(result.account_id) for *_, result in pairs if result.note is not AccountNote.REJECTED}
            resolve(connection, stamp, taken)
            keep_refused(connection, stamp, [_not_taken(self.reader.header, row) for row in rejected])
            if self.wanted.dry_run:
                connection.rollback()
        return registered, rejected

    def _stamp(self) -> Stamp:
        as_of = self.world.clock()
        source = f"import {self.wanted.file}"
        return Stamp(recorded_at=as_of, actor=self.actor.name, run_id=new_id(to_ms(as_of)), source=source)

    def _register(self, connection: Connection, accounts: Sequence[AccountRow], stamp: Stamp) -> Registered:
        if not accounts:
            return Registered((), RunSummary())
        return take_accounts(self.world, connection, accounts, stamp)


def _refused(row: Row | BrokenRow, account: AccountRow, result: AccountResult) -> RejectedRow:
    problems = tuple(Problem(problem.message or "") for problem in result.problems)
    return RejectedRow(row.line, problems, row.cells if isinstance(row, Row) else (row.text,), account.key)


def _matter(account_id: UUID) -> Matter:
    return Matter(Kind.ACCOUNTS.value, account_id, "")


def _not_taken(header: Sequence[str], row: RejectedRow) -> NotTaken:
    fits = len(row.cells) == len(header)
    content = dict(zip(header, row.cells, strict=True)) if fits else row.cells
    issues = tuple(RowIssue(each.column or "", "invalid_input", each.message) for each in row.problems)
    account_id = account_id_for(row.key) if row.key else None
    return NotTaken(Kind.ACCOUNTS.value, row.line, content, issues, account_id, row.key or None)
