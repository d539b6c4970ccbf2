"""The log says what happened to whom, in words that only the holder of its key can read."""

import logging
from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner

from api.app import create_app
from lifecycle_fsm.cli.app import app
from lifecycle_fsm.cli.telemetry import begin_logs, log_key
from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.domain.errors import InvalidInput, LifecycleError, StoreFailed
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.services.audit.signing import Signer
from lifecycle_fsm.services.tokens import issue_token
from lifecycle_fsm.settings import Settings, read_settings, secrets_of, shown
from lifecycle_fsm.settings.secret import ADDRESSES, SECRETS_OF_TEXT
from lifecycle_fsm.telemetry.logs import LogPlan, pseudonym, set_up_logs
from lifecycle_fsm.telemetry.trail import account, note, on_trail, request_id_of
from tests.api.door import a_door
from tests.worlds import ADMIN, a_stage

KEY = b"0123456789abcdef"
CSM = "Ada Lovelace"
REACH = """mutation Kickoff($input: ReachMilestoneInput!) {
  reachMilestone(input: $input) { __typename ... on Problem { code } }
}"""
Line = dict[str, Any]


def lines(capsys: pytest.CaptureFixture[str], event: str | None = None) -> list[Line]:
    written = [orjson.loads(line) for line in capsys.readouterr().err.splitlines()]
    return [line for line in written if event in (None, line["event"])]


@pytest.fixture
def plan() -> LogPlan:
    return LogPlan("info", "json", KEY)


def test_a_request_is_one_line_without_the_names_of_people_and_accounts(
    sqlite_store: str, plan: LogPlan, capsys: pytest.CaptureFixture[str]
) -> None:
    with a_stage(sqlite_store) as stage:
        acme = stage.sign("ACME", arr=5_000, csm=CSM)
        machine = stage.see(acme).lifecycle.machine
        application = create_app(stage.world, Settings(database_url=sqlite_store))
        with a_door(application, issue_token(stage.world, ADMIN, CSM, [Role.CSM], None).token) as door:
            (node,) = door.data("{ accounts(first: 1) { nodes { id } } }")["accounts"]["nodes"]
            wanted = {"accountId": node["id"], "milestone": "kickoff_done", "idempotencyKey": "k1"}
            set_up_logs(plan)
            answer = door.send(
                "POST",
                json={"query": REACH, "variables": {"input": wanted}},
                headers={"X-Request-Id": "from-the-gateway"},
            )

    written = capsys.readouterr().err
    (line,) = [orjson.loads(text) for text in written.splitlines()]
    assert answer.headers["x-request-id"] == "from-the-gateway"
    assert {name: line[name] for name in sorted(line.keys() - {"time", "ms", "run"})} == {
        "account": pseudonym(KEY, "account", str(acme)),
        "actor": pseudonym(KEY, "actor", CSM),
        "event": "request",
        "kind": "mutation",
        "level": "info",
        "logger": "api.access",
        "machine": machine,
        "method": "POST",
        "operation": "Kickoff",
        "outcome": "ok",
        "request": "from-the-gateway",
        "roles": ["csm"],
        "route": "/graphql",
        "status": 200,
    }
    assert line["time"].endswith("Z")
    assert line["ms"] > 0
    assert not any(plain in written for plain in ("Lovelace", "ACME", "Acme", str(acme), node["id"], "lfsm_"))


def test_a_problem_and_a_fault_are_named_by_their_codes(
    sqlite_store: str, plan: LogPlan, capsys: pytest.CaptureFixture[str]
) -> None:
    with a_stage(sqlite_store) as stage:
        application = create_app(stage.world, Settings(database_url=sqlite_store))
        with a_door(application, issue_token(stage.world, ADMIN, CSM, [Role.CSM], None).token) as door:
            set_up_logs(plan)
            wanted = {"accountId": "nobody", "milestone": "kickoff_done", "idempotencyKey": "k1"}
            door.ask(REACH, input=wanted)
            door.ask("{ nothing }")
            door.as_token("lfsm_wrong_but_looks_like_one").ask("{ viewer { name } }")

    told = [(line.get("code"), line["outcome"], line["status"]) for line in lines(capsys)]
    assert told == [
        ("invalid_input", "problem", 200),
        ("validation_failed", "refused", 200),
        ("unauthenticated", "refused", 401),
    ]


