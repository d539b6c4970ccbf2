"""
The hash chain of each account's history: what is hashed, and how it is checked.

A row's hash covers its predecessor's, so that no row can be changed, removed or put
between without a trace. Inputs and reasons are hashed apart with a salt and can be
erased by law while every hash stays valid.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

import orjson

from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.moments import to_ms

GENESIS = bytes(32)
"""What the first row of an account follows."""

EffectNote = Mapping[str, str | int | bool | None]
"""One effect as history keeps it: plain names and values, no doubles."""


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One row of an account's history before it is chained.

    `effects` is a canonical text from `canonical_effects`.
    """

    kind: RecordKind
    from_stage: str | None
    to_stage: str
    cause: Cause
    effective_at: datetime
    recorded_at: datetime
    machine: str
    evaluator: str
    transition: str | None = None
    trigger: str | None = None
    subject: str | None = None
    actor: str | None = None
    on_behalf_of: str | None = None
    reason: str | None = None
    command_id: str | None = None
    run_id: UUID | None = None
    effects: str = "[]"


@dataclass(frozen=True, slots=True)
class Link:
    """
    An entry in its place in the chain of its account; `seq` counts from 1.

    `inputs_hash` commits to what was judged and to the reason, None where there was neither.
    """

    account_id: UUID
    seq: int
    entry: Entry
    inputs_hash: bytes | None
    prev_hash: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class Break:
    """The first place at which a chain does not hold, and why."""

    account_id: UUID
    seq: int
    reason: str


def canonical_effects(effects: Sequence[EffectNote]) -> str:
    """The effects as canonical JSON."""
    return canonical_json([dict(effect) for effect in effects]).decode()


def canonical_inputs(inputs: Mapping[str, Value]) -> str:
    """
    The inputs as canonical JSON; a double is `{"double": "0.5"}`, the shortest text that reads back to it.

    Keys are ASCII, so that sorting by bytes is sorting as RFC 8785 wants it.
    """
    return canonical_json(
        {key: {"double": repr(value)} if isinstance(value, float) else value for key, value in inputs.items()}
    ).decode()


def read_inputs(text: str) -> dict[str, Value]:
    """The inputs that `canonical_inputs` wrote."""
    return {
        key: float(value["double"]) if isinstance(value, dict) else value for key, value in orjson.loads(text).items()
    }


def commit_to(salt: bytes, inputs: str, reason: str | None = None) -> bytes:
    """
    Commit to canonical inputs and a reason without giving them away.

    `SHA-256(salt || inputs)`, and with a reason `SHA-256(salt || inputs || 0x00 || reason)`:
    JSON has no zero byte, so that each commitment means one thing.
    """
    text = inputs if reason is None else f"{inputs}\x00{reason}"
    return sha256(salt + text.encode(errors="surrogateescape")).digest()


def commitment_of_stored(salt: object, text: object, reason: object = None) -> bytes | None:
    """What stored values commit to; None where a text is bytes, or the salt is none."""
    if isinstance(salt, bytes) and isinstance(text, str) and isinstance(reason, str | None):
        return commit_to(salt, text, reason)
    return None


def canonical_entry(account_id: UUID, seq: int, entry: Entry, inputs_hash: bytes | None) -> bytes:
    """
    The bytes of a row that its hash covers: every column but the two hashes of the chain.

    The reason is covered by `inputs_hash` alone, so that it can be erased.

    Source: RFC 8785 (JSON Canonicalization Scheme); instants are milliseconds since
    1970, hashes are lower-case hexadecimal, absent values are null.
    """
    return canonical_json(
        {
            "account_id": str(account_id),
            "seq": seq,
            "kind": entry.kind.value,
            "from_stage": entry.from_stage,
            "to_stage": entry.to_stage,
            "transition": entry.transition,
            "trigger": entry.trigger,
            "subject": entry.subject,
            "cause": entry.cause.value,
            "actor": entry.actor,
            "on_behalf_of": entry.on_behalf_of,
            "effective_at": to_ms(entry.effective_at),
            "recorded_at": to_ms(entry.recorded_at),
            "machine": entry.machine,
            "evaluator": entry.evaluator,
            "command_id": entry.command_id,
            "run_id": None if entry.run_id is None else str(entry.run_id),
            "effects": entry.effects,
            "inputs_hash": None if inputs_hash is None else inputs_hash.hex(),
        }
    )


Parts = tuple[bytes, bytes, bytes]
"""The canonical bytes of rows alike: before the account, between it and the commitment, and behind that."""


def canonical_parts(seq: int, entry: Entry) -> Parts:
    """Cut `canonical_entry` where rows of the same entry and number differ, for accounts that are moved together."""
    account, commitment = UUID(int=1), bytes(31) + b"\x01"
    before, _, rest = canonical_entry(account, seq, entry, commitment).partition(str(account).encode())
    between, _, behind = rest.partition(commitment.hex().encode())
    return before, between, behind


def joined(parts: Parts, account_id: UUID, commitment: bytes) -> bytes:
    """The canonical bytes of one of the rows."""
    before, between, behind = parts
    return b"".join((before, str(account_id).encode(), between, commitment.hex().encode(), behind))


def chain_hash(previous: bytes, canonical: bytes) -> bytes:
    """The hash of a row: `SHA-256(0x00 || previous || canonical)`."""
    return sha256(b"\x00" + previous + canonical).digest()


def link(account_id: UUID, seq: int, previous: bytes, entry: Entry, inputs_hash: bytes | None) -> Link:
    """Chain an entry to the row before it."""
    canonical = canonical_entry(account_id, seq, entry, inputs_hash)
    return Link(account_id, seq, entry, inputs_hash, previous, chain_hash(previous, canonical))


def verify_chain(links: Iterable[Link], head: bytes | None = None) -> Break | None:
    """
    Check one account's rows, oldest first, and give the first that does not hold.

    With `head`, the hash that the account says it ends with, a removed end is found, too.
    """
    previous, last, account_id = GENESIS, 0, UUID(int=0)
    for row in links:
        account_id = row.account_id
        reason = _flaw(row, last + 1, previous)
        if reason is not None:
            return Break(row.account_id, row.seq, reason)
        previous, last = row.hash, row.seq
    if head is not None and head != previous:
        return Break(account_id, last + 1, "the account's head is not the hash of its last row")
    return None


def _flaw(row: Link, expected_seq: int, previous: bytes) -> str | None:
    if row.seq != expected_seq:
        return f"row {row.seq} stands where row {expected_seq} should"
    if row.prev_hash != previous:
        return "it does not follow the row before it"
    if row.hash != chain_hash(previous, canonical_entry(row.account_id, row.seq, row.entry, row.inputs_hash)):
        return "its contents are not those that were hashed"
    return None


def canonical_json(value: object) -> bytes:
    """
    A value as RFC 8785 JSON.

    Raises:
        TypeError: it is none, or has text that is none.
    """
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
