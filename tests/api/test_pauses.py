"""A person stops the clock of an account's stage, and lets it go on."""

from datetime import timedelta

from api.ids import global_id
from lifecycle_fsm.domain.facts import account_id_for
from tests.api.door import Door
from tests.builders import MONDAY
from tests.fakes import Clock

ACME = global_id("Account", account_id_for("ACME"))

PAUSE = """mutation ($input: PauseAccountInput!) { pauseAccount(input: $input) { __typename
    ... on AccountPaused { replayed records { kind reason } account { revision pause { since until author reason text }
    stage { pace timeInStage } } }
    ... on Problem { code message } } }"""
RESUME = """mutation ($input: ResumeAccountInput!) { resumeAccount(input: $input) { __typename
    ... on AccountResumed { records { kind } account { pause { text } stage { timeInStage daysLeft } } }
    ... on Problem { code message } } }"""


def test_pauses_an_account_and_says_until_when(door: Door, clock: Clock) -> None:
    clock.at = MONDAY + timedelta(days=10)
    given = {"accountId": ACME, "reason": "merger", "idempotencyKey": "k1", "until": "2026-05-01T00:00:00Z"}

    paused = door.data(PAUSE, input=given)["pauseAccount"]
    again = door.data(PAUSE, input={**given, "idempotencyKey": "k2"})["pauseAccount"]
    clock.at = MONDAY + timedelta(days=40)
    why = door.data('{ account(key: "ACME") { stage { pace } whyNot(transition: "onboarded") { ...why } } }' + WHY)
    resumed = door.data(RESUME, input={"accountId": ACME, "reason": "merged", "idempotencyKey": "k3"})["resumeAccount"]
    idle = door.data(RESUME, input={"accountId": ACME, "reason": "merged", "idempotencyKey": "k4"})["resumeAccount"]

    assert paused == {
        "__typename": "AccountPaused",
        "replayed": False,
        "records": [{"kind": "PAUSED", "reason": "merger"}],
        "account": {
            "revision": 2,
            "pause": {
                "since": "2026-03-12T09:00:00Z",
                "until": "2026-05-01T00:00:00Z",
                "author": "admin",
                "reason": "merger",
                "text": "paused until 2026-05-01 00:00 UTC",
            },
            "stage": {"pace": "ON_TRACK", "timeInStage": "P10D"},
        },
    }
    assert (again["__typename"], again["code"]) == ("AlreadyPaused", "ALREADY_PAUSED")
    assert why["account"]["stage"]["pace"] == "ON_TRACK"
    assert why["account"]["whyNot"] == {"pause": {"text": "paused until 2026-05-01 00:00 UTC"}}
    assert resumed["account"] == {"pause": None, "stage": {"timeInStage": "P10D", "daysLeft": 20}}
    assert (idle["__typename"], idle["code"]) == ("NotPaused", "NOT_PAUSED")


def test_history_tells_the_pause_and_its_end(door: Door, clock: Clock) -> None:
    clock.at = MONDAY + timedelta(days=10)
    given = {"accountId": ACME, "reason": "merger", "idempotencyKey": "k1", "until": "2026-05-01T00:00:00Z"}
    door.data(PAUSE, input=given)
    clock.at = MONDAY + timedelta(days=20)
    door.data(RESUME, input={"accountId": ACME, "reason": "merged", "idempotencyKey": "k2"})

    told = door.data(
        "{ history(first: 5, filter: {kinds: [PAUSED, RESUMED]}) { nodes { sentence effects { kind until } } } }"
    )
    assert told["history"]["nodes"] == [
        {
            "sentence": "admin let the clock of the stage go on, saying “merged”; it stood still since 2026-03-12.",
            "effects": [{"kind": "PAUSE_OVER", "until": "2026-03-22T09:00:00Z"}],
        },
        {
            "sentence": "admin paused the clock of the stage, saying “merger”; it stands still until 2026-05-01.",
            "effects": [{"kind": "PAUSE_BEGUN", "until": "2026-05-01T00:00:00Z"}],
        },
    ]


WHY = " fragment why on WhyNoTransition { pause { text } }"


PAUSES = """query ($last: Int, $after: String) { account(key: "ACME") { plannedPause { text since }
    pauses(first: 1, after: $after) { totalCount pageInfo { hasNextPage endCursor }
      nodes { since until author reason recordedAt endedBy } }
    oldest: pauses(last: $last) { nodes { since } } at(asOf: "2026-03-06T09:00:00Z") { pause { text } }
    whyNot(transition: "onboarded", asOf: "2026-03-06T09:00:00Z") { ...why } } }"""


def test_lists_pauses_and_tells_of_those_written_down_late(door: Door, clock: Clock) -> None:
    clock.at = MONDAY + timedelta(days=10)
    past = {"since": "2026-03-05T00:00:00Z", "until": "2026-03-07T00:00:00Z"}
    ahead = {"since": "2026-04-01T00:00:00Z"}
    for key, span in (("k1", past), ("k2", ahead)):
        given = {"accountId": ACME, "reason": f"reason {key}", "idempotencyKey": key, **span}
        assert door.data(PAUSE, input=given)["pauseAccount"]["__typename"] == "AccountPaused"

    first = door.data(PAUSES + WHY, last=1)["account"]
    second = door.data(PAUSES + WHY, last=1, after=first["pauses"]["pageInfo"]["endCursor"])["account"]

    assert first["plannedPause"] == {
        "text": "to be paused from 2026-04-01 00:00 UTC until somebody resumes it",
        "since": "2026-04-01T00:00:00Z",
    }
    assert (first["pauses"]["totalCount"], first["pauses"]["pageInfo"]["hasNextPage"]) == (2, True)
    assert [first["pauses"]["nodes"][0][name] for name in ("since", "until", "reason")] == [
        "2026-04-01T00:00:00Z",
        None,
        "reason k2",
    ]
    assert second["pauses"]["nodes"] == [
        {
            **past,
            "author": "admin",
            "reason": "reason k1",
            "recordedAt": "2026-03-12T09:00:00Z",
            "endedBy": "admin",
        }
    ]
    assert second["pauses"]["pageInfo"]["hasNextPage"] is False
    assert first["oldest"]["nodes"] == [{"since": "2026-03-05T00:00:00Z"}]
    assert first["at"] == {"pause": {"text": "paused until 2026-03-07 00:00 UTC"}}
    assert first["whyNot"] == {"pause": {"text": "paused until 2026-03-07 00:00 UTC"}}
