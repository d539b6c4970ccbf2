"""Verifications that are asked for, done part by part, survive restarts, and are recorded with their results."""

from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, fields, replace
from datetime import datetime
from uuid import UUID

import orjson

from lifecycle_fsm.domain.access import Actor, Capability, require, require_everything
from lifecycle_fsm.domain.audit import AuditKind, Check, Flaw
from lifecycle_fsm.domain.errors import IdempotencyConflict, InvalidInput
from lifecycle_fsm.domain.intake import take_instant
from lifecycle_fsm.domain.moments import from_ms, to_ms
from lifecycle_fsm.domain.paging import Page, PageRequest
from lifecycle_fsm.services.audit.log_check import Signed
from lifecycle_fsm.services.audit.verify import Extent, Report, Told, in_order, part_count, verify_part, verify_parts
from lifecycle_fsm.services.reading import unknown_account
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.audit_entries import AuditEntry, append_entry
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.erasure import find_head
from lifecycle_fsm.store.ids import new_id
from lifecycle_fsm.store.instants import optional_ms
from lifecycle_fsm.store.verifications import (
    StoredVerification,
    go_on,
    insert_verification,
    page_verifications,
    unfinished,
    verifications_by_id,
)

_COUNTS = tuple(each.name for each in fields(Report) if each.name not in ("excepted", "flaws"))


@dataclass(frozen=True, slots=True)
class Verification:
    """One verification with its report so far; `percentage` is 100 once it has ended."""

    stored: StoredVerification
    report: Report

    @property
    def percentage(self) -> int:
        """How much of it is done, from 0 to 100."""
        return self.stored.done * 100 // self.stored.parts


def start_verification(world: World, actor: Actor, extent: Extent, verification_id: UUID) -> Verification:
    """
    Let a worker verify, within seconds where one is running; the same id asks once.

    Raises:
        Forbidden: the actor may not review the history of everything.
        UnknownAccount: there is no such account.
        InvalidInput: the period is none.
        IdempotencyConflict: the id was used for something else.
    """
    _check_asked(actor, extent)
    wanted = _begun(world, actor, extent, verification_id)
    with world.database.writing() as connection:
        known = verifications_by_id(connection, [verification_id]).get(verification_id)
        if known is None:
            _insert(connection, wanted)
            known = wanted
    if _said(known) != _said(wanted):
        raise IdempotencyConflict("the idempotency key was used for another verification; use a new key")
    return _shown(known)


def begin_verification(world: World, actor: Actor, extent: Extent) -> UUID:
    """
    Keep a verification that `finish_verification` does while somebody waits; give its id.

    What the caller keeps outside the store is checked before, for nobody else has it.

    Raises:
        Forbidden: the actor may not review the history of everything.
        UnknownAccount: there is no such account.
        InvalidInput: the period is none.
    """
    _check_asked(actor, extent)
    begun = _begun(world, actor, extent, new_id(to_ms(world.clock())))
    if extent.outside != Signed():
        with world.database.reading() as connection:
            report = verify_part(connection, extent, 0)
        begun = replace(begun, done=1, report=write_report(report))
    with world.database.writing() as connection:
        _insert(connection, begun)
    return begun.id


def finish_verification(
    world: World, actor: Actor, verification_id: UUID, *, processes: int = 1, told: Told | None = None
) -> Verification:
    """
    Go on with a verification until it has ended; whoever is stopped meanwhile has kept every part before.

    Raises:
        Forbidden: the actor may not review the history of everything.
        InvalidInput: there is no such verification.
    """
    require(actor, Capability.REVIEW_HISTORY)
    begun = _required(world, actor, verification_id).stored
    extent = Extent(begun.account_id, begun.since, begun.until)
    with closing(verify_parts(world, extent, begun.done, processes)) as parts:
        for part, report in zip(range(begun.done, begun.parts), parts, strict=False):
            _keep_part(world, verification_id, part, report)
            if told is not None:
                told(part + 1, begun.parts)
    return _required(world, actor, verification_id)


def anything_to_verify(world: World) -> bool:
    """Whether a verification waits, or was interrupted."""
    with world.database.reading() as connection:
        return unfinished(connection) is not None


def verify_next_part(world: World) -> bool:
    """
    Do one more part of the oldest verification; False where none is left.

    A part that another process has done meanwhile is counted once.
    """
    with world.database.reading() as connection:
        found = unfinished(connection)
        if found is None:
            return False
        extent = Extent(found.account_id, found.since, found.until)
        report = verify_part(connection, extent, found.done)
    _keep(world, found, report)
    return True


def _keep_part(world: World, verification_id: UUID, part: int, report: Report) -> None:
    """Keep what a part came to, unless another process has."""
    with world.database.reading() as connection:
        found = verifications_by_id(connection, [verification_id])[verification_id]
    if found.done == part:
        _keep(world, found, report)


