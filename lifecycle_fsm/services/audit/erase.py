"""An account is erased by law: what was known about it goes, its history stays provable without it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.audit import AuditKind
from lifecycle_fsm.domain.errors import InvalidInput, UnknownAccount
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.intake import take_instant, take_text
from lifecycle_fsm.services.changes import EVALUATOR
from lifecycle_fsm.services.segment_rules import UNASSIGNED
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.audit_entries import AuditEntry, append_entry
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.erasure import (
    Erasure,
    close_account,
    erase_rows,
    find_head,
    list_erasure,
    load_erasures,
)
from lifecycle_fsm.store.erasure_list import append_to_list, read_list
from lifecycle_fsm.store.ledger import Entry


@dataclass(frozen=True, slots=True)
class Erased:
    """The erasure of an account; `already` when it had been erased before and nothing was done."""

    erasure: Erasure
    already: bool


def erase_account(world: World, actor: Actor, account_id: UUID, ground: str) -> Erased:
    """
    Erase an account for ever.

    `ground` is kept for ever, too, so it names a law or a ticket and no person.

    Raises:
        Forbidden: the actor may not erase.
        UnknownAccount: there is no such account.
        InvalidInput: the ground is none.
    """
    require(actor, Capability.MANAGE_TOKENS)
    if take_text(ground) is None:
        raise InvalidInput("the ground must be 1 to 500 printable characters, such as a law's article", path="ground")
    with world.database.writing() as connection:
        erased = _erase(connection, Erasure(account_id, world.clock(), actor.name, ground))
        # Before the commit: a line too many does no harm, one too few brings somebody back.
        keep_outside(world, (erased.erasure,))
    return erased


def keep_outside(world: World, erasures: Iterable[Erasure]) -> int:
    """Put erasures on the list that is kept outside of the store, those that it lacks; how many those were."""
    if world.erasures is None or world.database.is_rehearsing:
        return 0
    listed = {each.account_id for each in read_erasures(read_list(world.erasures))}
    lacking = [each for each in erasures if each.account_id not in listed]
    append_to_list(world.erasures, write_erasures(lacking))
    return len(lacking)


def erasure_list(world: World, actor: Actor) -> tuple[Erasure, ...]:
    """Every erasure, oldest first; to be kept beside the backups."""
    require(actor, Capability.READ_HISTORY)
    with world.database.reading() as connection:
        return load_erasures(connection)


def replay_erasures(world: World, actor: Actor, erasures: Iterable[Erasure]) -> tuple[Erased, ...]:
    """
    Erase again in a restored backup what had been erased since it was made.

    Accounts that the backup does not have are left out.

    Raises:
        Forbidden: the actor may not erase.
    """
    require(actor, Capability.MANAGE_TOKENS)
    done: list[Erased] = []
    for each in erasures:
        with world.database.writing() as connection:
            if find_head(connection, each.account_id) is not None:
                done.append(_erase(connection, each))
    return tuple(done)


def write_erasures(erasures: Iterable[Erasure]) -> str:
    """The list as NDJSON."""
    lines = [
        {
            "account_id": str(each.account_id),
            "erased_at": each.erased_at.isoformat(),
            "erased_by": each.erased_by,
            "ground": each.ground,
        }
        for each in erasures
    ]
    return "".join(f"{orjson.dumps(line).decode()}\n" for line in lines)


def read_erasures(text: str) -> tuple[Erasure, ...]:
    """
    Read a list that `write_erasures` wrote.

    Raises:
        InvalidInput: a line is none of such a list.
    """
    return tuple(_read(line, number) for number, line in enumerate(text.splitlines(), 1))


def _read(line: str, number: int) -> Erasure:
    try:
        found = orjson.loads(line)
        erased_at = take_instant(found["erased_at"])
        account_id, by, ground = UUID(found["account_id"]), str(found["erased_by"]), str(found["ground"])
    except (ValueError, KeyError, TypeError, AttributeError):
        erased_at = None
    if erased_at is None:
        raise InvalidInput("the line is none of a list of erasures", path=f"line {number}")
    return Erasure(account_id, erased_at, by, ground)


def _erase(connection: Connection, wanted: Erasure) -> Erased:
    found = find_head(connection, wanted.account_id)
    if found is None:
        raise UnknownAccount(f"there is no account with the id {str(wanted.account_id)!r}; nothing was erased")
    before = next((each for each in load_erasures(connection) if each.account_id == wanted.account_id), None)
    if before is not None:
        return Erased(before, already=True)
    head, stage = found
    list_erasure(connection, wanted)
    erase_rows(connection, wanted.account_id)
    close_account(connection, wanted.account_id, head, _last_entry(stage, wanted.erased_at, wanted.erased_by))
    subject = str(wanted.account_id)
    append_entry(
        connection,
        AuditEntry(AuditKind.ERASED, wanted.erased_by, subject, wanted.erased_at, {"ground": wanted.ground}),
    )
    return Erased(wanted, already=False)


def _last_entry(stage: str, at: datetime, by: str) -> Entry:
    return Entry(
        kind=RecordKind.ERASED,
        from_stage=stage,
        to_stage=UNASSIGNED,
        cause=Cause.PERSON,
        effective_at=at,
        recorded_at=at,
        machine=UNASSIGNED,
        evaluator=EVALUATOR,
        actor=by,
    )
