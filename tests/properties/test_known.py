"""Whatever happens to accounts, where they were known to stand is what the rows say that were there then."""

from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import event, given
from sqlalchemy import select

from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.domain.reports.scope import ReportScope
from lifecycle_fsm.services.milestones import ReachMilestone, reach_milestone
from lifecycle_fsm.services.reports.standing import stage_distribution
from lifecycle_fsm.store.history import load_chains
from lifecycle_fsm.store.ledger import Link
from lifecycle_fsm.store.tables.accounts import account_state
from tests.properties.chance import chances
from tests.properties.test_stage_visits import Deed, deeds, do
from tests.worlds import ADMIN, CSM, Stage, a_stage

BEFORE = timedelta(hours=7)


def chains(stage: Stage) -> list[tuple[Link, ...]]:
    with stage.world.database.reading() as connection:
        ids = list(connection.execute(select(account_state.c.account_id)).scalars())
        return list(load_chains(connection, ids).values())


def told_by_rows(found: list[tuple[Link, ...]], as_of: datetime, known_at: datetime) -> Counter[str]:
    stages = Counter[str]()
    for links in found:
        known = [each for each in links if each.entry.recorded_at <= known_at]
        undone = {UUID(str(each.entry.subject)) for each in known if each.entry.kind is RecordKind.RUN_UNDONE}
        rows = [
            each
            for each in known
            if each.entry.effective_at <= as_of
            and each.entry.kind is not RecordKind.RUN_UNDONE
            and each.entry.run_id not in undone
        ]
        stages.update(each.entry.to_stage for each in rows[-1:] if each.entry.to_stage != "unassigned")
    return stages


def counted(stage: Stage, as_of: datetime, known_at: datetime) -> Counter[str]:
    scope = ReportScope(as_of, known_at=known_at)
    found = stage_distribution(stage.world, ADMIN, scope, with_revenue=False)
    return sum((Counter({each.stage: each.accounts}) for each in found), Counter[str]())


def check(stage: Stage, examples: int) -> None:
    @chances(examples)
    @given(deeds)
    def run(done: list[Deed]) -> None:
        begun = stage.clock()
        account = stage.sign(stage.key(), arr=5_000)
        reach_milestone(stage.world, CSM, ReachMilestone(account, "first_login", stage.key()))
        for deed in done:
            do(stage, account, deed)
        span = stage.clock() - begun
        dates = [begun + span * part / 5 - BEFORE * (part % 2) for part in range(6)]
        found = chains(stage)
        for as_of in dates:
            for known_at in dates:
                told = told_by_rows(found, as_of, known_at)
                event(f"another than in hindsight: {told != told_by_rows(found, as_of, stage.clock())}")
                assert counted(stage, as_of, known_at) == told, (as_of, known_at)

    run()


def test_what_was_known_is_what_the_rows_of_then_say(database_url: str) -> None:
    with a_stage(database_url) as stage:
        check(stage, 2)


@pytest.mark.long
def test_what_was_known_is_what_the_rows_of_many_histories_say(database_url: str) -> None:
    with a_stage(database_url) as stage:
        check(stage, 30)