def test_people_read_lines_with_the_same_fields(plan: LogPlan, capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(LogPlan("debug", "human", KEY))

    with on_trail({"request": "abcdefgh"}):
        note(account=account("7"), machine="abc", code=None)
        logging.getLogger("lifecycle.x").info("moved", extra={"fields": {"to": "on boarding"}})

    line = capsys.readouterr().err
    expected = (
        f"INFO    moved  request=abcdefgh account={pseudonym(KEY, 'account', '7')} machine=abc to='on boarding'\n"
    )
    assert line[13:] == expected


def test_words_of_other_libraries_are_left_out_unless_somebody_debugs(capsys: pytest.CaptureFixture[str]) -> None:
    found = []
    for level in ("info", "debug"):
        set_up_logs(LogPlan(level, "json", KEY))
        for error in (ValueError("ada@example.com is no number"), StoreFailed("the store is gone")):
            try:
                raise error
            except (ValueError, StoreFailed):
                logging.getLogger("api").exception("failed")
        found += [(line["error"], line.get("error_message")) for line in lines(capsys)]

    assert found == [
        ("ValueError", None),
        ("StoreFailed", "the store is gone"),
        ("ValueError", "ada@example.com is no number"),
        ("StoreFailed", "the store is gone"),
    ]


def test_lines_below_the_level_and_the_chatter_of_others_are_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(LogPlan("warning", "json", KEY))

    logging.getLogger("api.access").info("request")
    logging.getLogger("uvicorn.error").info("started")
    logging.getLogger("lifecycle.worker").warning("a job stopped")

    assert [line["event"] for line in lines(capsys)] == ["a job stopped"]


@pytest.mark.parametrize(
    ("given", "is_kept"),
    [("a-request.of_8", True), ("short", False), ("x" * 65, False), ("with space", False), ("line\nbreak8", False)],
)
def test_an_id_that_a_caller_gives_is_kept_when_it_is_plain(given: str, is_kept: bool) -> None:
    assert (request_id_of(given) == given) is is_kept


def test_a_pseudonym_is_the_same_for_a_key_and_another_for_the_next() -> None:
    one = pseudonym(KEY, "account", "7")

    assert one == pseudonym(KEY, "account", "7") == "bef8e8584d8870bf"
    assert one not in {pseudonym(b"another-key-of-16", "account", "7"), pseudonym(KEY, "actor", "7")}
    assert log_key(Settings()) != log_key(Settings())


def a_secret_of(name: str) -> str:
    return f"hush-{name.replace('_', '-')}-hush"


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings in which everything that may be a secret is one."""
    for name in SECRETS_OF_TEXT:
        monkeypatch.setenv(f"LIFECYCLE_{name.upper()}", a_secret_of(name))
    for name in ADDRESSES:
        monkeypatch.setenv(f"LIFECYCLE_{name.upper()}", f"postgresql://ada:{a_secret_of(name)}%21@127.0.0.1:1/nowhere")
    key = tmp_path / "key"
    key.write_text(Signer("log", b"x" * 32).text())
    monkeypatch.setenv("LIFECYCLE_SIGNING_KEY", str(key))
    return read_settings()


def test_no_secret_of_the_settings_appears_in_errors_logs_or_what_is_shown(
    kept: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = secrets_of(kept)
    begin_logs(kept.model_copy(update={"log_level": "debug", "log_format": "json"}))
    for secret in (*secrets, "lfsm_abcdefghijklmnop", "eyJhbGciOiJI.eyJzdWIiOiIx.c2ln", "Bearer abcdefgh12345678"):
        with on_trail({"noted": f"{secret}/1"}):
            error = RuntimeError(f"it said {secret}")
            logging.getLogger("sqlalchemy").error("failed with %s", secret, exc_info=error)
    try:
        open_the_store(kept)
    except LifecycleError as error:
        logging.getLogger("lifecycle").exception("cannot start: %s", error.message)
    written = [*capsys.readouterr().err.splitlines(), repr(kept), *(shown(value) for _, value in kept)]
    for name in SECRETS_OF_TEXT | set(ADDRESSES):
        monkeypatch.setenv(f"LIFECYCLE_{name.upper()}", f"{a_secret_of(name)}"[:12])
    with pytest.raises(InvalidInput) as caught:
        read_settings()

    told = [*written[1:], caught.value.message]
    places = (*[a_secret_of(name) for name in SECRETS_OF_TEXT | set(ADDRESSES)], "hush", "lfsm_a", "eyJhb", "eHh4eHh4")
    assert len(secrets) == len(SECRETS_OF_TEXT) + 2 * len(ADDRESSES) + 2
    assert [(place, line) for place in places for line in told if place in line] == []


def open_the_store(settings: Settings) -> None:
    from lifecycle_fsm.bootstrap import open_world  # noqa: PLC0415

    open_world(settings)


def test_an_operator_finds_the_lines_of_an_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIFECYCLE_LOG_KEY", KEY.decode())
    words = [CliRunner().invoke(app, ["pseudonym", *about]).stdout.strip() for about in WAYS]
    monkeypatch.delenv("LIFECYCLE_LOG_KEY")

    assert words == [pseudonym(KEY, "account", str(account_id_for("ACME")))] * 2 + [pseudonym(KEY, "actor", CSM)]
    assert isinstance(CliRunner().invoke(app, ["pseudonym", "actor", CSM]).exception, InvalidInput)


WAYS = (("account", "ACME"), ("account", str(account_id_for("ACME"))), ("actor", CSM))
