"""Which of the accounts go over to a new version, and how it is written down."""

from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.services.publish import NEW_ACCOUNTS

_ALL = "all"
_WHOLE = 100
_RAMP = "ramp"


@dataclass(frozen=True, slots=True)
class RollOut:
    """
    The share of existing accounts that go over, in percent: 100 for all, 0 for new accounts only.

    The same accounts are among any larger share, so that a roll-out can be widened.
    """

    percent: int

    def takes(self, account_id: UUID) -> bool:
        """Whether an account is in the share; decided by its id alone."""
        place = int.from_bytes(sha256(account_id.bytes).digest()[:8]) % _WHOLE
        return place < self.percent

    @property
    def text(self) -> str:
        """How history names it: `all`, `new_accounts` or `ramp:25`."""
        return {_WHOLE: _ALL, 0: NEW_ACCOUNTS}.get(self.percent, f"{_RAMP}:{self.percent}")


ALL = RollOut(_WHOLE)
ONLY_NEW = RollOut(0)


def roll_out_of(text: str) -> RollOut:
    """
    Read what `RollOut.text` gives.

    Raises:
        InvalidInput: it is something else.
    """
    kind, colon, percent = text.partition(":")
    if not colon and kind in (_ALL, NEW_ACCOUNTS):
        return ALL if kind == _ALL else ONLY_NEW
    if kind == _RAMP and percent.isascii() and percent.isdecimal() and 1 <= int(percent) <= _WHOLE:
        return RollOut(int(percent))
    raise InvalidInput(f"{text!r} is no roll-out; expected all, new_accounts or ramp:1 to ramp:100", path="rollOut")
