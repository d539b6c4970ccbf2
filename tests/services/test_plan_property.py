"""What the plan finds set-wise is what the engine finds account by account."""

from collections.abc import Mapping
from random import Random

import pytest

from lifecycle_fsm.definition.configuration import compile_configuration
from lifecycle_fsm.domain.cta import CtaOutcome
from lifecycle_fsm.domain.landing import Landing
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.engine.migrate import Route
from lifecycle_fsm.services.ctas import CloseCta, close_cta
from lifecycle_fsm.services.planning.comparing import comparison
from lifecycle_fsm.services.planning.survey import Ground, survey, survey_each
from lifecycle_fsm.services.planning.tally import Tally
from lifecycle_fsm.store.layout import load_layout
from tests.worlds import CSM, Stage, definitions

EDITS = (
    ("{measure: setup_completion, at_least: 80}", "{measure: setup_completion, at_least: 60}"),
    ("{measure: setup_completion, below: 50}", "{measure: setup_completion, below: 95}"),
    ("at_most: 90}", "at_most: 200}"),
    ("at_most: 90}", "at_most: 10}"),
    ("expected: 14d", "expected: 3d"),
    ("stuck: 75d", "stuck: 46d"),
    ("{measure: usage.logins_30d, below: 20}", "{measure: usage.logins_30d, below: 35}"),
    ("{measure: sentiment.exec_nps, at_most: 6}", "{measure: sentiment.exec_nps, at_most: 4}"),
    ("{measure: health.score, below: 50, for: 14d}", "{measure: health.score, below: 58, for: 1d}"),
    (
        "priority: 50\n    when: {fact: account.notice_given, is: true}",
        "priority: 150\n    when: {days_until: account.renewal_on, below: 30}",
    ),
)
"""Changes of the mid-market file after which the hot rows still tell everything."""


def mid_market(edits: tuple[tuple[str, str], ...] = ()) -> Machine:
    files = definitions("demo")
    text = files["segments/mid_market.yaml"].decode()
    for old, new in edits:
        text = text.replace(old, new)
    compiled = compile_configuration({**files, "segments/mid_market.yaml": text.encode()})
    assert compiled.configuration is not None, compiled.diagnostics
    return compiled.configuration.machines["mid_market"]


@pytest.fixture
def populated(stage: Stage) -> Stage:
    """Sixty mid-market accounts in all stages, evaluated, some of them with a deadline that has passed since."""
    rng = Random(7)
    for number in range(60):
        account = stage.sign(f"account {number}", arr=30_000, renewal_on=rng.choice((5, 80, 150, 400)), status="active")
        if rng.random() < 0.8:
            kickoff = stage.open_ctas(account)["kickoff_call"]
            assert kickoff.id is not None
            close_cta(stage.world, CSM, CloseCta(account, kickoff.id, CtaOutcome.SUCCESS, stage.key()))
        for measure, values in MEASURES.items():
            if rng.random() < 0.7:
                stage.send(account, **{measure: rng.choice(values)})
        stage.clock.turn(hours=rng.randrange(30))
    stage.clock.turn(days=10)
    return stage


MEASURES: Mapping[str, tuple[float, ...]] = {
    "setup_completion": (10, 55, 70, 90),
    "usage__logins_30d": (2, 30, 70),
    "usage__wau_ratio": (0.1, 0.4, 0.7),
    "sentiment__exec_nps": (3, 7, 9),
}


def test_both_ways_of_looking_find_the_same(populated: Stage) -> None:
    rng, before = Random(11), mid_market()
    with populated.world.database.reading() as connection:
        ground = Ground(connection, load_layout(connection), populated.clock())
        found = 0
        for _ in range(8):
            after = mid_market(tuple(rng.sample(EDITS, rng.randint(1, 4))))
            route = Route(before, after, {stage: Landing(stage) for stage in before.stages})
            set_wise, one_by_one = Tally(), Tally()

            survey(ground, route, frozenset(), set_wise)
            survey_each(ground, route, frozenset(), one_by_one)

            assert comparison(route) is not None
            assert set_wise == one_by_one
            found += len(set_wise.moves) + len(set_wise.closing) + len(set_wise.opening) + len(set_wise.deeds)

    assert found > 20
