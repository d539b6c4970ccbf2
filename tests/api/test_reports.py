"""Reports through the door: every one in one query, and each number with its accounts."""

from lifecycle_fsm.services.world import World
from tests.api.conftest import an_account, register
from tests.api.door import Door
from tests.fakes import Clock

EVERYTHING = """
query Everything($scope: ReportScope) { reports(scope: $scope) {
  noRevenue: stageDistribution { revenue withRevenue }
  stageDistribution(revenue: "arr") { segment stage count revenue withRevenue accounts { segments stages bands csms } }
  timeInStage { stage n completed running medianDays curve { days atRisk ended share low high } expected stuckAfter }
  moves { fromStage toStage kind transition count withHealth healthyShare }
  stageCompliance(stage: "setup", withinDays: 30, by: CSM) { group n inTime late pending share }
  health { stage bands { band count accounts { bands } } scores { n median } }
  pace { stage onTrack behind stuck }
  measure(key: "logins") { stage count values { n lower median upper } }
  ctas { reason owner open overdue meanAgeDays closed closedOverdue }
  renewals { month count revenue }
  dataGaps { measure count missing stale }
  coverage { kind key count }
} }
"""


def test_every_report_answers_in_one_query(door: Door, world: World, clock: Clock) -> None:
    register(world, an_account("BETA", logins=12))
    clock.turn(days=3)

    found = door.data(EVERYTHING, scope={"segment": "starter", "csm": "ada"})["reports"]

    (stage,) = found["stageDistribution"]
    assert (stage["count"], stage["revenue"], stage["withRevenue"]) == (2, 10_000, 2)
    assert stage["accounts"] == {"segments": ["starter"], "stages": [stage["stage"]], "bands": [], "csms": ["ada"]}
    query = "query($f: AccountFilter) { accounts(filter: $f, first: 10) { totalCount } }"
    behind = door.data(query, f=stage["accounts"])
    assert behind["accounts"]["totalCount"] == stage["count"]
    assert [(each["n"], each["running"], each["medianDays"]) for each in found["timeInStage"]] == [(2, 2, None)]
    assert found["measure"] == [
        {"stage": stage["stage"], "count": 2, "values": {"n": 1, "lower": 12.0, "median": 12.0, "upper": 12.0}}
    ]
    assert found["noRevenue"] == [{"revenue": None, "withRevenue": 0}]
    assert found["moves"] == []
    assert {each["count"] for each in found["coverage"]} == {0}


def test_a_period_that_ends_before_it_begins_is_refused(door: Door) -> None:
    scope = {"from": "2026-03-02T00:00:00Z", "to": "2026-03-01T00:00:00Z"}

    error = door.error("query($s: ReportScope) { reports(scope: $s) { moves { count } } }", s=scope)

    assert error["extensions"]["code"] == "invalid_input"
