"""What a store holds before the demo starts: nothing, the demo, or something that it must not touch."""

from enum import StrEnum

from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.services.demo.play import ACCOUNTS, DAYS, SEED
from lifecycle_fsm.services.demo.population import make_population
from lifecycle_fsm.services.demo.tokens import demo_name
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.accounts import count_accounts, existing_ids
from lifecycle_fsm.store.keys import was_issued


class Condition(StrEnum):
    """What the demo finds."""

    EMPTY = "empty"
    """There is no account: the demo can be played."""
    PLAYED = "played"
    """The demo was played to its end: it goes on with the same data."""
    INTERRUPTED = "interrupted"
    """The play was stopped half way."""
    FOREIGN = "foreign"
    """There are accounts that are not the demo's."""


def condition_of(world: World) -> Condition:
    """
    Look at the accounts of a store.

    The demo's tokens are issued after the play, so that a demo without them was interrupted.
    """
    ids = [account_id_for(each.key) for each in make_population(ACCOUNTS, DAYS, SEED)]
    with world.database.reading() as connection:
        total, known = count_accounts(connection), len(existing_ids(connection, ids))
        was_finished = was_issued(connection, demo_name(Role.ADMIN))
    if total == 0:
        return Condition.EMPTY
    if total != known:
        return Condition.FOREIGN
    return Condition.PLAYED if was_finished else Condition.INTERRUPTED
