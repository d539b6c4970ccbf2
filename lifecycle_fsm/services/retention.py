"""Finished work that is older than it has to be is let go, with an audit entry that says how much; history never is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import orjson

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.audit import AuditKind
from lifecycle_fsm.domain.moments import from_ms, to_ms
from lifecycle_fsm.domain.retention import SHORTEST_EVIDENCE, Keep, Kept
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.audit_entries import AuditEntry, Detail, append_entry
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.retention import EvidencePlace, count_evidence, count_old, forget, forget_evidence
from lifecycle_fsm.store.stored_entries import EVIDENCE_BEFORE, EVIDENCE_DONE, noted_instant

PAGE = 1_000

_SUBJECT = "retention"


@dataclass(slots=True)
class _Position:
    """How far one run of retention has come: what it let go, and the evidence that it is at, before an instant."""

    gone: dict[str, int] = field(default_factory=dict)
    before: int | None = None
    evidence: EvidencePlace | None = None

    def text(self) -> str:
        place = self.evidence and (self.evidence.recorded_at, self.evidence.account_id.hex, self.evidence.seq)
        return orjson.dumps([self.gone, self.before, place]).decode()

    @classmethod
    def read(cls, text: str) -> "_Position":
        gone, before, place = orjson.loads(text)
        return cls(gone, before, place and EvidencePlace(place[0], UUID(hex=place[1]), place[2]))


def foresee_retention(world: World, actor: Actor, keep: Keep) -> dict[Kept, int]:
    """
    How much a run of retention would let go now; nothing is changed.

    Raises:
        Forbidden: the actor may not evaluate.
    """
    require(actor, Capability.EVALUATE)
    now = world.clock()
    with world.database.reading() as connection:
        return {what: count_old(connection, what, before) for what, before in _limits(keep, now).items()}


def retain_page(world: World, actor: Actor, keep: Keep, position: str | None = None) -> str | None:
    """
    Let go of some thousand of what is older than it has to be, and give where to go on; None when nothing is left.

    Raises:
        Forbidden: the actor may not evaluate.
    """
    at, more = _page(world, actor, keep, None if position is None else _Position.read(position))
    return at.text() if more else None


def retain(world: World, actor: Actor, keep: Keep) -> dict[Kept, int]:
    """
    Let go of everything that is older than it has to be, and say how much that was.

    Raises:
        Forbidden: the actor may not evaluate.
    """
    at, more = _page(world, actor, keep, None)
    while more:
        at, more = _page(world, actor, keep, at)
    return {what: at.gone.get(what.value, 0) for what in Kept}


def _page(world: World, actor: Actor, keep: Keep, at: _Position | None) -> tuple[_Position, bool]:
    """One page; the audit entry that allows rows to be without evidence is made before any of it goes."""
    require(actor, Capability.EVALUATE)
    now = world.clock()
    limits = _limits(keep, now)
    with world.database.writing() as connection:
        at = at or _begun(connection, actor, limits, now)
        more = _forget_some(connection, limits, at)
        if not more and any(at.gone.values()):
            details: dict[str, Detail] = {**at.gone, **({} if at.before is None else {EVIDENCE_DONE: at.before})}
            append_entry(connection, AuditEntry(AuditKind.RETAINED, actor.name, _SUBJECT, now, details))
    return at, more


def _limits(keep: Keep, now: datetime) -> dict[Kept, datetime]:
    """The instant before which each of them goes; what is kept for ever is absent."""
    spans = {what: keep.of(what) for what in Kept}
    if keep.evidence is not None:
        spans[Kept.EVIDENCE] = max(keep.evidence, SHORTEST_EVIDENCE)
    return {what: now - span for what, span in spans.items() if span is not None}


def _begun(connection: Connection, actor: Actor, limits: Mapping[Kept, datetime], now: datetime) -> _Position:
    """Where a run begins; where evidence is to go, an audit entry says so first."""
    before, done = limits.get(Kept.EVIDENCE), noted_instant(connection, EVIDENCE_DONE)
    if before is None or not count_evidence(connection, done, before):
        return _Position()
    details: dict[str, Detail] = {EVIDENCE_BEFORE: to_ms(before)}
    append_entry(connection, AuditEntry(AuditKind.RETAINED, actor.name, _SUBJECT, now, details))
    return _Position(before=to_ms(before), evidence=EvidencePlace(done))


def _forget_some(connection: Connection, limits: Mapping[Kept, datetime], at: _Position) -> bool:
    """Let go of a page of each, and say whether there may be more."""
    more = False
    for what, before in limits.items():
        if what is not Kept.EVIDENCE:
            more = _counted(at, what, forget(connection, what, before, PAGE)) == PAGE or more
    if at.evidence is not None and at.before is not None:
        count, at.evidence = forget_evidence(connection, at.evidence, from_ms(at.before), PAGE)
        _counted(at, Kept.EVIDENCE, count)
    return more or at.evidence is not None


def _counted(at: _Position, what: Kept, count: int) -> int:
    at.gone[what.value] = at.gone.get(what.value, 0) + count
    return count
