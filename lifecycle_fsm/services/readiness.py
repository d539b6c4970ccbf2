"""Whether this process can serve: its store answers, and has the tables of this release or of a later one."""

from lifecycle_fsm.domain.errors import LifecycleError
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.migrate import Standing, standing


def not_ready(world: World) -> str | None:
    """Say in a few words why requests should go elsewhere; None where they should come."""
    try:
        with world.database.reading() as connection:
            found = standing(connection)
    except LifecycleError as error:
        return f"the store does not answer: {error.code}"
    if found in (Standing.EMPTY, Standing.OLDER):
        return f"the tables are {found.value}: run `lifecycle-fsm migrate`"
    return None
