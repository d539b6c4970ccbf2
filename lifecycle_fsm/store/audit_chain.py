"""Every account's chain followed from its first row to its head."""

from collections.abc import Iterator, Sequence
from itertools import islice
from uuid import UUID

from lifecycle_fsm.domain.audit import Check, Flaw
from lifecycle_fsm.store.audit_rows import AccountHead, found_id
from lifecycle_fsm.store.canonical_rows import Chained
from lifecycle_fsm.store.ledger import GENESIS


class ChainFollower:
    """
    Follow rows by account and number, and say where they do not hold.

    Of each account the first break of its chain is told, for all rows after it may only
    follow from it. `heads` are those of the same accounts, in the same order.
    """

    def __init__(self, heads: Iterator[AccountHead]) -> None:
        self._heads = heads
        self._head = next(heads, None)
        self._account: bytes | None = None
        self._broken = False
        self._next = 1
        self._hash = GENESIS
        self._stage: str | None = None
        self._machine: str | None = None
        self.accounts = 0
        self.rows = 0

    def follow(self, page: Sequence[Chained]) -> Iterator[Flaw]:
        """Go on with these rows."""
        place = 0
        while (place := self._pass(page, place)) < len(page):
            yield from self._look_at(page[place])
            place += 1

    def _pass(self, page: Sequence[Chained], place: int) -> int:
        """Go on over rows that hold, of accounts whose heads do, and give the place of the first other row."""
        account, expected, last, stage, machine = self._account, self._next, self._hash, self._stage, self._machine
        done = 0
        if self._broken:
            return place
        for of, seq, previous, own, left, reached, rules, given in islice(page, place, None):
            if of != account:
                if (account, expected - 1, last, stage, machine) != self._head:
                    break
                self._head = next(self._heads, None)
                self._start(of)
                account, expected, last, stage = of, 1, GENESIS, left
            if seq != expected or previous != last or left != stage or given != own:
                break
            expected, last, stage, machine, done = expected + 1, own, reached, rules, done + 1
        self._next, self._hash, self._stage, self._machine = expected, last, stage, machine
        self.rows += done
        return place + done

    def _look_at(self, row: Chained) -> Iterator[Flaw]:
        account, seq, previous, own, left, reached, machine, given = row
        if account != self._account:
            yield from self._finish()
            self._start(account)
        self.rows += 1
        holds = seq == self._next and previous == self._hash and own == given
        if not self._broken and not holds:
            self._broken = True
            yield self._flaw(Check.CHAIN, *self._break(seq, previous))
        if left != self._stage and left is not None and self._stage is not None:
            place = seq if isinstance(seq, int) else self._next
            yield self._flaw(Check.STAGE, place, f"it leaves {left!r}, but the account was in {self._stage!r}")
        self._next = seq + 1 if isinstance(seq, int) else self._next
        self._hash, self._stage, self._machine = own, reached, machine

    def end(self) -> Iterator[Flaw]:
        """Finish the last account, and look at those that are left without a row."""
        yield from self._finish()
        self._account = None
        yield from self._heads_before(None)

    def _start(self, account: bytes) -> None:
        self._account, self._broken = account, False
        self._next, self._hash, self._stage, self._machine = 1, GENESIS, None, None
        self.accounts += 1

    def _finish(self) -> Iterator[Flaw]:
        if self._account is None:
            return
        yield from self._heads_before(self._account)
        head = self._head
        if head is None or head.account != self._account:
            yield self._flaw(Check.HEAD, 1, "it has history, but there is no such account")
            return
        yield from self._compare(head)
        self._head = next(self._heads, None)

    def _heads_before(self, account: bytes | None) -> Iterator[Flaw]:
        while self._head is not None and (account is None or self._head.account < account):
            if (self._head.revision, self._head.hash) != (0, GENESIS):
                message = f"all of its {self._head.revision!r} rows are missing"
                yield _flaw_of(self._head.account, Check.HEAD, 1, message)
            self.accounts += 1
            self._head = next(self._heads, None)

    def _compare(self, head: AccountHead) -> Iterator[Flaw]:
        if not isinstance(head.revision, int):
            yield self._flaw(Check.HEAD, self._next - 1, f"the account's head is no row but {head.revision!r}")
        elif head.revision >= self._next:
            yield self._flaw(Check.HEAD, self._next, f"the row is missing: the account's head is row {head.revision}")
        elif head.revision != self._next - 1:
            yield self._flaw(Check.HEAD, head.revision + 1, f"the account's head is row {head.revision}")
        elif head.hash != self._hash:
            yield self._flaw(Check.HEAD, self._next - 1, "the account's head is not the hash of its last row")
        elif (head.stage, head.machine) != (self._stage, self._machine):
            seen = f"the account stands in {head.stage!r} of {head.machine!r}"
            yield self._flaw(Check.STAGE, self._next - 1, f"{seen}, its last row says {self._stage!r}")

    def _break(self, seq: int, previous: bytes) -> tuple[int, str]:
        if not isinstance(seq, int):
            return self._next, f"a row whose number is {seq!r} stands behind those that have one"
        if seq > self._next:
            return self._next, "the row is missing"
        if seq != self._next:
            return seq, f"it stands where row {self._next} should"
        if previous != self._hash:
            return seq, "it does not follow the row before it"
        return seq, "its contents are not those that were hashed"

    def _flaw(self, check: Check, seq: int, message: str) -> Flaw:
        return _flaw_of(self._account or b"", check, seq, message)


def _flaw_of(account: bytes, check: Check, seq: int, message: str) -> Flaw:
    known = _id_of(account)
    return Flaw(check, message, known, seq, None if known is not None else f"account {account.hex()}")


def _id_of(account: bytes) -> UUID | None:
    """The id in its 16 bytes, or as text; None where somebody put there what is none."""
    try:
        return found_id(account) or UUID(account.decode())
    except ValueError:
        return None
