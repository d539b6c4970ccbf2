"""The four verbs, with every outcome that they have."""

from collections.abc import Callable
from typing import Any

import pytest

from api.ids import global_id
from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.services.sweeping.sweep import sweep
from lifecycle_fsm.services.world import World
from tests.api.conftest import ADMIN, an_account, register
from tests.api.door import JSON, Door
from tests.fakes import Clock

ACME = global_id("Account", account_id_for("ACME"))
NOBODY = global_id("Account", account_id_for("NOBODY"))

PROBLEM = """__typename ... on Problem { code message } ... on StaleRevision { expected actual }
    ... on InvalidInput { path }"""
FIRE = f"""mutation ($input: FireTransitionInput!) {{ fireTransition(input: $input) {{ {PROBLEM}
    ... on TransitionFired {{
        replayed account {{ id revision stage {{ key }} history(first: 1) {{ nodes {{ kind }} }} }}
        records {{ kind transition trigger actor reason cause commandId }} }}
    ... on GuardRefused {{ replayed account {{ revision stage {{ key }} openCtas {{ template }} }}
        transitions {{ key to kind verdict {{ truth leaves {{ subject truth }} }} }} }}
    ... on UnknownTrigger {{ offered account {{ revision }} }} }} }}"""
REACH = f"""mutation ($input: ReachMilestoneInput!) {{ reachMilestone(input: $input) {{ {PROBLEM}
    ... on MilestoneReached {{ reachedAt already replayed account {{ revision milestones {{ key isReached }} }}
        records {{ kind subject }} }} ... on UnknownMilestone {{ known }} }} }}"""
_CORRECTED = f"""{PROBLEM} ... on MilestoneCorrected {{ replayed records {{ kind }} account {{
    milestones {{ key isReached reachedAt dueAt compliance margin
        events {{ isRevoked reachedAt source author comment }} }} }} }}"""
REVOKE = f"mutation ($input: RevokeMilestoneInput!) {{ revokeMilestone(input: $input) {{ {_CORRECTED} }} }}"
REDATE = f"mutation ($input: RedateMilestoneInput!) {{ redateMilestone(input: $input) {{ {_CORRECTED} }} }}"
UNDO = f"""mutation ($input: UndoRunInput!) {{ undoRun(input: $input) {{ {PROBLEM}
    ... on RunUndone {{ undone already stays undoRunId run {{ id kind }} undoRun {{ id }}
        refused {{ accountId obstacle message }} }} }} }}"""
NEWEST = "query ($id: ID!) { node(id: $id) { ... on Account { history(first: 1) { nodes { kind runId } } } } }"
CLOSE = f"""mutation ($input: CloseCtaInput!) {{ closeCta(input: $input) {{ {PROBLEM}
    ... on CtaClosed {{ replayed cta {{ id status outcome closedAt }} account {{ stage {{ key }} openCtas {{ id }} }}
        records {{ kind toStageKey }} }}
    ... on CtaAlreadyClosed {{ cta {{ outcome }} account {{ revision }} }} }} }}"""
RECORD = """mutation ($input: RecordFactsInput!) { recordFacts(input: $input) {
    __typename ... on Problem { code message } ... on InvalidInput { path }
    ... on FactsRecorded { replayed rows { index isAccepted note code path }
        accounts { key health { score } } records { kind } } } }"""


def fire(door: Door, **given: Any) -> JSON:
    command = {"accountId": ACME, "trigger": "advance", "idempotencyKey": "k1", **given}
    outcome: JSON = door.data(FIRE, input=command)["fireTransition"]
    return outcome


def reach(door: Door, **given: Any) -> JSON:
    command = {"accountId": ACME, "milestone": "kickoff_done", "idempotencyKey": "k2", **given}
    outcome: JSON = door.data(REACH, input=command)["reachMilestone"]
    return outcome


def revoke(door: Door, **given: Any) -> JSON:
    command = {"accountId": ACME, "milestone": "kickoff_done", "reason": "another account", "idempotencyKey": "k5"}
    outcome: JSON = door.data(REVOKE, input={**command, **given})["revokeMilestone"]
    return outcome


def redate(door: Door, **given: Any) -> JSON:
    command = {"accountId": ACME, "milestone": "kickoff_done", "reason": "a slip", "idempotencyKey": "k6"}
    outcome: JSON = door.data(REDATE, input={**command, **given})["redateMilestone"]
    return outcome


def undo(door: Door, run: str) -> JSON:
    outcome: JSON = door.data(UNDO, input={"runId": run, "reason": "a slip"})["undoRun"]
    return outcome


