"""Whether history is as it was written, and every decision the one that its evidence gives."""

from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from multiprocessing import get_context
from uuid import UUID

from lifecycle_fsm.domain.access import Actor, Capability, require, require_everything
from lifecycle_fsm.domain.audit import Flaw
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.services.audit.decisions import DecisionChecker
from lifecycle_fsm.services.audit.interrupts import deaf_to_interrupts
from lifecycle_fsm.services.audit.log_check import Signed, check_log
from lifecycle_fsm.services.audit.machines import Library, open_library
from lifecycle_fsm.services.audit.marks import check_marks
from lifecycle_fsm.services.audit.quick_look import Held, QuickLook
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.audit_chain import ChainFollower
from lifecycle_fsm.store.audit_entries import count_entries
from lifecycle_fsm.store.audit_rows import Span, count_rows, is_sound, read_evidence, read_heads, read_log, split
from lifecycle_fsm.store.chained import read_chained
from lifecycle_fsm.store.database import Connection, Database
from lifecycle_fsm.store.instants import optional_ms
from lifecycle_fsm.store.raw import any_text
from lifecycle_fsm.store.stored_entries import EVIDENCE_BEFORE, check_entries, noted_instant

MOST_FLAWS = 1_000
"""How many flaws a report names; it counts all of them."""

MOST_ROWS_AT_ONCE = 100_000
"""How many rows are verified while somebody waits."""

_PARTS = 64


@dataclass(frozen=True, slots=True)
class Extent:
    """
    Say what to verify.

    Chains are always followed from their first row; inputs and decisions are checked
    of rows recorded from `since` until before `until`. Without `decisions` only the
    chains and heads are. The whole store is also held to its log, its checkpoints and
    those of `outside`.
    """

    account_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    decisions: bool = True
    outside: Signed = field(default_factory=Signed)


@dataclass(slots=True)
class Report:
    """
    Count what was checked, and name what failed.

    `excepted` counts rows that were not decided again, by kind; `undecided_of` sorts them. `erased` rows keep their
    place in the chain, but the law took what they were judged on; of `let_go` rows
    retention did, and an audit entry says so. `unlogged` rows are
    too young for the Merkle log; no checkpoint covers them yet.
    """

    accounts: int = 0
    rows: int = 0
    inputs: int = 0
    decided: int = 0
    erased: int = 0
    let_go: int = 0
    documents: int = 0
    entries: int = 0
    leaves: int = 0
    unlogged: int = 0
    checkpoints: int = 0
    excepted: Counter[str] = field(default_factory=Counter)
    flaws: list[Flaw] = field(default_factory=list)
    failed: int = 0

    @property
    def holds(self) -> bool:
        """Whether everything that was checked is as it should be."""
        return self.failed == 0

    def tell(self, flaws: Iterable[Flaw]) -> None:
        """Take note of flaws."""
        for flaw in flaws:
            self.failed += 1
            if len(self.flaws) < MOST_FLAWS:
                self.flaws.append(flaw)

    def add(self, other: "Report") -> None:
        """Take over what another part of the store came to."""
        self.accounts += other.accounts
        self.rows += other.rows
        self.inputs += other.inputs
        self.decided += other.decided
        self.erased += other.erased
        self.let_go += other.let_go
        self.documents += other.documents
        self.entries += other.entries
        self.leaves += other.leaves
        self.unlogged += other.unlogged
        self.checkpoints += other.checkpoints
        self.excepted += other.excepted
        self.flaws.extend(other.flaws[: MOST_FLAWS - len(self.flaws)])
        self.failed += other.failed


Told = Callable[[int, int], None]
"""Told after each part: so many are done, of so many."""


def verify(
    world: World,
    actor: Actor,
    extent: Extent | None = None,
    *,
    processes: int = 1,
    look: QuickLook | None = None,
    told: Told | None = None,
) -> Report:
    """
    Check history, reading only, and say what does not hold; chains that hold at a quick look are not followed again.

    Raises:
        Forbidden: the actor may not read history.
    """
    require(actor, Capability.READ_HISTORY)
    require_everything(actor)
    wanted = extent or Extent()
    report = Report()
    with _reading(world.database) as connection:
        _verify_shared(connection, wanted, report)
    spans = _spans(wanted)
    for done, part in enumerate(_parts(world, wanted, spans, _Work(processes, look)), 1):
        report.add(part)
        if told is not None:
            told(done, len(spans))
    return in_order(report)


def part_count(extent: Extent) -> int:
    """Into how many parts a verification is cut, one after the other: what belongs to no account comes first."""
    return 1 + len(_spans(extent))


def verify_part(connection: Connection, extent: Extent, part: int) -> Report:
    """Check one part in one snapshot; parts are counted from 0."""
    with any_text(connection):
        if part == 0:
            report = Report()
            _verify_shared(connection, extent, report)
            return report
        return verify_span(connection, open_library(connection), _spans(extent)[part - 1], extent)


def verify_parts(
    world: World, extent: Extent, first: int, processes: int, look: QuickLook | None = None
) -> Generator[Report]:
    """Check the parts from this one on; what each came to, in their order."""
    if first == 0:
        with world.database.reading() as connection:
            shared = verify_part(connection, extent, 0)
        yield shared
    yield from _parts(world, extent, _spans(extent)[max(first - 1, 0) :], _Work(processes, look))


