"""Every account's chain followed from its first row to its head."""

from collections.abc import Iterable, Iterator
from uuid import UUID

import orjson

from lifecycle_fsm.domain.audit import Check, Flaw
from lifecycle_fsm.store.audit_rows import AccountHead, LogRow, RawId, id_text, uuid_of
from lifecycle_fsm.store.ledger import GENESIS, chain_hash

_MOST_WORDS = 100_000
"""How many different texts are kept as JSON; beyond them each is written anew."""


class _Words(dict[str | None, str]):
    """Texts as JSON. Stages, triggers, people and versions come again and again: written once, they cost a look-up."""

    def __missing__(self, text: str | None) -> str:
        written = orjson.dumps(text).decode()
        if len(self) < _MOST_WORDS and len(written) < _LONG:
            self[text] = written
        return written


_LONG = 200


def canonical_of(row: LogRow) -> bytes:
    """The bytes that the hash of a stored row should cover: those of `canonical_entry`, from the values as stored."""
    return _canonical(row, id_text(row.account_id), _Words())


def _canonical(row: LogRow, account: str, words: _Words) -> bytes:
    inputs_hash = "null" if row.inputs_hash is None else f'"{row.inputs_hash.hex()}"'
    run_id = "null" if row.run_id is None else f'"{id_text(row.run_id)}"'
    return (
        f'{{"account_id":"{account}","actor":{words[row.actor]},"cause":{words[row.cause]},'
        f'"command_id":{words[row.command_id]},"effective_at":{row.effective_at},"effects":{words[row.effects]},'
        f'"evaluator":{words[row.evaluator]},"from_stage":{words[row.from_stage]},"inputs_hash":{inputs_hash},'
        f'"kind":{words[row.kind]},"machine":{words[row.machine]},"on_behalf_of":{words[row.on_behalf_of]},'
        f'"recorded_at":{row.recorded_at},"run_id":{run_id},"seq":{row.seq},"subject":{words[row.subject]},'
        f'"to_stage":{words[row.to_stage]},"transition":{words[row.transition]},"trigger":{words[row.trigger]}}}'
    ).encode()


class ChainFollower:
    """
    Follow rows by account and number, and say where they do not hold.

    Of each account the first break of its chain is told, for all rows after it may only
    follow from it. `heads` are those of the same accounts, in the same order.
    """

    def __init__(self, heads: Iterator[AccountHead]) -> None:
        self._heads = heads
        self._head = next(heads, None)
        self._account: RawId | None = None
        self._account_text = ""
        self._words = _Words()
        self._broken = False
        self._next = 1
        self._hash = GENESIS
        self._stage: str | None = None
        self._machine: str | None = None
        self.accounts = 0
        self.rows = 0

    def follow(self, page: Iterable[LogRow]) -> Iterator[Flaw]:
        """Go on with these rows."""
        for row in page:
            account, from_stage, seq, previous, stated = (
                row.account_id,
                row.from_stage,
                row.seq,
                row.prev_hash,
                row.hash,
            )
            if account != self._account:
                yield from self._finish()
                self._start(account)
            self.rows += 1
            if not self._broken and (
                seq != self._next
                or previous != self._hash
                or stated != chain_hash(previous, _canonical(row, self._account_text, self._words))
            ):
                self._broken = True
                yield self._flaw(Check.CHAIN, *self._break(row))
            if from_stage != self._stage and from_stage is not None and self._stage is not None:
                yield self._flaw(Check.STAGE, seq, f"it leaves {from_stage!r}, but the account was in {self._stage!r}")
            self._next, self._hash, self._stage, self._machine = seq + 1, stated, row.to_stage, row.machine

    def end(self) -> Iterator[Flaw]:
        """Finish the last account, and look at those that are left without a row."""
        yield from self._finish()
        self._account = None
        yield from self._heads_before(None)

    def _start(self, account: RawId) -> None:
        self._account, self._account_text = account, id_text(account)
        self._broken, self._next, self._hash, self._stage, self._machine = False, 1, GENESIS, None, None
        self.accounts += 1

    def _finish(self) -> Iterator[Flaw]:
        if self._account is None:
            return
        account_id = uuid_of(self._account)
        yield from self._heads_before(account_id)
        head = self._head
        if head is None or head.account_id != account_id:
            yield Flaw(Check.HEAD, "it has history, but there is no such account", account_id, 1)
            return
        yield from self._compare(head)
        self._head = next(self._heads, None)

    def _heads_before(self, account_id: UUID | None) -> Iterator[Flaw]:
        while self._head is not None and (account_id is None or self._head.account_id < account_id):
            if (self._head.revision, self._head.hash) != (0, GENESIS):
                message = f"all of its {self._head.revision} rows are missing"
                yield Flaw(Check.HEAD, message, self._head.account_id, 1)
            self.accounts += 1
            self._head = next(self._heads, None)

    def _compare(self, head: AccountHead) -> Iterator[Flaw]:
        if head.revision >= self._next:
            yield self._flaw(Check.HEAD, self._next, f"the row is missing: the account's head is row {head.revision}")
        elif head.revision != self._next - 1:
            yield self._flaw(Check.HEAD, head.revision + 1, f"the account's head is row {head.revision}")
        elif head.hash != self._hash:
            yield self._flaw(Check.HEAD, self._next - 1, "the account's head is not the hash of its last row")
        elif (head.stage, head.machine) != (self._stage, self._machine):
            seen = f"the account stands in {head.stage!r} of {head.machine!r}"
            yield self._flaw(Check.STAGE, self._next - 1, f"{seen}, its last row says {self._stage!r}")

    def _break(self, row: LogRow) -> tuple[int, str]:
        seq, previous = row.seq, row.prev_hash
        if seq > self._next:
            return self._next, "the row is missing"
        if seq != self._next:
            return seq, f"it stands where row {self._next} should"
        if previous != self._hash:
            return seq, "it does not follow the row before it"
        return seq, "its contents are not those that were hashed"

    def _flaw(self, check: Check, seq: int, message: str) -> Flaw:
        account_id = None if self._account is None else uuid_of(self._account)
        return Flaw(check, message, account_id, seq)
