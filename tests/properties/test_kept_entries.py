"""Whatever happens to accounts, and whenever it is followed, what they entered is what their visits tell."""

from collections.abc import Sequence

import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from sqlalchemy import Select, Subquery, select

from lifecycle_fsm.services.keeping import keep_entries, rebuild_entries
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.kept_entries import entered, kept_so_far
from lifecycle_fsm.store.tables.entries import stage_entry
from lifecycle_fsm.store.told_entries import told
from tests.properties.chance import chances
from tests.properties.test_stage_tally import do_to_all
from tests.properties.test_stage_visits import Deed, deeds
from tests.worlds import ADMIN, Stage, a_stage

COLUMNS = tuple(column.name for column in stage_entry.columns)


def rows(world: World, source: Subquery) -> list[Sequence[object]]:
    query: Select[*tuple[object, ...]] = select(*(source.c[name] for name in COLUMNS))
    with world.database.reading() as connection:
        return sorted((tuple(row) for row in connection.execute(query)), key=lambda row: (str(row[0]), row[1:3]))


def kept(world: World) -> list[Sequence[object]]:
    with world.database.reading() as connection:
        far = kept_so_far(connection)
    return rows(world, entered(far))


def is_again(row: Sequence[object]) -> bool:
    """Whether something was entered since that had been entered before, too."""
    nth, since = row[3], row[5]
    assert isinstance(nth, int)
    assert isinstance(since, dict)
    return nth > 1 and len(since) > 1


def check(stage: Stage, examples: int) -> None:
    @chances(examples)
    @given(deeds, st.sets(st.integers(0, 13), max_size=4))
    def run(done: list[Deed], followed: set[int]) -> None:
        accounts = [stage.sign(stage.key(), arr=5_000) for _ in range(3)]
        for number, deed in enumerate(done):
            do_to_all(stage, accounts, deed)
            if number in followed:
                keep_entries(stage.world, ADMIN)
            found = kept(stage.world)
            assert found == rows(stage.world, told(None).subquery()), deed
            event(f"again in a stage: {any(is_again(row) for row in found)}")
        assert rebuild_entries(stage.world, ADMIN) == 0

    run()


def test_what_accounts_entered_is_what_visits_tell(database_url: str) -> None:
    with a_stage(database_url) as stage:
        check(stage, 3)


@pytest.mark.long
def test_what_many_accounts_entered_is_what_visits_tell(database_url: str) -> None:
    with a_stage(database_url) as stage:
        check(stage, 30)