def in_order(report: Report) -> Report:
    """The report with its flaws by place."""
    report.flaws.sort(key=_place)
    return report


def _spans(extent: Extent) -> tuple[Span, ...]:
    return split(_PARTS) if extent.account_id is None else (Span(extent.account_id, extent.account_id),)


def verify_small(world: World, actor: Actor, extent: Extent) -> Report:
    """
    Check one account, or a store that is small enough for somebody to wait for.

    Raises:
        Forbidden: the actor may not review the history of everything.
        InvalidInput: there are more than 100,000 rows, or the period has no time zone.
    """
    require(actor, Capability.REVIEW_HISTORY)
    require_everything(actor)
    if any(each is not None and each.tzinfo is None for each in (extent.since, extent.until)):
        raise InvalidInput("the period needs instants with a time zone", path="since")
    with world.database.reading() as connection:
        rows = 0 if extent.account_id is not None else count_rows(connection)
    if rows > MOST_ROWS_AT_ONCE:
        message = f"there are {rows:,} rows; name an account, or run `lifecycle-fsm verify`"
        raise InvalidInput(message, path="accountId")
    return verify(world, actor, extent)


def _verify_shared(connection: Connection, extent: Extent, report: Report) -> None:
    """Check what belongs to no account: published texts, audit entries, the log and its checkpoints."""
    library = open_library(connection)
    report.documents = library.documents
    report.tell(library.flaws)
    if extent.account_id is not None:
        return
    report.tell(check_entries(connection))
    report.tell(check_marks(connection))
    report.entries = count_entries(connection)
    log = check_log(connection, extent.outside)
    report.leaves, report.unlogged, report.checkpoints = log.leaves, log.unlogged, log.checkpoints
    report.tell(log.flaws)


def _place(flaw: Flaw) -> tuple[str, str, int]:
    return flaw.subject or "", "" if flaw.account_id is None else str(flaw.account_id), flaw.seq or 0


@dataclass(frozen=True, slots=True)
class _Work:
    """Say how many processes share the work, and who looks first."""

    processes: int
    look: QuickLook | None

    def held(self, span: Span) -> Held | None:
        """What a quick look came to."""
        return None if self.look is None else self.look.at(span)


def _parts(world: World, extent: Extent, spans: tuple[Span, ...], work: _Work) -> Iterator[Report]:
    if work.processes > 1:
        yield from _parts_apart(world, extent, spans, work)
        return
    with _reading(world.database) as connection:
        library = open_library(connection)
        for span in spans:
            yield verify_span(connection, library, span, extent, work.held(span))


def _parts_apart(world: World, extent: Extent, spans: tuple[Span, ...], work: _Work) -> Iterator[Report]:
    """Let a thread for each process take spans: first they are looked at, then a process does the rest."""
    url = world.database.url.render_as_string(hide_password=False)
    pool, threads = ProcessPoolExecutor(work.processes, get_context("spawn")), ThreadPoolExecutor(work.processes)

    def part(span: Span) -> Report:
        held = work.held(span)
        with deaf_to_interrupts():
            asked = pool.submit(_verify_apart, url, span, extent, held)
        return asked.result()

    try:
        yield from (each.result() for each in [threads.submit(part, span) for span in spans])
    finally:
        threads.shutdown(cancel_futures=True)
        pool.shutdown(cancel_futures=True)


@contextmanager
def _reading(database: Database) -> Iterator[Connection]:
    """A snapshot in which even what is no text can be read."""
    with database.reading() as connection, any_text(connection):
        yield connection


def verify_span(
    connection: Connection, library: Library, span: Span, extent: Extent, held: Held | None = None
) -> Report:
    """Check the accounts of one span in one snapshot; chains of which somebody saw that they hold are not followed."""
    report = _followed(connection, span) if held is None else Report(*held)
    _decide_again(connection, library, span, extent, report)
    return report


def _followed(connection: Connection, span: Span) -> Report:
    report = Report()
    chain = ChainFollower(read_heads(connection, span))
    for page in read_chained(connection, span):
        report.tell(chain.follow(page))
    report.tell(chain.end())
    report.accounts, report.rows = chain.accounts, chain.rows
    return report


def _decide_again(connection: Connection, library: Library, span: Span, extent: Extent, report: Report) -> None:
    """Hold the rows of a span to their evidence, and add to a report what that came to."""
    let_go_before = noted_instant(connection, EVIDENCE_BEFORE)
    decisions = DecisionChecker(library, optional_ms(extent.since), optional_ms(extent.until), let_go_before)
    for read in read_log(connection, span) if extent.decisions else ():
        rows = [row for row in read if is_sound(row)]
        report.tell(decisions.check(rows, read_evidence(connection, rows)))
    report.tell(decisions.end())
    report.inputs, report.decided, report.erased = decisions.inputs, decisions.decided, decisions.erased
    report.let_go, report.excepted = decisions.let_go, decisions.excepted


def _verify_apart(url: str, span: Span, extent: Extent, held: Held | None) -> Report:
    database, library = _opened(url)
    with _reading(database) as connection:
        return verify_span(connection, library, span, extent, held)


@lru_cache(maxsize=1)
def _opened(url: str) -> tuple[Database, Library]:
    """The database and the machines of a worker process, opened once."""
    database = Database(url, connections=1)
    with _reading(database) as connection:
        return database, open_library(connection)
