"""The Merkle log held to the rows, and every signed checkpoint to the log."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from lifecycle_fsm.domain.audit import AuditKind, Check, Flaw
from lifecycle_fsm.services.audit.signing import Checkpoint, open_note, read_verifier
from lifecycle_fsm.store.checkpoints import stored_notes, stored_verifiers
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.merkle_log import (
    AUDIT_CHAIN,
    Edge,
    Named,
    count_unlogged,
    forged_leaves,
    kept_nodes,
    read_leaves,
    rows_put_between,
)
from lifecycle_fsm.store.stored_entries import readable_entries

_MOST = 1_000


@dataclass(frozen=True, slots=True)
class Signed:
    """Checkpoints and public keys that the caller keeps outside the store, which nobody inside can have changed."""

    notes: tuple[str, ...] = ()
    verifiers: tuple[str, ...] = ()


@dataclass(slots=True)
class LogReport:
    """Count the leaves and checkpoints that were checked, and the rows that the log is still to take."""

    leaves: int = 0
    checkpoints: int = 0
    unlogged: int = 0
    flaws: list[Flaw] = field(default_factory=list)


def check_log(connection: Connection, outside: Signed) -> LogReport:
    """Check that rows, log and checkpoints say the same."""
    report = LogReport(unlogged=count_unlogged(connection))
    report.flaws.extend(_forged(leaf) for leaf in forged_leaves(connection, _MOST))
    report.flaws.extend(
        Flaw(Check.LOG, "the row was put before one that the log has", each.account_id, each.seq, each.place)
        for each in rows_put_between(connection, _MOST)
    )
    stated = _Stated(report)
    stated.take(connection, outside)
    edge = _rebuilt(connection, stated, report)
    report.leaves = edge.size
    stated.end(edge)
    return report


def _forged(leaf: Named) -> Flaw:
    message = "the row is gone or another than the log has"
    if leaf.account_id == AUDIT_CHAIN:
        return Flaw(Check.LOG, message, seq=leaf.seq, subject="audit entries")
    return Flaw(Check.LOG, message, leaf.account_id, leaf.seq, leaf.place)


def _rebuilt(connection: Connection, stated: "_Stated", report: LogReport) -> Edge:
    """Build the tree again from its leaves, and hold kept nodes and checkpoints to it."""
    edge, kept = Edge(), kept_nodes(connection)
    stated.reach(edge)
    for at, row_hash in read_leaves(connection):
        if at != edge.size or not isinstance(row_hash, bytes):
            report.flaws.append(Flaw(Check.LOG, "the leaf is missing", subject=f"leaf {edge.size}"))
            break
        for level, position, node in edge.append(row_hash):
            if kept.get((level, position)) != node:
                report.flaws.append(Flaw(Check.LOG, "the node is another", subject=f"node {level}/{position}"))
        stated.reach(edge)
    return edge


class _Stated:
    """What checkpoints say, by size, until the log that is built again reaches it."""

    def __init__(self, report: LogReport) -> None:
        self._report = report
        self._waiting: dict[int, list[tuple[Checkpoint, str]]] = {}

    def take(self, connection: Connection, outside: Signed) -> None:
        """Take every checkpoint, of the store and of the caller, whose signature is right."""
        inside = self._added(connection)
        for size, note in stored_notes(connection):
            self._open(note, outside.verifiers or inside, f"checkpoint {size}")
        for place, note in enumerate(outside.notes, 1):
            self._open(note, outside.verifiers or inside, f"given checkpoint {place}")

    def _added(self, connection: Connection) -> tuple[str, ...]:
        """The public keys of the store that an audit entry speaks of; whoever adds one beside it is told."""
        entries = [each.entry for each in readable_entries(connection)]
        spoken_of = {entry.subject for entry in entries if entry.kind is AuditKind.KEY_ADDED}
        kept = stored_verifiers(connection)
        for key in kept:
            if key not in spoken_of:
                self._tell("no audit entry says who added it, so that it is not trusted", f"key {key}")
        return tuple(key for key in kept if key in spoken_of)

    def reach(self, edge: Edge) -> None:
        """Hold the checkpoints of this size to the log."""
        for checkpoint, subject in self._waiting.pop(edge.size, ()):
            if checkpoint.root != edge.root:
                self._tell("the log has another root than was signed", subject)

    def end(self, edge: Edge) -> None:
        """Tell the checkpoints that the log does not reach."""
        for size in sorted(self._waiting):
            for _, subject in self._waiting[size]:
                self._tell(f"{size - edge.size} of the leaves that were signed are gone", subject)

    def _open(self, note: str, verifiers: Sequence[str], subject: str) -> None:
        self._report.checkpoints += 1
        found = next((opened for key in verifiers if (opened := open_note(note, read_verifier(key)))), None)
        if found is None:
            self._tell("no key that is trusted signed it", subject)
        else:
            self._waiting.setdefault(found.size, []).append((found, subject))

    def _tell(self, message: str, subject: str) -> None:
        self._report.flaws.append(Flaw(Check.CHECKPOINT, message, subject=subject))
