"""Health through the door: explained, overridden, as of any date, and where it is going."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from api.app import create_app
from api.ids import global_id
from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.services.audit.erase import erase_account
from lifecycle_fsm.services.ingest import RecordFacts, record_facts
from lifecycle_fsm.services.observe import FactRow
from lifecycle_fsm.services.overrides import reasons_of
from lifecycle_fsm.services.register import AccountRow
from lifecycle_fsm.services.tokens import issue_token
from lifecycle_fsm.settings import Settings
from lifecycle_fsm.store.tables.accounts import account_state
from tests.api.counting import counted
from tests.api.door import JSON, Door, a_door
from tests.worlds import ADMIN, FEED, Stage, a_stage

ACME, BETA = (global_id("Account", account_id_for(key)) for key in ("ACME", "BETA"))

OVERRIDE = """mutation ($input: OverrideHealthInput!) { overrideHealth(input: $input) {
    __typename ... on Problem { code message } ... on InvalidInput { path } ... on UnknownMeasure { known }
    ... on HealthOverridden { replayed records { kind subject reason actor effects { did: kind } }
        account { id stage { key } health { score measuredScore inWords override { measure value until author reason }
            contributions { measure value override { value reason } inWords } } } } } }"""
END = """mutation ($input: EndHealthOverrideInput!) { endHealthOverride(input: $input) {
    __typename ... on Problem { code message }
    ... on HealthOverrideEnded { replayed records { kind } account { health { score override { value } } } } } }"""
HEALTH = """{ account(key: "ACME") { health { score band grade shown missingShare inWords
    contributions { measure type group isDerived value label score points absence source inWords } } } }"""


MEASURED = """query ($first: Int, $after: String, $last: Int, $before: String) { account(key: "ACME") {
    measureHistory(measure: "utilisation", since: "2026-01-01T00:00:00Z", first: $first, after: $after, last: $last,
        before: $before) { nodes { value } edges { cursor } totalCount
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }"""


def measured(door: Door, query: str = MEASURED, **given: Any) -> JSON:
    """A page of the history of a measure of ACME."""
    found: JSON = door.data(query, **given)["account"]["measureHistory"]
    return found


def values(page: JSON) -> list[float]:
    return [each["value"] for each in page["nodes"]]


def ways_on(page: JSON) -> tuple[bool, bool]:
    return page["pageInfo"]["hasNextPage"], page["pageInfo"]["hasPreviousPage"]


def observe(stage: Stage, key: str, *utilisations: float) -> None:
    """Observe a measure of an account on one day after another."""
    for value in utilisations:
        stage.clock.turn(days=1)
        stage.send(account_id_for(key), utilisation=value)


def correct(stage: Stage, utilisation: float, observed_at: datetime) -> None:
    """Record a minute from now what had been observed of ACME."""
    stage.clock.turn(minutes=1)
    row = FactRow(account_id_for("ACME"), utilisation, measure="utilisation", observed_at=observed_at)
    record_facts(stage.world, FEED, RecordFacts((row,), "test", stage.key()))


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    """A store with two accounts of the health fixture, ACME with a good use."""
    with a_stage(database_url, "health") as opened:
        facts = {"contract.start_on": "2026-02-21"}
        opened.register(AccountRow("ACME", "Acme", "ada", facts=facts), AccountRow("BETA", "Beta", "ada", facts=facts))
        opened.send(account_id_for("ACME"), utilisation=90, trained=True)
        yield opened


@pytest.fixture
def door(stage: Stage, database_url: str) -> Iterator[Door]:
    app = create_app(stage.world, Settings(database_url=database_url))
    with a_door(app, issue_token(stage.world, ADMIN, "root", [Role.ADMIN], None).token) as opened:
        yield opened


@pytest.fixture
def override(stage: Stage, door: Door) -> Callable[..., JSON]:
    def say(**given: Any) -> JSON:
        until = (stage.clock() + timedelta(hours=2)).isoformat()
        command = {"accountId": ACME, "value": 10, "until": until, "reason": "I know them", **given}
        outcome: JSON = door.data(OVERRIDE, input={"idempotencyKey": stage.key(), **command})["overrideHealth"]
        return outcome

    return say


def test_the_score_says_where_every_point_comes_from(door: Door) -> None:
    health = door.data(HEALTH)["account"]["health"]

    assert {key: health[key] for key in ("score", "band", "grade", "shown", "missingShare", "inWords")} == {
        "score": 93.75,
        "band": "HEALTHY",
        "grade": "A",
        "shown": "A",
        "missingShare": 0.0,
        "inWords": "Health is 93.7 (grade A, healthy), from 4 of 4 measures",
    }
    assert [(each["measure"], each["group"], each["points"], each["source"]) for each in health["contributions"]] == [
        ("utilisation", "Usage", 43.75, "test"),
        ("licences", "Usage", 25.0, None),
        ("launch", "People", 25.0, None),
        ("trained", "People", 0.0, "test"),
    ]
    assert [(each["type"], each["value"], each["label"]) for each in health["contributions"]][2:] == [
        ("NUMBER", 100.0, None),
        ("FLAG", 1.0, "yes"),
    ]
    points = "healthy (healthy at least 75, neutral at least 50): 100 of 100, 25.0 points"
    assert [each["inWords"] for each in health["contributions"]] == [
        "Licence utilisation is 90 %, healthy (healthy at least 80, neutral at least 50): 87.5 of 100, 43.8 points",
        f"Licences by contract age is 100 points, {points}",
        f"Launch is 100 points, {points}",
        "Admin is trained is yes, healthy (healthy at least 1, neutral at least 0.5): 100 of 100, 0.0 points",
    ]


def test_an_override_is_set_read_and_ended(stage: Stage, door: Door, override: Callable[..., JSON]) -> None:
    said = override()

    health = said["account"]["health"]
    assert (said["__typename"], said["replayed"], health["score"], health["measuredScore"]) == (
        "HealthOverridden",
        False,
        10.0,
        93.75,
    )
    assert health["override"] == {
        "measure": None,
        "value": 10.0,
        "until": (stage.clock() + timedelta(hours=2)).isoformat().replace("+00:00", "Z"),
        "author": "root",
        "reason": "I know them",
    }
    assert health["inWords"] == (
        "Health is 10 (grade F, at risk), set by root until 2026-03-02 11:00 UTC; the measures give 93.7"
    )
    ended = door.data(END, input={"accountId": ACME, "reason": "no more", "idempotencyKey": stage.key()})
    assert ended["endHealthOverride"] == {
        "__typename": "HealthOverrideEnded",
        "replayed": False,
        "records": [{"kind": "OVERRIDE_ENDED"}],
        "account": {"health": {"score": 93.75, "override": None}},
    }
    again = door.data(END, input={"accountId": ACME, "reason": "no more", "idempotencyKey": stage.key()})
    assert again["endHealthOverride"]["code"] == "NOT_OVERRIDDEN"


def test_an_override_of_a_measure_shows_at_the_measure(override: Callable[..., JSON]) -> None:
    said = override(measure="launch", value=0)

    assert said["account"]["stage"] == {"key": "rescue"}
    launch = next(each for each in said["account"]["health"]["contributions"] if each["measure"] == "launch")
    assert launch == {
        "measure": "launch",
        "value": 0.0,
        "override": {"value": 0.0, "reason": "I know them"},
        "inWords": "Launch is 0 points (set by root until 2026-03-02 11:00 UTC), at risk (healthy at least 75, "
        "neutral at least 50): 0 of 100, 0.0 points",
    }


def test_what_is_wrong_with_an_override_is_said(override: Callable[..., JSON]) -> None:
    assert override(value=101)["path"] == ["input", "value"]
    assert override(reason=" ")["path"] == ["input", "reason"]
    assert override(until="2020-01-01T00:00:00Z")["path"] == ["input", "until"]
    unknown = override(measure="lunch")
    assert (unknown["code"], "launch" in unknown["known"]) == ("UNKNOWN_MEASURE", True)


def test_the_reason_goes_when_the_account_is_erased(stage: Stage, override: Callable[..., JSON]) -> None:
    override()
    account = account_id_for("ACME")
    seq = stage.see(account).lifecycle.overrides["health.score"].seq
    assert reasons_of(stage.world, ADMIN, [(account, seq)]) == {(account, seq): "I know them"}

    erase_account(stage.world, ADMIN, account, "art. 17")

    assert reasons_of(stage.world, ADMIN, [(account, seq)]) == {}
    with stage.world.database.reading() as connection:
        kept = connection.execute(select(account_state.c.overrides).where(account_state.c.account_id == account))
        assert kept.scalar_one() is None


AT = """query ($asOf: DateTime!, $known: DateTime, $machine: String) { accounts(first: 10) { nodes { key
    healthAt(asOf: $asOf, asKnownAt: $known, machine: $machine) { score override { value }
        contributions { measure value } } } } }"""


def scores(door: Door, **given: Any) -> dict[str, float | None]:
    nodes = door.data(AT, **given)["accounts"]["nodes"]
    return {each["key"]: None if each["healthAt"] is None else each["healthAt"]["score"] for each in nodes}


def test_health_as_of_any_date_and_as_it_was_known_then(
    stage: Stage, door: Door, override: Callable[..., JSON]
) -> None:
    begin = stage.clock()
    stage.clock.turn(days=1)
    override()
    said = stage.clock()
    stage.clock.turn(days=2)
    stage.send(account_id_for("ACME"), utilisation=50)
    later = stage.clock()

    assert scores(door, asOf=begin.isoformat())["ACME"] == 93.75
    assert scores(door, asOf=said.isoformat())["ACME"] == 10.0
    assert scores(door, asOf=(said + timedelta(hours=2)).isoformat())["ACME"] == 93.75
    assert scores(door, asOf=later.isoformat())["ACME"] == 65.0
    assert scores(door, asOf=later.isoformat(), known=said.isoformat())["ACME"] == 93.75
    assert scores(door, asOf=(begin - timedelta(days=1)).isoformat()) == {"ACME": None, "BETA": None}


def test_health_of_a_list_at_a_date_needs_no_more_statements_than_that_of_one(stage: Stage, door: Door) -> None:
    query = AT.replace("first: 10", "first: 1")
    as_of = stage.clock().isoformat()
    door.data(query, asOf=as_of)
    with counted() as one:
        door.data(query, asOf=as_of)
    with counted() as many:
        door.data(AT, asOf=as_of)

    assert len(many) == len(one)


def test_health_under_another_version_of_the_rules(stage: Stage, door: Door) -> None:
    machine = stage.see(account_id_for("ACME")).machine
    assert machine is not None

    assert scores(door, asOf=stage.clock().isoformat(), machine=machine.digest)["ACME"] == 93.75
    one = AT.replace("first: 10", "first: 1")
    error = door.error(one, asOf=stage.clock().isoformat(), machine="0" * 64)
    assert error["extensions"]["code"] == "machine_not_found"
    error = door.error(one, asOf=stage.clock().isoformat(), machine="\0")
    assert error["extensions"]["code"] == "machine_not_found"


def test_what_cannot_be_read_is_said(stage: Stage, door: Door) -> None:
    ahead = (stage.clock() + timedelta(days=1)).isoformat()
    series = MEASURED.replace("utilisation", "\\u0000")
    trend = """{ account(key: "ACME") { health { trend(days: 0) { change } } } }"""

    found = [
        door.error(AT.replace("first: 10", "first: 1"), asOf=ahead),
        door.error(series, first=1),
        door.error(trend),
    ]

    assert [error["extensions"]["code"] for error in found] == ["invalid_input"] * 3


def test_a_date_that_lies_ahead_is_named_wherever_the_past_is_asked_for(stage: Stage, door: Door) -> None:
    ahead = (stage.clock() + timedelta(days=1)).isoformat()

    told = [
        door.error(f'{{ account(key: "ACME") {{ {asked} }} }}')["message"]
        for asked in (
            f'at(asOf: "{ahead}") {{ asOf }}',
            f'healthAt(asOf: "{ahead}") {{ score }}',
            f'difference(since: "2026-01-01T00:00:00Z", until: "{ahead}") {{ __typename }}',
        )
    ]

    assert told == [f"{ahead} lies ahead; give a date up to now"] * 3


def test_a_date_of_knowledge_that_lies_ahead_is_refused_by_its_own_name(stage: Stage, door: Door) -> None:
    now = stage.clock()
    ahead = (now + timedelta(milliseconds=1)).isoformat()

    errors = [
        door.error(f'{{ account(key: "ACME") {{ {asked}(asOf: "{now.isoformat()}", asKnownAt: "{ahead}") {shown} }} }}')
        for asked, shown in (("at", "{ asOf }"), ("healthAt", "{ score }"))
    ]

    assert [error["message"] for error in errors] == [f"{ahead} lies ahead; give a date up to now"] * 2
    assert [error["extensions"]["input"] for error in errors] == ["asKnownAt"] * 2
    assert [error["extensions"]["code"] for error in errors] == ["invalid_input"] * 2


def test_what_is_known_now_may_be_asked_for_by_date(stage: Stage, door: Door) -> None:
    now = stage.clock().isoformat()

    assert scores(door, asOf=now, known=now)["ACME"] == 93.75


def test_a_difference_from_a_date_to_an_earlier_one_is_refused(stage: Stage, door: Door) -> None:
    error = door.error(
        '{ account(key: "ACME") { difference(since: "2026-03-01T00:00:00Z", until: "2026-02-01T00:00:00Z") '
        "{ __typename } } }"
    )

    assert error["message"] == "`until` is 2026-02-01T00:00:00+00:00, which is before `since`"
    assert error["extensions"]["code"] == "invalid_input"


def test_trends_of_the_score_and_of_a_measure(stage: Stage, door: Door) -> None:
    stage.clock.turn(days=7)
    stage.send(account_id_for("ACME"), utilisation=60)
    query = """{ account(key: "ACME") { health { trend(days: 7) { since previous change direction }
        contributions { measure trend(days: 7) { previous change direction } } } } }"""

    health = door.data(query)["account"]["health"]

    assert health["trend"]["previous"] == 93.75
    assert health["trend"]["direction"] == "WORSENING"
    assert health["contributions"][0]["trend"] == {"previous": 90.0, "change": -30.0, "direction": "WORSENING"}
    assert health["contributions"][2]["trend"]["direction"] == "STEADY"


def test_the_history_of_a_measure_has_every_correction(stage: Stage, door: Door) -> None:
    stage.clock.turn(days=1)
    stage.send(account_id_for("ACME"), utilisation=60)
    query = """query ($since: DateTime!) { account(key: "ACME") {
        utilisation: measureHistory(measure: "utilisation", since: $since, last: 100) { nodes { value source } }
        score: measureHistory(since: $since, last: 100) { nodes { value source } } } }"""

    found = door.data(query, since="2026-01-01T00:00:00Z")["account"]
    utilisation, score = found["utilisation"]["nodes"], found["score"]["nodes"]

    assert [each["value"] for each in utilisation] == [90.0, 60.0]
    assert [each["source"] for each in score] == ["scorecard"] * len(score)
    assert score[-2]["value"] == 93.75


def test_the_history_of_a_measure_is_paged_from_either_end(stage: Stage, door: Door) -> None:
    observe(stage, "ACME", 80, 70, 60, 50)

    first = measured(door, first=2)
    second = measured(door, first=2, after=first["pageInfo"]["endCursor"])
    newest = measured(door, last=2)
    earlier = measured(door, last=2, before=newest["pageInfo"]["startCursor"])

    assert [values(each) for each in (first, second, newest, earlier)] == [[90, 80], [70, 60], [60, 50], [80, 70]]
    assert [first["totalCount"], earlier["totalCount"]] == [5, 5]
    assert ways_on(first) == (True, False)
    assert ways_on(second) == (True, True)
    assert ways_on(newest) == (False, True)
    assert ways_on(earlier) == (True, True)
    assert [edge["cursor"] for edge in first["edges"]][-1] == first["pageInfo"]["endCursor"]


def test_a_cursor_of_a_measure_stays_good_while_observations_come(stage: Stage, door: Door) -> None:
    observe(stage, "ACME", 80, 70)
    first = measured(door, first=2)

    correct(stage, 85, stage.clock() - timedelta(days=1, hours=1))
    observe(stage, "ACME", 60)
    second = measured(door, first=10, after=first["pageInfo"]["endCursor"])

    assert values(first) == [90, 80]
    assert values(second) == [70, 60]
    assert values(measured(door, first=10)) == [90, 85, 80, 70, 60]


def test_corrections_of_one_instant_are_all_paged(stage: Stage, door: Door) -> None:
    observed = stage.clock()
    for value in (80, 70, 60):
        correct(stage, value, observed)

    found, page = [], measured(door, first=1)
    while page["pageInfo"]["hasNextPage"]:
        found += values(page)
        page = measured(door, first=1, after=page["pageInfo"]["endCursor"])

    assert [*found, *values(page)] == [90, 80, 70, 60]


def test_a_cursor_of_another_measure_or_list_is_refused(door: Door) -> None:
    score = measured(door, MEASURED.replace('measure: "utilisation", ', ""), first=1)
    accounts = door.data("{ accounts(first: 1) { pageInfo { endCursor } } }")["accounts"]

    refused = [
        door.error(MEASURED, first=1, after=each["pageInfo"]["endCursor"])["extensions"] for each in (score, accounts)
    ]

    assert [(each["code"], each["input"]) for each in refused] == [("invalid_input", "after")] * 2
    assert door.error(MEASURED)["extensions"]["input"] == "first"


def test_histories_of_a_list_need_no_more_statements_than_that_of_one(stage: Stage, door: Door) -> None:
    observe(stage, "ACME", 80)
    observe(stage, "BETA", 30, 20)
    query = """query ($first: Int!) { accounts(first: $first) { nodes { key
        measureHistory(measure: "utilisation", since: "2026-01-01T00:00:00Z", last: 2) { nodes { value } } } } }"""
    door.data(query, first=1)
    with counted() as one:
        door.data(query, first=1)
    with counted() as many:
        found = door.data(query, first=2)["accounts"]["nodes"]

    assert len(many) == len(one)
    assert {each["key"]: values(each["measureHistory"]) for each in found} == {"ACME": [90, 80], "BETA": [30, 20]}
