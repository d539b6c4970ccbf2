"""What is known about an account from outside the machine, at one instant."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import NAMESPACE_URL, UUID, uuid5

from lifecycle_fsm.domain.fields import Value

_ACCOUNTS = uuid5(NAMESPACE_URL, "lifecycle-fsm:account")


def account_id_for(key: str) -> UUID:
    """
    Give the id of the account that its system of record calls `key`.

    The same key gives the same id on every machine, so an import may be repeated
    and a shard found without a look-up.
    """
    return uuid5(_ACCOUNTS, key)


@dataclass(frozen=True, slots=True)
class Facts:
    """
    Hold the values of one account by field key, as they were known at the evaluation date.

    `values` has `measure.*` and `fact.*` keys, their `@` instants of observation and the
    `*.before.*` baselines that the machine asks for. A key that is absent is unknown.
    """

    values: Mapping[str, Value] = field(default_factory=dict)


NOTHING_KNOWN = Facts()
"""The facts of an account that nobody has told anything about."""
