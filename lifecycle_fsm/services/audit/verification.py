"""
Verifications that are asked for, done part by part, survive restarts, and are recorded with their results.

Whoever works on one holds it meanwhile, so that no part is done twice: a command until it ends, a
worker part by part. What a process that died has held is free for others after five minutes.
"""

from collections import Counter
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import orjson

from lifecycle_fsm.domain.access import Actor, Capability, require, require_everything
from lifecycle_fsm.domain.audit import AuditKind, Check, Flaw
from lifecycle_fsm.domain.errors import IdempotencyConflict, InvalidInput, VerificationHeld
from lifecycle_fsm.domain.intake import take_instant
from lifecycle_fsm.domain.moments import from_ms, to_ms
from lifecycle_fsm.domain.paging import Page, PageRequest
from lifecycle_fsm.services.audit.log_check import Signed
from lifecycle_fsm.services.audit.quick_look import QuickLook
from lifecycle_fsm.services.audit.verify import Extent, Report, Told, in_order, part_count, verify_part, verify_parts
from lifecycle_fsm.services.commands import Started
from lifecycle_fsm.services.reading import unknown_account
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.audit_entries import AuditEntry, append_entry
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.erasure import find_head
from lifecycle_fsm.store.instants import optional_ms
from lifecycle_fsm.store.locks import lock_asking
from lifecycle_fsm.store.verifications import (
    StoredVerification,
    go_on,
    hold,
    insert_verification,
    let_go,
    page_verifications,
    unfinished,
    verifications_by_id,
)

HELD = timedelta(minutes=5)
"""Longer than any part takes."""

BETWEEN_PARTS = timedelta(seconds=10)
"""How long a worker keeps others off until it begins its next part."""

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


def start_verification(world: World, actor: Actor, extent: Extent, verification_id: UUID) -> Started[Verification]:
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
        lock_asking(connection, verification_id)
        known = verifications_by_id(connection, [verification_id]).get(verification_id)
        if known is None:
            _insert(connection, wanted)
    if known is not None and _said(known) != _said(wanted):
        raise IdempotencyConflict("the idempotency key was used for another verification; use a new key")
    return Started(_shown(known or wanted), replayed=known is not None)


def begin_verification(world: World, actor: Actor, extent: Extent, verification_id: UUID, holder: str) -> None:
    """
    Keep a verification that `finish_verification` of the same holder does while somebody waits.

    What the caller keeps outside the store is checked before anything is kept, for nobody else has it.

    Raises:
        Forbidden: the actor may not review the history of everything.
        UnknownAccount: there is no such account.
        InvalidInput: the period is none.
    """
    _check_asked(actor, extent)
    begun = _begun(world, actor, extent, verification_id)
    if extent.outside != Signed():
        with world.database.reading() as connection:
            report = verify_part(connection, extent, 0)
        begun = replace(begun, done=1, report=write_report(report))
    held = replace(begun, holder=holder, held_until=world.clock() + HELD)
    with world.database.writing() as connection:
        _insert(connection, held)


def finish_verification(  # noqa: PLR0913 - who, what, how, and how it is told
    world: World,
    actor: Actor,
    verification_id: UUID,
    holder: str,
    *,
    processes: int = 1,
    look: QuickLook | None = None,
    told: Told | None = None,
) -> Verification:
    """
    Go on with a verification until it has ended; whoever is stopped meanwhile has kept every part before.

    `holder` says in words who is at it, and is the same for nobody else.

    Raises:
        Forbidden: the actor may not review the history of everything.
        InvalidInput: there is no such verification.
        VerificationHeld: somebody else is at it.
    """
    require(actor, Capability.REVIEW_HISTORY)
    begun = _required(world, actor, verification_id).stored
    if begun.finished_at is None:
        begun = _taken(world, verification_id, holder)
        if begun.holder != holder:
            raise _is_held(begun)
        try:
            _do_the_rest(world, begun, partial(verify_parts, processes=processes, look=look), told)
        finally:
            _let_go(world, begun)
    return _required(world, actor, verification_id)


def take_from_the_gone(world: World, actor: Actor, verification_id: UUID, is_gone: Callable[[str], bool]) -> None:
    """
    Free a verification whose holder is known to have died; it would be free in five minutes.

    Raises:
        Forbidden: the actor may not review the history of everything.
        InvalidInput: there is no such verification.
    """
    require(actor, Capability.REVIEW_HISTORY)
    found = _required(world, actor, verification_id).stored
    if found.holder is not None and is_gone(found.holder):
        _let_go(world, found)


_Parts = Callable[[World, Extent, int], Generator[Report]]


def _do_the_rest(world: World, begun: StoredVerification, verify_from: _Parts, told: Told | None) -> None:
    extent = Extent(begun.account_id, begun.since, begun.until)
    with closing(verify_from(world, extent, begun.done)) as parts:
        for report in parts:
            begun = _keep(world, begun, report, HELD)
            if told is not None:
                told(begun.done, begun.parts)


def anything_to_verify(world: World, holder: str) -> bool:
    """Whether a verification waits, or was interrupted, that nobody else is at."""
    with world.database.reading() as connection:
        return unfinished(connection, holder, world.clock()) is not None


def verify_next_part(world: World, holder: str) -> bool:
    """
    Do one more part of the oldest verification that nobody else is at; False where there is none.

    Raises:
        VerificationHeld: the part lasted so long that somebody else took over.
    """
    with world.database.reading() as connection:
        found = unfinished(connection, holder, world.clock())
    if found is None:
        return False
    held = _taken(world, found.id, holder)
    if held.holder != holder:
        return False
    with world.database.reading() as connection:
        report = verify_part(connection, Extent(held.account_id, held.since, held.until), held.done)
    _keep(world, held, report, BETWEEN_PARTS)
    return True


def _taken(world: World, verification_id: UUID, holder: str) -> StoredVerification:
    """The verification with whoever holds it now: us, or somebody who was there before."""
    now = world.clock()
    with world.database.writing() as connection:
        hold(connection, verification_id, holder, now, now + HELD)
        return verifications_by_id(connection, [verification_id])[verification_id]


def _let_go(world: World, held: StoredVerification) -> None:
    assert held.holder is not None
    with world.database.writing() as connection:
        let_go(connection, held.id, held.holder)


def _is_held(found: StoredVerification) -> VerificationHeld:
    until = "" if found.held_until is None else f" (if it died, it is free at {found.held_until:%H:%M:%S} UTC)"
    return VerificationHeld(
        f"{found.holder} is at the verification {str(found.id)!r}, with {found.done} of {found.parts} parts done; "
        f"wait until it has ended, or end that process first{until}"
    )


def _keep(world: World, found: StoredVerification, part: Report, held_on: timedelta) -> StoredVerification:
    report = read_report(found.report)
    report.add(part)
    is_last = found.done + 1 == found.parts
    report = in_order(report) if is_last else report
    now = world.clock()
    finished_at, held_until = (now, None) if is_last else (None, now + held_on)
    kept = replace(found, finished_at=finished_at, held_until=held_until)
    made = replace(kept, done=found.done + 1, report=write_report(report))
    with world.database.writing() as connection:
        if not go_on(connection, made):
            raise _is_held(verifications_by_id(connection, [found.id])[found.id])
        if is_last:
            _record(connection, made, report)
    return made


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
