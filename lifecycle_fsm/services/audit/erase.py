"""An account is erased by law: what was known about it goes, its history stays provable without it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson

from lifecycle_fsm.domain.access import Actor, Capability, require, require_everything
from lifecycle_fsm.domain.audit import AuditKind
from lifecycle_fsm.domain.errors import InvalidInput, UnknownAccount
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.intake import take_instant, take_text
from lifecycle_fsm.services.changes import EVALUATOR
from lifecycle_fsm.services.segment_rules import UNASSIGNED
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.audit_entries import AuditEntry, Detail, append_entry
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.erasure import (
    Erasure,
    TextErasure,
    close_account,
    erase_rows,
    erase_text,
    find_head,
    list_erasure,
    load_erasures,
    load_text_erasures,
    names_of,
)
from lifecycle_fsm.store.erasure_list import append_to_list, read_list
from lifecycle_fsm.store.ledger import Entry
from lifecycle_fsm.store.reviews import find_mark, marks_with_text

AnyErasure = Erasure | TextErasure


_MARK, _ACCOUNT = "mark_id", "account_id"


@dataclass(frozen=True, slots=True)
class Texts:
    """Choose texts of reviewers: of one mark, or without it all that an author wrote."""

    mark_id: UUID | None = None
    author: str | None = None


@dataclass(frozen=True, slots=True)
class Erased:
    """An erasure; `already` when it had been done before and nothing was done."""

    erasure: AnyErasure
    already: bool


def erase_account(world: World, actor: Actor, account_id: UUID, ground: str) -> Erased:
    """
    Erase an account for ever, with the texts of reviewers about all accounts that name it.

    `ground` is kept for ever, too, so it names a law or a ticket and no person.

    Raises:
        Forbidden: the actor may not erase, or does not see everything.
        UnknownAccount: there is no such account.
        InvalidInput: the ground is none.
    """
    require(actor, Capability.MANAGE_TOKENS)
    require_everything(actor)
    _check_ground(ground)
    with world.database.writing() as connection:
        texts, erased = _erase(connection, Erasure(account_id, world.clock(), actor.name, ground))
        # Before the commit: a line too many does no harm, one too few brings somebody back.
        keep_outside(world, (*texts, erased.erasure))
    return erased


def erase_texts(world: World, actor: Actor, chosen: Texts, ground: str) -> tuple[TextErasure, ...]:
    """
    Erase texts of reviewers for ever: of one mark, or all that a person wrote; those erased before are left out.

    That something was said, by whom, when and about what, stays.

    Raises:
        Forbidden: the actor may not erase, or does not see everything.
        InvalidInput: the ground is none, there is no such mark, or both or neither is chosen.
    """
    require(actor, Capability.MANAGE_TOKENS)
    require_everything(actor)
    _check_ground(ground)
    if (chosen.mark_id is None) == (chosen.author is None):
        raise InvalidInput("say which texts: those of one mark, or of one author", path="markId")
    with world.database.writing() as connection:
        mark = None if chosen.mark_id is None else find_mark(connection, chosen.mark_id)
        if chosen.mark_id is not None and mark is None:
            raise InvalidInput("there is no review mark with this id; audit entries name it as `mark`", path="markId")
        found = [mark] if mark is not None else list(marks_with_text(connection, chosen.author or ""))
        now = world.clock()
        done = _erase_texts(
            connection, [TextErasure(each.id, now, actor.name, ground) for each in found if each.comment]
        )
        keep_outside(world, done)
    return done


def _check_ground(ground: str) -> None:
    if take_text(ground) is None:
        raise InvalidInput("the ground must be 1 to 500 printable characters, such as a law's article", path="ground")


def keep_outside(world: World, erasures: Iterable[AnyErasure]) -> int:
    """Put erasures on the list that is kept outside of the store, those that it lacks; how many those were."""
    if world.erasures is None or world.database.is_rehearsing:
        return 0
    listed = {each.key for each in read_erasures(read_list(world.erasures))}
    lacking = [each for each in erasures if each.key not in listed]
    append_to_list(world.erasures, write_erasures(lacking))
    return len(lacking)


def erasure_list(world: World, actor: Actor) -> tuple[AnyErasure, ...]:
    """Every erasure, oldest first; to be kept beside the backups."""
    require(actor, Capability.READ_HISTORY)
    with world.database.reading() as connection:
        return all_erasures(connection)


def all_erasures(connection: Connection) -> tuple[AnyErasure, ...]:
    """Erased texts and accounts, each oldest first; texts stand first, for who replays them needs the marks."""
    return (*load_text_erasures(connection), *load_erasures(connection))


def replay_erasures(world: World, actor: Actor, erasures: Iterable[AnyErasure]) -> tuple[Erased, ...]:
    """
    Erase again in a restored backup what had been erased since it was made.

    Accounts and texts that the backup does not have are left out.

    Raises:
        Forbidden: the actor may not erase.
    """
    require(actor, Capability.MANAGE_TOKENS)
    done: list[Erased] = []
    for each in erasures:
        with world.database.writing() as connection:
            if isinstance(each, TextErasure):
                done.extend(_replay_text(connection, each))
            elif find_head(connection, each.account_id) is not None:
                done.append(_erase(connection, each)[1])
    return tuple(done)


def write_erasures(erasures: Iterable[AnyErasure]) -> str:
    """The list as NDJSON."""
    lines = [
        {
            _name(each): str(each.key),
            "erased_at": each.erased_at.isoformat(),
            "erased_by": each.erased_by,
            "ground": each.ground,
        }
        for each in erasures
    ]
    return "".join(f"{orjson.dumps(line).decode()}\n" for line in lines)


def read_erasures(text: str) -> tuple[AnyErasure, ...]:
    """
    Read a list that `write_erasures` wrote.

    Raises:
        InvalidInput: a line is none of such a list.
    """
    return tuple(_read(line, number) for number, line in enumerate(text.splitlines(), 1))


def _name(erasure: AnyErasure) -> str:
    return _MARK if isinstance(erasure, TextErasure) else _ACCOUNT


def _read(line: str, number: int) -> AnyErasure:
    try:
        found = orjson.loads(line)
        erased_at = take_instant(found["erased_at"])
        is_text = _MARK in found
        key = UUID(found[_MARK] if is_text else found[_ACCOUNT])
        by, ground = str(found["erased_by"]), str(found["ground"])
    except (ValueError, KeyError, TypeError, AttributeError):
        erased_at = None
    if erased_at is None:
        raise InvalidInput("the line is none of a list of erasures", path=f"line {number}")
    return TextErasure(key, erased_at, by, ground) if is_text else Erasure(key, erased_at, by, ground)


def _replay_text(connection: Connection, wanted: TextErasure) -> Iterator[Erased]:
    """Nothing where the mark came after the backup, or went with its account."""
    mark = find_mark(connection, wanted.mark_id)
    if mark is not None:
        yield Erased(wanted, already=not mark.comment)
        if mark.comment:
            _erase_texts(connection, [wanted])


def _erase_texts(connection: Connection, wanted: Sequence[TextErasure]) -> tuple[TextErasure, ...]:
    for each in wanted:
        erase_text(connection, each)
        details: dict[str, Detail] = {"ground": each.ground, "text": True}
        append_entry(
            connection, AuditEntry(AuditKind.ERASED, each.erased_by, str(each.mark_id), each.erased_at, details)
        )
    return tuple(wanted)


def _texts_that_name(connection: Connection, wanted: Erasure) -> tuple[TextErasure, ...]:
    """Texts about all accounts in which the account's id, key or name stands as a word."""
    names = [re.escape(each) for each in names_of(connection, wanted.account_id)]
    named = re.compile(rf"(?<!\w)(?:{'|'.join(names)})(?!\w)", re.IGNORECASE)
    found = [each for each in marks_with_text(connection) if named.search(each.comment)]
    return tuple(TextErasure(each.id, wanted.erased_at, wanted.erased_by, wanted.ground) for each in found)


def _erase(connection: Connection, wanted: Erasure) -> tuple[tuple[TextErasure, ...], Erased]:
    found = find_head(connection, wanted.account_id)
    if found is None:
        raise UnknownAccount(f"there is no account with the id {str(wanted.account_id)!r}; nothing was erased")
    before = next((each for each in load_erasures(connection) if each.account_id == wanted.account_id), None)
    if before is not None:
        return (), Erased(before, already=True)
    texts = _erase_texts(connection, _texts_that_name(connection, wanted))
    head, stage = found
    list_erasure(connection, wanted)
    erase_rows(connection, wanted.account_id)
    close_account(connection, wanted.account_id, head, _last_entry(stage, wanted.erased_at, wanted.erased_by))
    subject = str(wanted.account_id)
    append_entry(
        connection,
        AuditEntry(AuditKind.ERASED, wanted.erased_by, subject, wanted.erased_at, {"ground": wanted.ground}),
    )
    return texts, Erased(wanted, already=False)


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