def close(door: Door, **given: Any) -> JSON:
    command = {"outcome": "SUCCESS", "idempotencyKey": "k3", **given}
    if "ctaId" not in given:
        command["ctaId"] = the_cta(door)
    outcome: JSON = door.data(CLOSE, input=command)["closeCta"]
    return outcome


def record(door: Door, *rows: JSON, **given: Any) -> JSON:
    command = {"rows": list(rows), "source": "crm", "idempotencyKey": "k4", **given}
    outcome: JSON = door.data(RECORD, input=command)["recordFacts"]
    return outcome


def the_cta(door: Door) -> str:
    cta: str = door.data('{ account(key: "ACME") { openCtas { id } } }')["account"]["openCtas"][0]["id"]
    return cta


def revision(door: Door) -> int:
    number: int = door.data('{ account(key: "ACME") { revision } }')["account"]["revision"]
    return number


@pytest.fixture
def ready(door: Door) -> None:
    """ACME may advance: its kickoff is done and its setup complete."""
    reach(door, idempotencyKey="ready")
    record(door, {"accountKey": "ACME", "measure": "setup", "value": 90}, idempotencyKey="ready")


class TestFireTransition:
    @pytest.mark.usefixtures("ready")
    def test_moves_the_account_and_gives_it_back(self, door: Door) -> None:
        fired = fire(door, reason="as agreed", expectedRevision=2)

        assert fired == {
            "__typename": "TransitionFired",
            "replayed": False,
            "account": {
                "id": ACME,
                "revision": 3,
                "stage": {"key": "adoption"},
                "history": {"nodes": [{"kind": "MOVED"}]},
            },
            "records": [
                {
                    "kind": "MOVED",
                    "transition": "onboarded",
                    "trigger": "advance",
                    "actor": "admin",
                    "reason": "as agreed",
                    "cause": "PERSON",
                    "commandId": "k1",
                }
            ],
        }

    @pytest.mark.usefixtures("ready")
    def test_a_repeated_command_gives_the_first_outcome(self, door: Door) -> None:
        first, again = fire(door), fire(door)

        assert (first["replayed"], again["replayed"]) == (False, True)
        assert again["records"] == first["records"]
        assert revision(door) == 3

    def test_a_refusal_says_why_and_leaves_the_stage(self, door: Door) -> None:
        refused = fire(door)

        assert refused["__typename"] == "GuardRefused"
        assert refused["code"] == "GUARD_REFUSED"
        assert refused["account"] == {
            "revision": 2,
            "stage": {"key": "onboarding"},
            "openCtas": [{"template": "kickoff_call"}],
        }
        (transition,) = refused["transitions"]
        assert (transition["key"], transition["to"], transition["kind"]) == ("onboarded", "adoption", "ADVANCE")
        assert transition["verdict"]["truth"] == "FAILS"
        assert [leaf["truth"] for leaf in transition["verdict"]["leaves"]] == ["FAILS", "UNKNOWN"]

    def test_an_override_moves_all_the_same(self, door: Door) -> None:
        fired = fire(door, override=True, reason="the sponsor insists")

        assert fired["account"]["stage"] == {"key": "adoption"}
        assert fired["records"][0]["cause"] == "OVERRIDE"

    def test_an_override_needs_a_reason(self, door: Door) -> None:
        problem = fire(door, override=True)

        assert (problem["code"], problem["path"]) == ("INVALID_INPUT", ["input", "reason"])

    @pytest.mark.parametrize("trigger", ["auto", "finish", "", "nonsense"])
    def test_an_unknown_trigger_names_those_that_there_are(self, door: Door, trigger: str) -> None:
        problem = fire(door, trigger=trigger)

        assert (problem["code"], problem["offered"]) == ("UNKNOWN_TRIGGER", ["advance"])
        assert problem["account"] == {"revision": 1}

    def test_an_unknown_account_is_a_problem(self, door: Door) -> None:
        assert fire(door, accountId=NOBODY)["code"] == "UNKNOWN_ACCOUNT"

    def test_a_stale_revision_changes_nothing(self, door: Door) -> None:
        problem = fire(door, expectedRevision=7)

        assert (problem["code"], problem["expected"], problem["actual"]) == ("STALE_REVISION", 7, 1)
        assert revision(door) == 1

    def test_a_key_is_for_one_command(self, door: Door) -> None:
        fire(door)

        problem = reach(door, idempotencyKey="k1")

        assert problem["code"] == "IDEMPOTENCY_CONFLICT"

    @pytest.mark.parametrize("key", ["", " ", "x" * 201, "a\x00b"])
    def test_refuses_a_key_that_cannot_be_kept(self, door: Door, key: str) -> None:
        problem = fire(door, idempotencyKey=key)

        assert (problem["code"], problem["path"]) == ("INVALID_INPUT", ["input", "idempotencyKey"])

    def test_refuses_an_id_that_is_none(self, door: Door) -> None:
        problem = fire(door, accountId="ACME")

        assert (problem["code"], problem["path"]) == ("INVALID_INPUT", ["input", "accountId"])

    @pytest.mark.parametrize("role", [Role.VIEWER, Role.AUDITOR, Role.INGEST])
    def test_who_may_not_is_told_so(self, door: Door, token_of: Callable[[Role], str], role: Role) -> None:
        problem = fire(door.as_token(token_of(role)))

        assert problem["code"] == "FORBIDDEN"
        assert revision(door) == 1

    def test_a_csm_fires_but_does_not_override(self, door: Door, token_of: Callable[[Role], str]) -> None:
        csm = door.as_token(token_of(Role.CSM))

        assert fire(csm)["code"] == "GUARD_REFUSED"
        assert fire(csm, idempotencyKey="k9", override=True, reason="please")["code"] == "FORBIDDEN"


