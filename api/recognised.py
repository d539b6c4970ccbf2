"""Requests that came before, known again by their bytes, so that each is judged once."""

from collections import OrderedDict

from api.gate import Prepared
from lifecycle_fsm.services.tokens import Identity

_LARGEST = 4_096
_MOST = 1_000


class Recognised:
    """
    Remember the operations that bodies were found to ask for, of the last 1,000 bodies of at most 4,096 bytes.

    What an operation was found to be depends on the body and on who sends it alone. Who sends it is looked up
    anew now and then; what was found before does not hold for what that finds.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, bytes], Prepared] = OrderedDict()

    def find(self, identity: Identity, body: bytes) -> Prepared | None:
        """The operation that this body of this caller asks for, None where it has to be judged."""
        found = self._kept.get((identity.key, body))
        return found if found is not None and found.identity is identity else None

    def keep(self, body: bytes, prepared: Prepared) -> None:
        """Remember what a body was found to ask for."""
        if len(body) > _LARGEST:
            return
        key = (prepared.identity.key, body)
        self._kept[key] = prepared
        self._kept.move_to_end(key)
        if len(self._kept) > _MOST:
            self._kept.popitem(last=False)
