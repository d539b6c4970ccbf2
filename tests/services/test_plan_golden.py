"""Plans of every kind of change read exactly as they are kept under fixtures/plans."""

from collections.abc import Iterator

import pytest

from tests.services.golden_plans import KINDS, PLANS, as_json, as_text, planned, portfolio
from tests.worlds import Stage


@pytest.fixture(scope="module", params=["sqlite_url", "postgres_url"])
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    with portfolio(request.getfixturevalue(request.param)) as opened:
        yield opened


def test_there_are_golden_plans_of_eleven_kinds_of_change() -> None:
    assert KINDS == (
        "alert_added",
        "cta_renamed",
        "priority_swapped",
        "scorecard_weighted",
        "segment_rule_changed",
        "stage_added",
        "stage_removed",
        "stage_removed_and_mapped",
        "threshold_loosened",
        "threshold_tightened",
        "time_limit_shortened",
    )


@pytest.mark.parametrize("kind", KINDS)
def test_the_plan_reads_as_it_is_kept(stage: Stage, kind: str) -> None:
    made = planned(stage, kind)

    assert as_text(stage, made) == (PLANS / kind / "plan.txt").read_text()
    assert as_json(made) == (PLANS / kind / "plan.json").read_bytes()
