"""Counts of accounts by stage, as they are kept and as counting gives them."""

from sqlalchemy import func, select

from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.change import Place
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.tables.accounts import account_state
from lifecycle_fsm.store.tables.tallies import stage_tally
from lifecycle_fsm.store.tally import UNASSIGNED


def kept(world: World) -> dict[Place, int]:
    with world.database.reading() as connection:
        return kept_in(connection)


def counted(world: World) -> dict[Place, int]:
    with world.database.reading() as connection:
        return counted_in(connection)


def kept_in(connection: Connection) -> dict[Place, int]:
    keys = (stage_tally.c.segment, stage_tally.c.machine, stage_tally.c.stage)
    rows = connection.execute(select(*keys, func.sum(stage_tally.c.accounts)).group_by(*keys))
    return {Place(*row[:3]): int(row[3]) for row in rows if row[3]}


def counted_in(connection: Connection) -> dict[Place, int]:
    keys = (account_state.c.segment, account_state.c.machine, account_state.c.stage)
    query = select(*keys, func.count()).where(account_state.c.segment != UNASSIGNED).group_by(*keys)
    return {Place(*row[:3]): int(row[3]) for row in connection.execute(query)}
