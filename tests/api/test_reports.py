"""Reports through the door: every one in one query, and each number with its accounts."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from api.scalars import write_instant
from lifecycle_fsm.domain.cta import CtaOutcome
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.services.browse import view_accounts
from lifecycle_fsm.services.ctas import CloseCta, close_cta
from lifecycle_fsm.services.fire import FireTransition, fire_transition
from lifecycle_fsm.services.ingest import RecordFacts, record_facts
from lifecycle_fsm.services.keeping import keep_entries
from lifecycle_fsm.services.milestones import ReachMilestone, reach_milestone
from lifecycle_fsm.services.observe import FactRow
from lifecycle_fsm.services.register import AccountRow
from lifecycle_fsm.services.world import World
from tests.api.conftest import ADMIN, an_account, register
from tests.api.door import JSON, Door
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
  dataGaps { measure title count missing stale }
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
    assert [(each["measure"], each["title"]) for each in found["dataGaps"]] == [
        ("logins", "Logins in 30 days"),
        ("setup", "Setup completion"),
    ]


def test_what_is_counted_has_its_name_for_people(door: Door) -> None:
    query = """{ reports { ctas { reason reasonTitle } coverage { kind key title } recipeCoverage { part key title } }
      ctas(first: 5) { nodes { reason reasonTitle } } }"""

    found = door.data(query)

    kickoff = {"reason": "kickoff", "reasonTitle": "Kickoff"}
    assert found["ctas"]["nodes"] == found["reports"]["ctas"] == [kickoff]
    assert [tuple(each.values()) for each in found["reports"]["coverage"]] == [
        ("TRANSITION", "onboarding.onboarded", "Onboarding → Adoption"),
        ("TRANSITION", "onboarding.kicked_off", "Onboarding → Launched"),
        ("TRANSITION", "launched.adopted", "Launched → Adoption"),
        ("TRANSITION", "adoption.over", "Adoption → Over"),
    ]
    assert [tuple(each.values()) for each in found["reports"]["recipeCoverage"]] == [
        ("CTA_TEMPLATE", "kickoff_call", "Hold the kickoff"),
        ("PLAYBOOK", "kickoff", "Kickoff"),
        ("MILESTONE", "kickoff_done", "Kickoff"),
    ]


def test_what_waits_for_a_value_says_where_it_would_go(door: Door, world: World) -> None:
    win_kickoff(world, account_id_for("ACME"))

    found = door.data("{ reports { heldByUnknown { stage transition title count } } }")["reports"]["heldByUnknown"]

    assert found == [{"stage": "launched", "transition": "adopted", "title": "Launched → Adoption", "count": 1}]


def test_a_period_that_ends_before_it_begins_is_refused(door: Door) -> None:
    scope = {"from": "2026-03-02T00:00:00Z", "to": "2026-03-01T00:00:00Z"}

    error = door.error("query($s: ReportScope) { reports(scope: $s) { moves { count } } }", s=scope)

    assert error["extensions"]["code"] == "invalid_input"


@pytest.mark.parametrize(
    ("report", "fields"),
    [
        ("pace", "onTrack"),
        ("heldByUnknown", "count"),
        ("unknownTimeZones", "count"),
    ],
)
def test_what_is_known_of_now_alone_refuses_a_date_that_is_over(
    door: Door, clock: Clock, report: str, fields: str
) -> None:
    query = "query ($s: ReportScope) { reports(scope: $s) { " + report + " { " + fields + " } } }"
    yesterday, now = (write_instant(clock() - timedelta(days=days)) for days in (1, 0))

    error = door.error(query, s={"asOf": yesterday})

    assert error["message"] == (
        f"`asOf` is 2026-03-01T09:00:00+00:00, and `{report}` is known of now alone; leave `asOf` out"
    )
    assert error["extensions"]["code"] == "invalid_input"
    assert door.data(query, s={"asOf": now}) == door.data(query)


JOURNEYS = """
query Journeys($scope: ReportScope, $since: DateTime!) { reports(scope: $scope) {
  funnel(withinDays: 10) { segment cohort n judged tooYoung stages { stage reached within withinShare } }
  stageMatrix(since: $since, revenue: "arr") { fromStage toStage count revenue }
  milestone(key: "kickoff_done", withinDays: 10, by: CSM) { group n inTime late pending share reached }
  healthyMoves(by: QUARTER) { group count withHealth healthy healthyShare }
  healthTrend(dates: ["2026-03-03T00:00:00Z", "2026-03-13T09:00:00Z"]) { stage count scores { n median } }
  risers: movers(since: $since, rising: true) { before after change account { key } }
  fallers: movers(since: $since) { change account { key } }
  heldByUnknown { stage transition count }
} }
"""


def test_how_far_two_accounts_came(door: Door, world: World, clock: Clock) -> None:
    """ACME begins on 2 March, has its kickoff a day and is adopted two days later; BETA begins on 9 March."""
    acme = account_id_for("ACME")
    record(world, acme, 85.0, "a")
    clock.turn(days=1)
    reach_milestone(world, ADMIN, ReachMilestone(acme, "kickoff_done", "b"))
    clock.turn(days=1)
    fire_transition(world, ADMIN, FireTransition(acme, "advance", "c"))
    clock.turn(days=5)
    register(world, AccountRow("BETA", "Beta Inc.", csm="bob", facts={"arr": 700}))
    record(world, acme, 90.0, "d")
    clock.turn(days=4)

    found = door.data(JOURNEYS, scope={"segment": "starter"}, since="2026-03-03T12:00:00Z")["reports"]

    onboarding = {"stage": "onboarding", "reached": 2, "within": 1, "withinShare": 1.0}
    adoption = {"stage": "adoption", "reached": 1, "within": 1, "withinShare": 1.0}
    assert found == {
        "funnel": [
            {
                "segment": "starter",
                "cohort": "2026-03",
                "n": 2,
                "judged": 1,
                "tooYoung": 1,
                "stages": [onboarding, adoption],
            }
        ],
        "stageMatrix": [
            {"fromStage": None, "toStage": "onboarding", "count": 1, "revenue": 700},
            {"fromStage": "onboarding", "toStage": "adoption", "count": 1, "revenue": 5000},
        ],
        "milestone": [
            {"group": "ada", "n": 1, "inTime": 1, "late": 0, "pending": 0, "share": 1.0, "reached": 1},
            {"group": "bob", "n": 0, "inTime": 0, "late": 0, "pending": 1, "share": None, "reached": 0},
        ],
        "healthyMoves": [{"group": "2026-Q1", "count": 1, "withHealth": 1, "healthy": 1, "healthyShare": 1.0}],
        "healthTrend": [
            {"stage": "onboarding", "count": 1, "scores": {"n": 1, "median": 81.25}},
            {"stage": "adoption", "count": 1, "scores": {"n": 1, "median": 87.5}},
            {"stage": "onboarding", "count": 1, "scores": {"n": 0, "median": None}},
        ],
        "risers": [{"before": 81.25, "after": 87.5, "change": 6.25, "account": {"key": "ACME"}}],
        "fallers": [],
        "heldByUnknown": [],
    }


def test_an_account_begins_by_a_stage_or_a_fact(door: Door) -> None:
    query = '{ reports { funnel(withinDays: 10, startingStage: "launched", startFact: "renewal_on") { n } } }'

    assert door.error(query)["extensions"]["code"] == "invalid_input"


def test_of_stages_that_one_evaluation_passes_only_those_after_the_beginning_are_reached(
    door: Door, world: World
) -> None:
    """A success of the kickoff moves ACME through launched to adoption, in which it has been since the same instant."""
    acme = account_id_for("ACME")
    record_facts(world, ADMIN, RecordFacts((FactRow(acme, 25.0, measure="logins"),), "test", "a"))
    win_kickoff(world, acme)

    query = """query ($of: String) { reports {
      funnel(withinDays: 10, startingStage: $of) { n stages { stage reached } } } }"""
    found = {of: door.data(query, of=of)["reports"]["funnel"] for of in ("launched", "adoption")}

    launched, adoption = ({"stage": stage, "reached": 1} for stage in ("launched", "adoption"))
    assert found == {
        "launched": [{"n": 1, "stages": [launched, adoption]}],
        "adoption": [{"n": 1, "stages": [adoption]}],
    }


DATED = """query ($scope: ReportScope) { reports(scope: $scope) { funnel(withinDays: 10, startFact: "renewal_on") {
  cohort n judged stages { stage reached within } }
  milestone(key: "kickoff_done", withinDays: 10, by: MONTH, startFact: "renewal_on") { n pending reached } } }"""


def test_accounts_begin_by_a_date(door: Door, world: World, clock: Clock) -> None:
    """BETA enters its stage before its date, and LATE 13 days after it; the next two are too young, or begin later."""
    clock.turn(days=12)
    for key, day in (("BETA", "03-20"), ("LATE", "03-01"), ("NEW", "03-25"), ("AHEAD", "12-31")):
        register(world, AccountRow(key, key, facts={"arr": 5000, "renewal_on": f"2026-{day}"}))
    clock.turn(days=20)

    onboarding = {"stage": "onboarding", "reached": 3, "within": 1}
    expected = {
        "funnel": [{"cohort": "2026-03", "n": 3, "judged": 2, "stages": [onboarding]}],
        "milestone": [{"n": 2, "pending": 1, "reached": 0}],
    }
    assert door.data(DATED)["reports"] == expected
    while keep_entries(world, ADMIN):
        pass
    assert door.data(DATED)["reports"] == expected


def win_kickoff(world: World, account: UUID) -> None:
    (kickoff,) = view_accounts(world, ADMIN, [account])[account].lifecycle.ctas
    assert kickoff.id is not None
    close_cta(world, ADMIN, CloseCta(account, kickoff.id, CtaOutcome.SUCCESS, "kickoff"))


def record(world: World, account: UUID, setup: float, key: str) -> None:
    row = FactRow(account, setup, measure="setup")
    assert [each.message for each in record_facts(world, ADMIN, RecordFacts((row,), "test", key)).rows] == [None]


KNOWN = """query ($asOf: DateTime!, $known: DateTime) { reports(scope: {asOf: $asOf}) {
  stageDistribution(asKnownAt: $known) { stage count address } } }"""


def test_stages_are_counted_as_they_were_known(door: Door, world: World, clock: Clock) -> None:
    clock.turn(days=3)
    register(world, an_account("BETA", logins=12))

    def counts(known: str | None) -> list[int]:
        found = door.data(KNOWN, asOf=write_instant(clock()), known=known)["reports"]["stageDistribution"]
        return [each["count"] for each in found]

    assert (counts(None), counts(write_instant(clock() - timedelta(days=1)))) == ([2], [1])


def test_what_will_be_known_cannot_be_counted(door: Door, clock: Clock) -> None:
    now, ahead = clock(), clock() + timedelta(milliseconds=1)

    error = door.error(KNOWN, asOf=write_instant(now), known=ahead.isoformat())

    assert error["message"] == f"{ahead.isoformat()} lies ahead; give a date up to now"
    assert (error["extensions"]["code"], error["extensions"]["input"]) == ("invalid_input", "asKnownAt")
    assert door.data(KNOWN, asOf=write_instant(now), known=write_instant(now))["reports"]["stageDistribution"] != []


def test_an_address_of_what_will_be_known_is_refused(door: Door, clock: Clock) -> None:
    now = to_ms(clock())
    query = "query ($behind: String!) { accounts(first: 1, filter: {behind: $behind}) { totalCount } }"

    error = door.error(query, behind=f"stages?asOf={now}&knownAt={now + 1}")

    assert (error["extensions"]["code"], error["extensions"]["input"]) == ("invalid_input", "filter.behind")


def test_a_date_that_lies_ahead_tells_what_will_be_if_nothing_is_written(door: Door, clock: Clock) -> None:
    query = """query ($asOf: DateTime) { reports(scope: {asOf: $asOf}) {
      stageCompliance(stage: "onboarding", withinDays: 30) { inTime late pending } } }"""

    def counted(as_of: datetime | None) -> JSON:
        given = None if as_of is None else write_instant(as_of)
        (found,) = door.data(query, asOf=given)["reports"]["stageCompliance"]
        return dict(found)

    assert counted(None) == {"inTime": 0, "late": 0, "pending": 1}
    assert counted(clock() + timedelta(days=40)) == {"inTime": 0, "late": 1, "pending": 0}