class TestReachMilestone:
    def test_dates_it_and_gives_the_account_back(self, door: Door) -> None:
        reached = reach(door, reachedAt="2026-03-01T10:00:00+02:00")

        assert reached == {
            "__typename": "MilestoneReached",
            "reachedAt": "2026-03-01T08:00:00Z",
            "already": False,
            "replayed": False,
            "account": {"revision": 2, "milestones": [{"key": "kickoff_done", "isReached": True}]},
            "records": [{"kind": "MILESTONE_REACHED", "subject": "kickoff_done"}],
        }

    def test_keeps_a_date_that_it_has(self, door: Door) -> None:
        reach(door)

        again = reach(door, idempotencyKey="later", reachedAt="2026-03-01T08:00:00Z")

        assert (again["already"], again["reachedAt"], again["records"]) == (True, "2026-03-02T09:00:00Z", [])

    def test_a_repeated_command_gives_the_first_outcome(self, door: Door) -> None:
        assert [reach(door)["replayed"], reach(door)["replayed"]] == [False, True]

    def test_an_unknown_milestone_names_those_that_there_are(self, door: Door) -> None:
        problem = reach(door, milestone="landing_on_the_moon")

        assert (problem["code"], problem["known"]) == ("UNKNOWN_MILESTONE", ["first_login", "kickoff_done"])

    def test_refuses_a_date_in_the_future(self, door: Door) -> None:
        problem = reach(door, reachedAt="2026-03-03T00:00:00Z")

        assert (problem["code"], problem["path"]) == ("INVALID_INPUT", ["input", "reachedAt"])
        assert revision(door) == 1

    def test_unknown_accounts_stale_revisions_and_viewers_are_problems(
        self, door: Door, token_of: Callable[[Role], str]
    ) -> None:
        assert reach(door, accountId=NOBODY)["code"] == "UNKNOWN_ACCOUNT"
        assert reach(door, expectedRevision=0)["code"] == "STALE_REVISION"
        assert reach(door.as_token(token_of(Role.VIEWER)))["code"] == "FORBIDDEN"


class TestCorrectMilestone:
    def test_takes_one_back_with_a_reason_and_history_keeps_its_date(self, door: Door) -> None:
        reach(door, comment="held on site")

        outcome = revoke(door)

        assert (outcome["__typename"], outcome["replayed"]) == ("MilestoneCorrected", False)
        assert [record["kind"] for record in outcome["records"]] == ["MILESTONE_REVOKED"]
        (milestone,) = outcome["account"]["milestones"]
        assert (milestone["isReached"], milestone["compliance"], milestone["margin"]) == (False, "PENDING", None)
        # The clock stands still, so that both were recorded at once.
        assert sorted((each["isRevoked"], each["source"], each["comment"]) for each in milestone["events"]) == [
            (False, "person", "held on site"),
            (True, "person", "another account"),
        ]

    def test_dates_one_anew(self, door: Door) -> None:
        reach(door)

        outcome = redate(door, reachedAt="2026-02-27T09:00:00Z")

        (milestone,) = outcome["account"]["milestones"]
        assert (milestone["reachedAt"], milestone["margin"]) == ("2026-02-27T09:00:00Z", "P17D")

    def test_what_is_not_reached_cannot_be_corrected_and_a_reason_is_due(self, door: Door) -> None:
        assert revoke(door)["code"] == "MILESTONE_NOT_REACHED"
        assert redate(door, reachedAt="2026-03-03T09:00:00Z")["code"] == "MILESTONE_NOT_REACHED"
        assert revoke(door, reason=" ")["path"] == ["input", "reason"]


