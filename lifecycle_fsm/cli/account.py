"""An account as people name it on the command line."""

from uuid import UUID

from lifecycle_fsm.domain.facts import account_id_for

NAMED = "ACCOUNT"
"""How help calls the argument of `account_of`."""


def account_of(name: str) -> UUID:
    """The id of the account that is named by its key, or by the id itself, which logs and exports have."""
    try:
        return UUID(name)
    except ValueError:
        return account_id_for(name)
