"""Requests that came before, known again by their bytes, so that each is judged once."""

from collections import OrderedDict

from graphql import OperationType

from api.gate import Prepared
from lifecycle_fsm.services.tokens import Identity

_LARGEST = 4_096
_MOST = 1_000


class Recognised:
    """
    Remember the queries that bodies were found to ask for, of the last 1,000 bodies of at most 4,096 bytes.

    What a query was found to be depends on the body and on who sends it alone. Who sends it is looked up
    anew now and then; what was found before does not hold for what that finds. Mutations carry a key of their
    own, so that they do not come again.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, bytes], Prepared] = OrderedDict()

    def find(self, identity: Identity, body: bytes) -> Prepared | None:
        """The query that this body of this caller asks for, None where it has to be judged."""
        found = self._kept.get((identity.key, body))
        return found if found is not None and found.identity is identity else None

    def keep(self, body: bytes, prepared: Prepared) -> None:
        """Remember what a body was found to ask for, if that is a query."""
        if len(body) > _LARGEST or prepared.operation.operation is not OperationType.QUERY:
            return
        key = (prepared.identity.key, body)
        self._kept[key] = prepared
        self._kept.move_to_end(key)
        if len(self._kept) > _MOST:
            self._kept.popitem(last=False)