class TestUndoRun:
    def test_takes_back_what_data_did_and_says_what_it_could_not(
        self, door: Door, token_of: Callable[[Role], str]
    ) -> None:
        close(door)
        moved = door.data(NEWEST, id=ACME)["node"]["history"]["nodes"][0]

        outcome = undo(door, moved["runId"])

        assert (outcome["undone"], outcome["stays"], outcome["undoRunId"]) == (0, 1, None)
        assert outcome["refused"] == [
            {
                "accountId": ACME,
                "obstacle": "NOT_EVALUATED",
                "message": "the run placed it, migrated it, or a person did this; undo takes back evaluations only",
            }
        ]
        assert undo(door, "nonsense")["path"] == ["input", "runId"]
        assert undo(door.as_token(token_of(Role.CSM)), moved["runId"])["code"] == "FORBIDDEN"

    def test_brings_the_run_and_the_one_that_took_it_back(self, door: Door, world: World, clock: Clock) -> None:
        clock.turn(days=60)
        swept = sweep(world, ADMIN)
        assert swept.run_id is not None

        outcome = undo(door, global_id("Run", swept.run_id))

        assert outcome["undone"] == 1
        assert outcome["run"] == {"id": global_id("Run", swept.run_id), "kind": "SWEEP"}
        assert outcome["undoRun"] == {"id": outcome["undoRunId"]}


class TestCloseCta:
    def test_closes_it_and_the_chain_goes_on_at_once(self, door: Door) -> None:
        cta = the_cta(door)

        closed = close(door, ctaId=cta, comment="held")

        assert closed == {
            "__typename": "CtaClosed",
            "replayed": False,
            "cta": {"id": cta, "status": "CLOSED", "outcome": "SUCCESS", "closedAt": "2026-03-02T09:00:00Z"},
            "account": {"stage": {"key": "launched"}, "openCtas": []},
            "records": [
                {"kind": "CTA_CLOSED", "toStageKey": "onboarding"},
                {"kind": "MOVED", "toStageKey": "launched"},
            ],
        }

    def test_a_repeated_command_gives_the_first_outcome(self, door: Door) -> None:
        cta = the_cta(door)

        assert [close(door, ctaId=cta)["replayed"], close(door, ctaId=cta)["replayed"]] == [False, True]

    def test_a_cta_ends_once(self, door: Door) -> None:
        cta = the_cta(door)
        close(door, ctaId=cta, outcome="FAILED")

        problem = close(door, ctaId=cta, idempotencyKey="later")

        assert (problem["code"], problem["cta"]) == ("CTA_ALREADY_CLOSED", {"outcome": "FAILED"})

    def test_an_unknown_cta_is_a_problem(self, door: Door) -> None:
        unknown = global_id("Cta", account_id_for("ACME"), "00000000-0000-0000-0000-000000000000")

        assert close(door, ctaId=unknown)["code"] == "UNKNOWN_CTA"

    def test_refuses_the_id_of_an_account(self, door: Door) -> None:
        problem = close(door, ctaId=ACME)

        assert (problem["code"], problem["path"]) == ("INVALID_INPUT", ["input", "ctaId"])

    def test_unknown_accounts_stale_revisions_and_viewers_are_problems(
        self, door: Door, token_of: Callable[[Role], str]
    ) -> None:
        nobody = global_id("Cta", account_id_for("NOBODY"), "00000000-0000-0000-0000-000000000000")

        assert close(door, ctaId=nobody)["code"] == "UNKNOWN_ACCOUNT"
        assert close(door, expectedRevision=0)["code"] == "STALE_REVISION"
        assert close(door.as_token(token_of(Role.VIEWER)))["code"] == "FORBIDDEN"


