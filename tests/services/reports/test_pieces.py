"""What is counted piece by piece is what is counted at once, wherever pieces end."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from lifecycle_fsm.domain.catalog import Catalog
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.domain.fields import FieldKind, fact_field
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.domain.reports.scope import ReportScope
from lifecycle_fsm.services.evaluate import evaluate_waiting
from lifecycle_fsm.services.keeping import keep_entries
from lifecycle_fsm.services.milestones import ReachMilestone, reach_milestone
from lifecycle_fsm.services.reports.behind import asked_of
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.reports.achieved import count_milestone
from lifecycle_fsm.store.reports.asked import Asked
from lifecycle_fsm.store.reports.cohorts import count_cohorts
from lifecycle_fsm.store.reports.gaps import count_gaps_then
from lifecycle_fsm.store.reports.positions import count_passages
from lifecycle_fsm.store.reports.scores import count_scores, find_movers
from tests.api.counting import counted
from tests.builders import MONDAY
from tests.worlds import ADMIN, Stage, a_stage

KEYS = ("ACME", "BOLT", "CORE", "DOCK", "EDGE", "FLUX")
IDS = sorted(map(account_id_for, KEYS), key=lambda each: each.bytes)
ENDS = {
    "none": (),
    "one": (IDS[2],),
    "the last": (IDS[-1],),
    "each": tuple(IDS),
    "of nobody": (UUID(int=1), UUID(int=2)),
}

ARR = fact_field("arr", FieldKind.NUMBER)
Count = Callable[[Connection, Asked, Catalog], Any]
COUNTS: dict[str, Count] = {
    "scores": lambda connection, asked, _: count_scores(connection, asked),
    "falling": lambda connection, asked, _: find_movers(connection, asked, up=False, limit=4),
    "rising": lambda connection, asked, _: find_movers(connection, asked, up=True, limit=4),
    "gaps": lambda connection, asked, catalog: count_gaps_then(connection, asked, [*catalog.measures.values()][:2]),
    "passages": lambda connection, asked, _: count_passages(connection, asked, None),
    "passages with revenue": lambda connection, asked, _: count_passages(connection, asked, ARR),
    "milestone": lambda connection, asked, _: sorted(count_milestone(connection, asked, by_csm=False)),
    "milestone by CSM": lambda connection, asked, _: sorted(count_milestone(connection, asked, by_csm=True)),
    "cohorts": lambda connection, asked, _: [sorted(each) for each in count_cohorts(connection, asked)],
}


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    """Accounts with a day, a milestone, scores and a stage each of their own."""
    with a_stage(database_url) as opened:
        for number, key in enumerate(KEYS):
            account = opened.sign(key, arr=5_000, csm=("ada", "bob")[number % 2])
            opened.send(account, setup_completion=15 * number)
            opened.clock.turn(days=1)
        for number, key in enumerate(KEYS):
            opened.send(account_id_for(key), setup_completion=90 - 15 * number)
            if number % 2:
                reach_milestone(opened.world, ADMIN, ReachMilestone(account_id_for(key), "first_login", key))
            opened.clock.turn(days=1)
        evaluate_waiting(opened.world, ADMIN)
        while keep_entries(opened.world, ADMIN):
            pass
        yield opened


@pytest.mark.parametrize("ends", ENDS)
@pytest.mark.parametrize("name", COUNTS)
def test_pieces_together_are_the_whole(stage: Stage, name: str, ends: str) -> None:
    since = to_ms(MONDAY + timedelta(days=6))
    parameters = {"since": str(since), "days": "5", "milestone": "first_login"}
    with stage.world.database.reading() as connection:
        catalog = stage.world.shelf.catalog(connection)
        asked = asked_of(connection, ADMIN, ReportScope(stage.clock()), parameters)
        whole = COUNTS[name](connection, asked, catalog)
        pieces = COUNTS[name](connection, replace(asked, pieces=ENDS[ends]), catalog)

    assert pieces == whole
    assert len(whole) > 0


def test_all_measures_are_read_by_the_statements_of_one(stage: Stage) -> None:
    with stage.world.database.reading() as connection:
        measures = [*stage.world.shelf.catalog(connection).measures.values()]
        asked = asked_of(connection, ADMIN, ReportScope(stage.clock()), {})
        with counted() as one:
            count_gaps_then(connection, asked, measures[:1])
        with counted() as all_of_them:
            count_gaps_then(connection, asked, measures)

    assert len(measures) > 1
    assert (len(one), len(all_of_them)) == (2, 2)