def _keep(world: World, found: StoredVerification, part: Report) -> None:
    report = read_report(found.report)
    report.add(part)
    is_last = found.done + 1 == found.parts
    report = in_order(report) if is_last else report
    finished_at = world.clock() if is_last else None
    made = replace(found, done=found.done + 1, finished_at=finished_at, report=write_report(report))
    with world.database.writing() as connection:
        if go_on(connection, made) and is_last:
            _record(connection, made, report)


def find_verifications(world: World, actor: Actor, ids: Sequence[UUID]) -> dict[UUID, Verification]:
    """
    Verifications by id; unknown ones are absent.

    Raises:
        Forbidden: the actor may not read the history of everything.
    """
    require(actor, Capability.READ_HISTORY)
    require_everything(actor)
    with world.database.reading() as connection:
        return {key: _shown(each) for key, each in verifications_by_id(connection, ids).items()}


def list_verifications(world: World, actor: Actor, page: PageRequest) -> Page[Verification]:
    """
    One page of the verifications, newest first.

    Raises:
        Forbidden: the actor may not read the history of everything.
        InvalidInput: the cursor does not belong to this list.
    """
    require(actor, Capability.READ_HISTORY)
    require_everything(actor)
    with world.database.reading() as connection:
        found = page_verifications(connection, page)
    return Page(tuple(map(_shown, found.items)), found.cursors, found.has_next, found.has_previous, found.total)


def write_report(report: Report) -> str:
    """A report as JSON."""
    flaws = [
        (
            flaw.check.value,
            flaw.message,
            None if flaw.account_id is None else str(flaw.account_id),
            flaw.seq,
            flaw.subject,
        )
        for flaw in report.flaws
    ]
    counts = {name: getattr(report, name) for name in _COUNTS}
    return orjson.dumps({**counts, "excepted": dict(report.excepted), "flaws": flaws}).decode()


def read_report(text: str) -> Report:
    """The report that `write_report` wrote."""
    kept = orjson.loads(text)
    flaws = [
        Flaw(Check(check), message, None if account is None else UUID(account), seq, subject)
        for check, message, account, seq, subject in kept["flaws"]
    ]
    counts = {name: kept[name] for name in _COUNTS}
    return Report(**counts, excepted=Counter(kept["excepted"]), flaws=flaws)


def _check_asked(actor: Actor, extent: Extent) -> None:
    require(actor, Capability.REVIEW_HISTORY)
    require_everything(actor)
    _check_period(extent)


def _insert(connection: Connection, wanted: StoredVerification) -> None:
    if wanted.account_id is not None and find_head(connection, wanted.account_id) is None:
        raise unknown_account(wanted.account_id)
    insert_verification(connection, wanted)


def _required(world: World, actor: Actor, verification_id: UUID) -> Verification:
    found = find_verifications(world, actor, [verification_id]).get(verification_id)
    if found is None:
        raise InvalidInput(f"there is no verification with the id {str(verification_id)!r}", path="id")
    return found


def _begun(world: World, actor: Actor, extent: Extent, verification_id: UUID) -> StoredVerification:
    return StoredVerification(
        id=verification_id,
        actor=actor.name,
        account_id=extent.account_id,
        since=_kept(extent.since),
        until=_kept(extent.until),
        started_at=world.clock(),
        finished_at=None,
        done=0,
        parts=part_count(extent),
        report=write_report(Report()),
    )


def _kept(instant: datetime | None) -> datetime | None:
    """An instant to the millisecond that the store keeps."""
    return None if instant is None else from_ms(to_ms(instant))


def _said(made: StoredVerification) -> tuple[object, ...]:
    return made.account_id, made.since, made.until


def _shown(stored: StoredVerification) -> Verification:
    return Verification(stored, read_report(stored.report))


def _check_period(extent: Extent) -> None:
    for instant in (extent.since, extent.until):
        if instant is not None and take_instant(instant) is None:
            raise InvalidInput("the period needs instants with a time zone", path="since")
    if extent.since is not None and extent.until is not None and extent.since >= extent.until:
        raise InvalidInput("the period ends before it begins", path="since")


def _record(connection: Connection, made: StoredVerification, report: Report) -> None:
    """Append the audit entry that says who verified what, with which result."""
    assert made.finished_at is not None
    subject = "all accounts" if made.account_id is None else str(made.account_id)
    since, until = (optional_ms(each) for each in (made.since, made.until))
    details = {"verification": str(made.id), "since": since, "until": until, "rows": report.rows}
    result = {"holds": report.holds, "failed": report.failed}
    entry = AuditEntry(AuditKind.VERIFIED, made.actor, subject, made.finished_at, {**details, **result})
    append_entry(connection, entry)