class TestRecordFacts:
    def test_records_each_row_and_shows_what_changed(self, door: Door) -> None:
        recorded = record(door, {"accountId": ACME, "measure": "setup", "value": 80})

        assert recorded == {
            "__typename": "FactsRecorded",
            "replayed": False,
            "rows": [{"index": 0, "isAccepted": True, "note": "RECORDED", "code": None, "path": None}],
            "accounts": [{"key": "ACME", "health": {"score": 75.0}}],
            "records": [],
        }

    def test_a_bad_row_never_fails_the_others(self, door: Door) -> None:
        recorded = record(
            door,
            {"accountId": "x", "measure": "setup", "value": 1},
            {"accountKey": "ACME", "measure": "setup", "value": 101},
            {"accountKey": "NOBODY", "measure": "setup", "value": 1},
            {"accountKey": "ACME", "measure": "setup", "value": 50},
            {"measure": "setup", "value": 1},
            {"accountKey": "ACME", "fact": "nonsense", "value": 1},
            {"accountKey": "ACME", "fact": "notice_given", "value": "perhaps"},
        )

        assert [(row["index"], row["note"], row["code"], row["path"]) for row in recorded["rows"]] == [
            (0, "REJECTED", "invalid_input", ["input", "rows", "0", "accountId"]),
            (1, "REJECTED", "invalid_input", ["input", "rows", "1", "value"]),
            (2, "REJECTED", "unknown_account", ["input", "rows", "2", "accountKey"]),
            (3, "RECORDED", None, None),
            (4, "REJECTED", "invalid_input", ["input", "rows", "4", "accountId"]),
            (5, "REJECTED", "unknown_fact", ["input", "rows", "5", "fact"]),
            (6, "REJECTED", "invalid_input", ["input", "rows", "6", "value"]),
        ]

    def test_a_batch_of_nothing_readable_writes_nothing(self, door: Door) -> None:
        recorded = record(door, {"accountId": "x", "measure": "setup", "value": 1})

        assert [row["note"] for row in recorded["rows"]] == ["REJECTED"]
        assert recorded["accounts"] == []

    def test_a_repeated_batch_writes_nothing(self, door: Door) -> None:
        row = {"accountId": ACME, "measure": "setup", "value": 80}

        again = [record(door, row), record(door, row)][1]

        assert (again["replayed"], again["accounts"]) == (True, [])
        assert record(door, {**row, "value": 81})["code"] == "IDEMPOTENCY_CONFLICT"

    @pytest.mark.parametrize("count", [0, 1001])
    def test_refuses_a_batch_of_another_size(self, door: Door, count: int) -> None:
        problem = record(door, *[{"accountKey": "ACME", "measure": "setup", "value": 1}] * count)

        assert (problem["code"], problem["path"]) == ("INVALID_INPUT", ["input", "rows"])

    def test_who_may_not_is_told_so(self, door: Door, token_of: Callable[[Role], str]) -> None:
        row = {"accountKey": "ACME", "measure": "setup", "value": 1}

        assert record(door.as_token(token_of(Role.VIEWER)), row)["code"] == "FORBIDDEN"

    def test_a_row_may_move_its_account(self, door: Door, world: World) -> None:
        register(world, an_account("BETA"))
        close(door)

        recorded = record(door, {"accountKey": "ACME", "measure": "logins", "value": 25})

        assert recorded["records"] == [{"kind": "MOVED"}]


def test_two_commands_in_one_document_run_in_turn_and_show_fresh_history(door: Door) -> None:
    data = door.data(
        """mutation ($id: ID!) {
        one: fireTransition(input: {accountId: $id, trigger: "advance", idempotencyKey: "a"}) { ...seen }
        two: fireTransition(input: {accountId: $id, trigger: "advance", idempotencyKey: "b"}) { ...seen } }
        fragment seen on GuardRefused { account { revision history(first: 1) { nodes { seq } } } }""",
        id=ACME,
    )

    assert [data[name]["account"]["revision"] for name in ("one", "two")] == [2, 3]
    assert data["two"]["account"]["history"]["nodes"] == [{"seq": 3}]


def test_who_may_write_but_not_read_gets_results_and_nothing_else(door: Door, token_of: Callable[[Role], str]) -> None:
    feed = Door(door.app, token_of(Role.INGEST), door.runner)
    rows = [{"accountId": ACME, "measure": "setup", "value": 42}]
    command = {"rows": rows, "source": "feed", "idempotencyKey": "f1"}
    results = """mutation ($input: RecordFactsInput!) { recordFacts(input: $input) {
        __typename ... on FactsRecorded { rows { note } } ... on Problem { code } } }"""

    refused = feed.data(RECORD, input=command)["recordFacts"]
    written = feed.data(results, input=command)["recordFacts"]

    assert (refused["__typename"], refused["code"]) == ("Forbidden", "FORBIDDEN")
    assert written == {"__typename": "FactsRecorded", "rows": [{"note": "RECORDED"}]}
    assert reach(feed)["__typename"] == "Forbidden"
