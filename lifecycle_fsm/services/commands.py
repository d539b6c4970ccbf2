"""What all commands on one account share: done once, on the account that the caller saw, in one transaction."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from lifecycle_fsm.domain.access import EVERYTHING, Actor
from lifecycle_fsm.domain.errors import IdempotencyConflict, InvalidInput, StaleRevision
from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.domain.intake import take_text
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.engine.outcomes import Step
from lifecycle_fsm.services.changes import Stamp
from lifecycle_fsm.services.deeds import DEED, deed_of
from lifecycle_fsm.services.history import record_of
from lifecycle_fsm.services.reading import Reading, read_account, unknown_account
from lifecycle_fsm.services.record import LostRace, record
from lifecycle_fsm.services.viewing import view_many
from lifecycle_fsm.services.views import AccountView, HistoryRecord
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.history import find_command, load_inputs, load_run
from lifecycle_fsm.store.ids import new_id
from lifecycle_fsm.store.layout import Layout, load_layout
from lifecycle_fsm.store.ledger import Link
from lifecycle_fsm.store.locks import lock_account
from lifecycle_fsm.store.scope import visible_ids
from lifecycle_fsm.telemetry.trail import account, note

LONGEST_KEY = 200
RACES = 3

Outcome = TypeVar("Outcome")
What_co = TypeVar("What_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Started(Generic[What_co]):
    """What a worker was asked for, and whether it had been by the same key before."""

    what: What_co
    replayed: bool


@dataclass(frozen=True, slots=True)
class Command:
    """
    Say which account a command is for, under which key it is done once, and what its author saw.

    `expected_revision` is None where the author does not mind what happened meanwhile.
    `deed` is the digest of all that is asked for.
    """

    account_id: UUID
    idempotency_key: str
    deed: str
    expected_revision: int | None = None


class Asked(Protocol):
    """What somebody asks for about one account, as a dataclass."""

    @property
    def account_id(self) -> UUID:
        """The account."""

    @property
    def idempotency_key(self) -> str:
        """Under which key it is done once."""

    @property
    def expected_revision(self) -> int | None:
        """What its author saw."""


def command_of(wanted: Asked) -> Command:
    """The command that asks for a deed on one account."""
    return Command(wanted.account_id, wanted.idempotency_key, deed_of(wanted), wanted.expected_revision)


@dataclass(frozen=True, slots=True)
class Desk:
    """One account on the table: read for a command, in the transaction that will write it."""

    world: World
    connection: Connection
    layout: Layout
    actor: Actor
    command: Command
    as_of: datetime
    reading: Reading
    first: Link | None
    """The first row that this command left when it was done before."""

    def write(self, steps: Sequence[Step], reason: str | None = None) -> tuple[HistoryRecord, ...]:
        """
        Record steps with all that follows from them, and give their rows.

        Raises:
            LostRace: somebody else changed the account meanwhile.
        """
        run_id = new_id(to_ms(self.as_of))
        note(run=str(run_id), machine=self.reading.lifecycle.machine)
        stamp = Stamp(
            recorded_at=self.as_of,
            run_id=run_id,
            actor=self.actor.name,
            reason=reason,
            command_id=self.command.idempotency_key,
            deed=self.command.deed,
            source="person",
        )
        record(self.connection, self.reading, steps, stamp, self.as_of, self.layout)
        return tuple(record_of(link) for link in load_run(self.connection, self.command.account_id, run_id))

    def view(self) -> AccountView:
        """
        The account as it stands in this transaction.

        Raises:
            UnknownAccount: it was erased, and nothing but its history is left.
        """
        account_id = self.command.account_id
        found = view_many(self.world, self.connection, [account_id], self.as_of, EVERYTHING).get(account_id)
        if found is None:
            raise unknown_account(account_id)
        return found

    def done_before(self, kinds: Sequence[RecordKind], about: str) -> tuple[HistoryRecord, ...]:
        """
        Give the rows that this command left when it was done before, none if it is new.

        Raises:
            IdempotencyConflict: the key belongs to another command.
        """
        if self.first is None:
            return ()
        _check_same(self.first, kinds, about)
        assert self.first.entry.run_id is not None
        rows = load_run(self.connection, self.command.account_id, self.first.entry.run_id)
        return tuple(record_of(link) for link in rows)

    def command_rows(self, kinds: Sequence[RecordKind]) -> tuple[HistoryRecord, ...]:
        """
        Give the rows that this command left when it was done before, for one that names nothing beforehand.

        Raises:
            IdempotencyConflict: the key belongs to a command of another kind.
        """
        return () if self.first is None else self.done_before(kinds, _about(self.first))

    def check_revision(self) -> None:
        """
        Stop a command whose author saw an older account; not for one that was done before.

        Raises:
            StaleRevision: the account has another revision than the expected one.
        """
        expected, actual = self.command.expected_revision, self.reading.lifecycle.revision
        if expected is not None and expected != actual:
            raise StaleRevision(
                f"the account is at revision {actual}, you expected {expected}; read it again and decide anew",
                expected=expected,
                actual=actual,
            )


def at_desk(world: World, actor: Actor, command: Command, work: Callable[[Desk], Outcome]) -> Outcome:
    """
    Do a command's work in one transaction; again when somebody else changed the account meanwhile.

    After three lost races the account is locked first, so that the command gets its turn.

    Raises:
        InvalidInput: the idempotency key is none.
        UnknownAccount: there is no such account.
        StaleRevision: the account has another revision than the command expects.
        IdempotencyConflict: the key was used for another deed on the account.
    """
    check_key(command.idempotency_key)
    for _ in range(RACES):
        with suppress(LostRace), world.database.writing() as connection:
            return work(_desk(world, connection, actor, command))
    with world.database.writing() as connection:
        lock_account(connection, command.account_id)
        return work(_desk(world, connection, actor, command))


def _desk(world: World, connection: Connection, actor: Actor, command: Command) -> Desk:
    as_of, layout = world.clock(), load_layout(connection)
    note(account=account(command.account_id))
    if not visible_ids(connection, [command.account_id], actor.portfolio):
        raise unknown_account(command.account_id)
    reading = read_account(world, connection, command.account_id, layout, as_of)
    return Desk(world, connection, layout, actor, command, as_of, reading, _done_first(connection, command))


def _done_first(connection: Connection, command: Command) -> Link | None:
    """
    The first row of the command if it was done before.

    An older release kept no digest, and an erasure takes it; then the kind of deed alone
    is compared, by `done_before`.
    """
    first = find_command(connection, command.account_id, command.idempotency_key)
    if first is not None and first.inputs_hash is not None:
        known = load_inputs(connection, first.account_id, [first.seq]).get(first.seq, {}).get(DEED)
        if known is not None and known != command.deed:
            raise _conflict(first)
    return first


def check_key(idempotency_key: str) -> None:
    """
    Stop a key that cannot be kept.

    Raises:
        InvalidInput: it is empty, not printable, padded, or longer than 200 characters.
    """
    if take_text(idempotency_key) != idempotency_key or len(idempotency_key) > LONGEST_KEY:
        seen = f"{idempotency_key[:40]!r} with {len(idempotency_key)} characters"
        raise InvalidInput(
            f"the idempotency key is {seen}; expected 1 to {LONGEST_KEY} printable characters",
            path="input.idempotencyKey",
        )


def _about(first: Link) -> str:
    return str(first.entry.subject if first.entry.trigger is None else first.entry.trigger)


def _check_same(first: Link, kinds: Sequence[RecordKind], about: str) -> None:
    if first.entry.kind not in kinds or _about(first) != about:
        raise _conflict(first)


def _conflict(first: Link) -> IdempotencyConflict:
    entry = first.entry
    return IdempotencyConflict(
        f"the idempotency key {entry.command_id!r} was used for another command "
        f"({entry.kind.value} {_about(first)!r}); use a new key"
    )
