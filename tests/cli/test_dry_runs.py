"""Every command that changes something can be tried without it, and asks before what cannot be taken back."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import typer
from sqlalchemy import select
from typer.core import TyperCommand, TyperGroup

from lifecycle_fsm.cli import app
from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.domain.notification import Notifications, Route, WebhookChannel
from lifecycle_fsm.services.ingest import RecordFacts, record_facts
from lifecycle_fsm.services.notifying import route_page
from lifecycle_fsm.services.observe import FactRow
from lifecycle_fsm.services.planning.content import Existing, Options
from lifecycle_fsm.services.planning.plan import plan
from lifecycle_fsm.services.publish import NotPublished
from lifecycle_fsm.services.tokens import issue_token
from lifecycle_fsm.store.database import Database
from lifecycle_fsm.store.deliveries import Attempt, claim, settle
from lifecycle_fsm.store.tables import metadata
from tests.cli.conftest import Run
from tests.worlds import ADMIN, FIXTURES, Stage, a_stage, definitions

READING = {
    "check",
    "documents",
    "outbox list",
    "prove",
    "pseudonym",
    "publications",
    "render",
    "schema",
    "settings",
    "show-plan",
    "simulate",
    "status",
    "tokens",
    "verify-export",
}
"""Commands that change nothing."""

OTHERS = {
    "demo": "makes a store of its own",
    "serve": "goes on until it is told to stop",
    "worker": "goes on until it is told to stop",
    "plan": "is the dry run of `apply`; only the plan is kept",
    "rollback": "is the dry run of `apply`; only the plan is kept",
    "verify": "only reads history; an audit entry says that it did, and with which result",
    "backup": "only reads the store, and never overwrites a file",
}
"""Commands without a dry run, and why."""

FOR_GOOD = {"erase", "erase-text", "migrate", "outbox purge", "read-only on", "restore", "retain"}
"""Commands whose doing cannot be taken back, or stops everybody's work: they ask."""


def commands(group: TyperGroup, prefix: str = "") -> Iterator[tuple[str, TyperCommand]]:
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from commands(command, f"{prefix}{name} ")
        elif isinstance(command, TyperCommand):
            yield f"{prefix}{name}", command


def options(command: TyperCommand) -> set[str]:
    return {option for parameter in command.params for option in parameter.opts}


TREE = typer.main.get_command(app)


def changing() -> dict[str, TyperCommand]:
    assert isinstance(TREE, TyperGroup)
    return {name: command for name, command in commands(TREE) if name not in READING and name not in OTHERS}


def test_every_command_that_changes_something_has_a_dry_run() -> None:
    assert {name for name, command in changing().items() if "--dry-run" not in options(command)} == set()


def test_commands_ask_before_what_cannot_be_taken_back() -> None:
    assert {name for name, command in changing().items() if "--yes" in options(command)} == FOR_GOOD


def test_every_command_is_told_in_one_sentence() -> None:
    assert isinstance(TREE, TyperGroup)
    assert {name for name, command in commands(TREE) if not (command.help or "").strip()} == set()


@pytest.mark.parametrize(("typed", "completed"), [("sw", ["sweep"]), ("sweep --as", ["--as-of"])])
def test_a_shell_completes_commands_and_options(
    run: Run, monkeypatch: pytest.MonkeyPatch, typed: str, completed: list[str]
) -> None:
    monkeypatch.setenv("_LIFECYCLE_FSM_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", f"lifecycle-fsm {typed}")
    monkeypatch.setenv("COMP_CWORD", str(len(typed.split())))

    assert run().out.split() == completed


@pytest.fixture
def lived(store: str) -> Iterator[str]:
    """A store in which every command finds something to do."""
    with a_stage(store) as stage:
        account = stage.sign("ACME", arr=250_000)
        _a_dead_letter(stage)
        record_facts(
            stage.world, ADMIN, RecordFacts((FactRow(account, 40.0, measure="setup_completion"),), "crm", "lived")
        )
        issue_token(stage.world, ADMIN, "root", [Role.ADMIN], None)
        planned = plan(stage.world, ADMIN, changed(), Options(Existing.EVALUATE))
        assert not isinstance(planned, NotPublished)
        yield store


def changed() -> dict[str, bytes]:
    files = definitions("demo")
    name = "segments/enterprise.yaml"
    return {**files, name: files[name].replace(b"title: Enterprise", b"title: Large", 1)}


def _a_dead_letter(stage: Stage) -> None:
    crm = Notifications({"crm": WebhookChannel("crm", "https://x.example", ())}, (Route(("crm",)),))
    route_page(stage.world, crm)
    now = stage.clock()
    with stage.world.database.writing() as connection:
        letters = claim(connection, "crm", now, now + timedelta(minutes=1), 10)
        settle(connection, [Attempt(each, "gone", now, is_dead=True) for each in letters], now)


def rows(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Everything that a store holds."""
    database = Database(url, connections=1)
    with database.reading() as connection:
        found = {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in metadata.tables.values()
        }
    database.dispose()
    return found


@pytest.fixture
def arguments(lived: str, tmp_path: Path) -> dict[str, list[str]]:
    """What each command is given; it would change the store."""
    everything = rows(lived)
    (account,) = {row[0] for row in everything["account_state"]}
    digest = str(everything["publication_plan"][0][0])
    (tmp_path / "rows.ndjson").write_text('{"account": "ACME", "measure": "setup_completion", "value": 90}\n')
    (tmp_path / "accounts.csv").write_text("customerID,tenure\nA,1\n")
    (tmp_path / "erasures.ndjson").touch()
    return {
        "migrate": ["--down", "base"],
        "publish": [str(FIXTURES / "time")],
        "token": ["vic", "--role", "viewer"],
        "revoke": ["root"],
        "sweep": ["--as-of", "2027-01-01"],
        "back-fill": ["2026-03-03", "2026-06-03", "--step", "30d"],
        "undo": [str(account), "--reason", "x"],
        "recount": [],
        "retain": [],
        "approve": [digest, "--by", "eve"],
        "apply": [digest],
        "checkpoint": ["--key", "key", "--new-key", "example.com/log", "--out", "note"],
        "export": ["history.ndjson"],
        "erase": [str(account)],
        "erase-text": ["--author", "ada"],
        "after-restore": [],
        "restore": ["kept", "--force"],
        "import accounts": ["accounts.csv", "--map", str(FIXTURES / "telco" / "map.yaml")],
        "import rows": ["measures", "rows.ndjson"],
        "outbox replay": ["--all"],
        "outbox purge": ["--all"],
        "read-only on": ["--reason", "x"],
        "read-only off": [],
    }


def test_a_dry_run_of_any_command_changes_nothing(
    run: Run, lived: str, arguments: dict[str, list[str]], tmp_path: Path
) -> None:
    assert run("backup", "kept", database_url=lived).status == 0
    before, files = rows(lived), sorted(each.name for each in tmp_path.iterdir())
    assert arguments.keys() == changing().keys()

    told = {}
    for name, given in arguments.items():
        ended = run(*name.split(), *given, "--dry-run", database_url=lived, erasures=str(tmp_path / "erasures.ndjson"))
        told[name] = (ended.status, "Dry run, nothing" in ended.out, ended)
        assert rows(lived) == before, name

    wrong = {name: ended for name, (status, said, ended) in told.items() if not said or status}
    assert wrong.keys() == {"undo", "import accounts"}, wrong  # there is no such run, and no such columns
    left = sorted(each.name for each in tmp_path.iterdir() if ".rejected." not in each.name)
    assert left == files
    assert (tmp_path / "erasures.ndjson").read_text() == ""
