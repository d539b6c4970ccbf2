"""Commands of chance over HTTP do to an account what a plain model of its lifecycle says."""

import asyncio
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from api.app import create_app
from api.ids import global_id
from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.services.publish import publish
from lifecycle_fsm.services.tokens import issue_token
from lifecycle_fsm.services.world import World
from lifecycle_fsm.settings import Settings
from lifecycle_fsm.store.database import Database
from tests.api.conftest import ADMIN, an_account, register
from tests.api.definitions import FILES
from tests.api.door import Door
from tests.builders import MONDAY
from tests.databases import sqlite_database
from tests.fakes import Clock

ACME = global_id("Account", account_id_for("ACME"))
LOOK = """{ account(key: "ACME") { revision stage { key } openCtas { id }
  history(first: 100) { nodes { seq toStage { key } } } } }"""


class Lifecycle(RuleBasedStateMachine):
    """The starter segment in a dozen lines, and the same commands to the server."""

    template: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self.opened = ExitStack()
        folder = self.opened.enter_context(tempfile.TemporaryDirectory())
        url = self.opened.enter_context(sqlite_database(Path(folder), self.template))
        world = World(Database(url), Clock(MONDAY))
        self.opened.callback(world.database.dispose)
        publish(world, ADMIN, FILES)
        register(world, an_account("ACME"))
        token = issue_token(world, ADMIN, "root", [Role.ADMIN], None).token
        app = create_app(world, Settings(database_url=url))
        self.door = Door(app, token, self.opened.enter_context(asyncio.Runner()))
        self.stage, self.kickoff, self.setup, self.logins = "onboarding", False, 0, 0
        self.has_cta, self.keys = True, 0

    def teardown(self) -> None:
        self.opened.close()

    def key(self) -> str:
        self.keys += 1
        return f"key {self.keys}"

    def settle(self) -> None:
        """What data moves by itself."""
        if self.stage == "launched" and self.logins >= 20:
            self.stage = "adoption"

    def change(self, field: str, given: dict[str, Any]) -> dict[str, Any]:
        """Send a mutation, again with the same key, and give the outcome: the second time nothing is done."""
        name = f"{field[0].upper()}{field[1:]}Input"
        document = f"mutation ($input: {name}!) {{ {field}(input: $input) {{ __typename }} }}"
        before = self.door.data(LOOK)["account"]["revision"]
        first: dict[str, Any] = self.door.data(document, input=given)[field]
        revision = self.door.data(LOOK)["account"]["revision"]
        again = self.door.data(document, input=given)[field]

        if first["__typename"] not in {"GuardRefused", "UnknownTrigger", "CtaAlreadyClosed"}:
            assert again == first
            assert self.door.data(LOOK)["account"]["revision"] == revision >= before
        return first

    @rule()
    def reach_kickoff(self) -> None:
        given = {"accountId": ACME, "milestone": "kickoff_done", "idempotencyKey": self.key()}
        assert self.change("reachMilestone", given) == {"__typename": "MilestoneReached"}
        self.kickoff = True
        self.settle()

    @rule(measure=st.sampled_from(["setup", "logins"]), value=st.integers(0, 100))
    def record(self, measure: str, value: int) -> None:
        row = {"accountId": ACME, "measure": measure, "value": value}
        given = {"rows": [row], "source": "model", "idempotencyKey": self.key()}
        assert self.change("recordFacts", given) == {"__typename": "FactsRecorded"}
        self.setup, self.logins = (value, self.logins) if measure == "setup" else (self.setup, value)
        self.settle()

    @rule()
    def close_kickoff(self) -> None:
        (cta,) = self.door.data(LOOK)["account"]["openCtas"] or [{"id": None}]
        assert (cta["id"] is not None) == self.has_cta
        if cta["id"] is None:
            return
        given = {"ctaId": cta["id"], "outcome": "SUCCESS", "idempotencyKey": self.key()}
        assert self.change("closeCta", given) == {"__typename": "CtaClosed"}
        self.has_cta = False
        if self.stage == "onboarding":
            self.stage = "launched"
        self.settle()

    @rule(trigger=st.sampled_from(["advance", "finish", "nonsense"]))
    def fire(self, trigger: str) -> None:
        outcome = self.change("fireTransition", {"accountId": ACME, "trigger": trigger, "idempotencyKey": self.key()})[
            "__typename"
        ]
        known = {"onboarding": "advance", "adoption": "finish"}.get(self.stage) == trigger
        passes = self.stage == "adoption" or (self.kickoff and self.setup >= 80)
        assert outcome == ("UnknownTrigger" if not known else "TransitionFired" if passes else "GuardRefused")
        if outcome == "TransitionFired":
            self.stage = {"advance": "adoption", "finish": "over"}[trigger]
            self.settle()

    @rule()
    def fire_on_what_is_old(self) -> None:
        given = {"accountId": ACME, "trigger": "advance", "idempotencyKey": self.key(), "expectedRevision": 0}
        document = "mutation ($input: FireTransitionInput!) { fireTransition(input: $input) { __typename } }"
        assert self.door.data(document, input=given)["fireTransition"]["__typename"] == "StaleRevision"

    @invariant()
    def the_server_agrees(self) -> None:
        account = self.door.data(LOOK)["account"]
        rows = account["history"]["nodes"]
        assert account["stage"]["key"] == self.stage == rows[0]["toStage"]["key"]
        assert [row["seq"] for row in rows] == list(range(account["revision"], max(0, account["revision"] - 100), -1))


def play(template: Path, examples: int, steps: int) -> None:
    class Told(Lifecycle):
        pass

    Told.template = template
    bounds = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Told, settings=bounds)


def test_the_server_does_what_the_model_says(migrated_file: Path) -> None:
    play(migrated_file, examples=3, steps=10)


@pytest.mark.long
def test_the_server_does_what_the_model_says_at_length(migrated_file: Path) -> None:
    play(migrated_file, examples=100, steps=40)
