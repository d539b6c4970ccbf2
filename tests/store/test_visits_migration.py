"""A store of an older release gets its visits from the log."""

from sqlalchemy import select

from lifecycle_fsm.store.migrate import downgrade, upgrade
from lifecycle_fsm.store.tables.visits import stage_visit
from tests.worlds import Stage, a_stage


def visits(stage: Stage) -> list[tuple[object, ...]]:
    columns = [column for column in stage_visit.columns if not column.name.startswith("health")]
    with stage.world.database.reading() as connection:
        return [tuple(row) for row in connection.execute(select(*columns).order_by(stage_visit.c.seq))]


def test_the_migration_fills_visits_from_the_log(database_url: str) -> None:
    with a_stage(database_url) as stage:
        account = stage.sign(arr=5_000)
        stage.clock.turn(days=3)
        stage.tell(account, notice_given=True)
        stage.clock.turn(days=4)
        stage.tell(account, notice_given=False)
        before = visits(stage)
    downgrade(database_url, "0016")
    upgrade(database_url)
    with a_stage(database_url, None) as stage:
        after = visits(stage)

    assert [row[4] for row in before] == ["onboarding", "will_churn"]
    assert after == before
