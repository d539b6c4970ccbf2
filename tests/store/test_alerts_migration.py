"""A store of an older release counts the alerts that are on, and gets their newest episodes as rows."""

from sqlalchemy import select

from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.services.register import AccountRow
from lifecycle_fsm.store.migrate import downgrade, upgrade
from lifecycle_fsm.store.tables.accounts import account_state
from lifecycle_fsm.store.tables.alerts import alert_episode
from tests.worlds import Stage, a_stage

KEYS = ("NEVER", "ON", "OVER")


def counted(stage: Stage) -> dict[str, int | None]:
    with stage.world.database.reading() as connection:
        rows = connection.execute(select(account_state.c.account_id, account_state.c.alerts_on))
        found = {row.account_id: row.alerts_on for row in rows}
    return {key: found[account_id_for(key)] for key in KEYS}


def test_the_migration_counts_alerts_that_are_on(database_url: str) -> None:
    with a_stage(database_url, "time") as stage:
        facts = {"account.status": "active", "account.contract_start": "2026-03-02"}
        stage.register(*(AccountRow(key, key, "ada", facts=facts) for key in KEYS))
        never, on, over = (account_id_for(key) for key in KEYS)
        for account in (never, on, over):
            stage.send(account, usage__license_share=12)
        for account in (on, over):
            stage.send(account, usage__logins_30d=5)
        stage.send(over, usage__logins_30d=50)
        before = counted(stage)
    downgrade(database_url, "0022")
    upgrade(database_url)
    with a_stage(database_url, None) as stage:
        after = counted(stage)

    assert before == {"NEVER": None, "ON": 1, "OVER": None}
    assert after == before


def episodes(stage: Stage) -> list[tuple[object, ...]]:
    with stage.world.database.reading() as connection:
        rows = connection.execute(select(alert_episode).order_by(alert_episode.c.account_id))
        return [tuple(row) for row in rows]


def test_the_migration_gives_what_is_remembered_as_rows(database_url: str) -> None:
    with a_stage(database_url, "time") as stage:
        facts = {"account.status": "active", "account.contract_start": "2026-03-02"}
        stage.register(*(AccountRow(key, key, "ada", facts=facts) for key in KEYS))
        never, on, over = (account_id_for(key) for key in KEYS)
        for account in (never, on, over):
            stage.send(account, usage__license_share=12)
        for account in (on, over):
            stage.send(account, usage__logins_30d=5)
        stage.clock.turn(days=1)
        stage.send(on, usage__logins_30d=4)
        stage.send(over, usage__logins_30d=50)
        before = episodes(stage)
    downgrade(database_url, "0023")
    upgrade(database_url)
    with a_stage(database_url, None) as stage:
        after = episodes(stage)

    assert after == before
    assert len(after) == 2
