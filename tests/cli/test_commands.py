"""Every command answers in plain words, and a mistake in one line with its exit status."""

import json
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from lifecycle_fsm.store.migrate import newest
from tests.cli.conftest import Run
from tests.restarts.switch import free_port
from tests.worlds import FIXTURES

TELCO = str(FIXTURES / "telco")
SEGMENT = (FIXTURES / "telco" / "segments" / "telco.yaml").read_text()
TENURE_LINE = SEGMENT[: SEGMENT.index("    tenure: {weight")].count("\n") + 1
MADE = f"Migrated to revision {newest()}.\n"
NEWEST = f"The store has the tables of revision {newest()}.\n"


def test_migrate_makes_the_tables_and_takes_them_away_again(run: Run, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new.db"

    up, again = run("migrate", database_url=url), run("migrate", database_url=url)
    down = run("migrate", "--down", "base", "--yes", database_url=url)

    assert [(each.status, each.out) for each in (up, again)] == [(0, MADE + NEWEST), (0, NEWEST)]
    assert (down.status, down.out) == (0, "The store has the tables of revision base.\n")


def test_migrate_asks_before_it_removes_tables(run: Run, store: str) -> None:
    ended = run("migrate", "--down", "base", database_url=store)

    assert ended.status == 1
    assert run("migrate", database_url=store).out == NEWEST


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"port": "many"},
            "invalid_input]: environment: LIFECYCLE_PORT='many': expected a whole number",
        ),
        (
            {"database_url": "postgresql://host:port/name"},
            "store_failed]: the address of the database cannot be read; expected sqlite:///FILE or postgresql://",
        ),
        (
            {"database_url": "sqlite:////nowhere/x.db"},
            "store_failed]: the database refused: unable to open database file; its folder has to exist",
        ),
        (
            {"database_url": "sqlite:///empty.db"},
            "store_failed]: the store has no tables; expected revision ",
        ),
    ],
)
def test_a_wrong_setting_stops_with_one_line(run: Run, settings: dict[str, str], message: str) -> None:
    ended = run("publish", TELCO, **settings)

    assert (ended.status, ended.out, ended.err.count("\n")) == (1, "", 1)
    assert ended.err.startswith(f"error[{message}")


def test_an_unknown_revision_stops_with_one_line(run: Run, store: str) -> None:
    ended = run("migrate", "--down", "7777", "--yes", database_url=store)

    expected = "error[store_failed]: the tables cannot be migrated: Can't locate revision identified by '7777'\n"
    assert (ended.status, ended.err) == (1, expected)


def test_a_wrong_usage_has_a_status_of_its_own(run: Run, store: str) -> None:
    ended = [
        run("nonsense"),
        run("check", "nowhere"),
        run("token", "ada", database_url=store),
        run("token", "ada", "--role", "king", database_url=store),
    ]

    assert [each.status for each in ended] == [2, 2, 2, 2]
    assert "Traceback" not in "".join(each.err for each in ended)


def test_check_names_the_segments_of_a_folder_without_errors(run: Run) -> None:
    ended = run("check", TELCO)

    expected = "No errors. Segments, in the order in which they take accounts: telco"
    assert (ended.status, ended.out.splitlines()[-1], ended.err) == (0, expected, "")


def test_check_points_at_a_mistake(run: Run, broken: Path) -> None:
    ended = run("check", str(broken))

    lines = ended.out.splitlines()
    first = next(place for place, line in enumerate(lines) if "error[" in line)
    expected = f"segments/telco.yaml:{TENURE_LINE}:5: error[unknown-measure]: there is no measure 'tenur'; there are: "
    assert ended.status == 1
    assert lines[first].startswith(expected)
    assert lines[first + 2 : first + 4] == ["      |     ^^^^^", "  did you mean 'tenure'?"]


def test_check_speaks_to_editors(run: Run, broken: Path) -> None:
    ended = run("check", str(broken), "--format", "json")

    found = json.loads(ended.out)
    assert (ended.status, found["errors"]) == (1, 1)
    first = next(each for each in found["diagnostics"] if each["severity"] == "error")
    place = [first[key] for key in ("file", "line", "column", "endLine", "endColumn")]
    assert place == ["segments/telco.yaml", TENURE_LINE, 5, TENURE_LINE, 10]
    assert (first["code"], first["suggestion"]) == ("unknown-measure", "tenure")


def test_check_speaks_to_code_hosts(run: Run, broken: Path) -> None:
    ended = run("check", str(broken), "--format", "sarif")

    (checked,) = json.loads(ended.out)["runs"]
    (error,) = [result for result in checked["results"] if result["level"] == "error"]
    place = error["locations"][0]["physicalLocation"]
    assert (ended.status, checked["tool"]["driver"]["name"]) == (1, "lifecycle-fsm")
    assert (error["ruleId"], place["artifactLocation"]) == ("unknown-measure", {"uri": "segments/telco.yaml"})
    assert (place["region"]["startLine"], place["region"]["startColumn"]) == (TENURE_LINE, 5)


def test_publish_says_which_machines_are_new(run: Run, store: str) -> None:
    first, second = run("publish", TELCO, database_url=store), run("publish", TELCO, database_url=store)

    name, digest, note = first.out.split()
    assert (first.status, name, note) == (0, "telco", "new")
    assert second.out.split() == ["telco", digest, "unchanged"]


def test_publish_changes_nothing_when_there_is_a_mistake(run: Run, store: str, broken: Path) -> None:
    ended = run("publish", str(broken), database_url=store)

    assert (ended.status, ended.out) == (1, "")
    assert ended.err.splitlines()[-1] == "Nothing was published."
    assert run("publish", TELCO, database_url=store).out.split()[2] == "new"


def test_token_prints_the_token_alone(run: Run, store: str) -> None:
    ended = run("token", "ada", "--role", "csm", "--role", "viewer", "--days", "7", database_url=store)

    assert ended.status == 0
    assert (len(ended.out), ended.out[:5]) == (49, "lfsm_")
    assert ended.err.startswith("Token of ada (csm, viewer), valid until ")


def test_a_token_without_a_name_is_refused(run: Run, store: str) -> None:
    ended = run("token", "", "--role", "csm", database_url=store)

    assert (ended.status, ended.out) == (1, "")
    assert ended.err == "error[invalid_input]: name: the name is ''; expected 1 to 500 printable characters\n"


def test_the_installed_command_runs() -> None:
    command = Path(sys.executable).with_name("lifecycle-fsm")

    ended = subprocess.run([command, "check", TELCO], capture_output=True, text=True, check=False, timeout=120)

    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_port_that_is_taken_is_said_in_one_line(run: Run, store: str, command: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = run(command, database_url=store, port=port)

    expected = (
        f"error[cannot_listen]: cannot listen on 127.0.0.1 port {port} (Address already in use); "
        "stop what listens there, or set LIFECYCLE_HOST or LIFECYCLE_PORT\n"
    )
    assert (ended.status, ended.out, ended.err) == (1, "", expected)


def test_the_demo_leaves_a_store_with_other_accounts_alone(run: Run, store: str, tmp_path: Path) -> None:
    accounts, mapping = tmp_path / "a.csv", tmp_path / "map.yaml"
    accounts.write_text("Id,Months\nA-1,30\n")
    mapping.write_text("schema: lifecycle/import/v1\naccount: {key: Id}\nmeasures: {tenure: Months}\n")
    assert run("publish", TELCO, database_url=store).status == 0
    run("import", "accounts", "a.csv", "--map", "map.yaml", database_url=store)

    ended = run("demo", database_url=store, port=str(_free_port()))

    assert ended.status == 1
    assert ended.err.startswith("error[not_a_demo]: the store holds accounts that are not the demo's; ")


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """The telco definitions with one mistake."""
    folder = tmp_path / "broken"
    shutil.copytree(TELCO, folder)
    broken = SEGMENT.replace("    tenure: {weight", "    tenur: {weight")
    (folder / "segments" / "telco.yaml").write_text(broken)
    return folder


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


def test_a_store_is_closed_and_opened_again(run: Run, store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lifecycle_fsm.cli.read_only.LOOKED_AT_EVERY_SECONDS", 0)
    unasked = run("read-only", "on", "--reason", "moving house", database_url=store)
    closed = run("read-only", "on", "--reason", "moving house", "--yes", "--by", "ops", database_url=store)
    status = run("status", database_url=store)
    refused = run("token", "vic", "--role", "viewer", database_url=store)
    tried = run("read-only", "off", "--dry-run", database_url=store)
    opened = run("read-only", "off", database_url=store)
    token = run("token", "vic", "--role", "viewer", database_url=store)

    assert unasked.status == 1
    assert closed.out.endswith(", by ops: moving house\n")
    assert status.out.startswith("READ-ONLY since ")
    assert (refused.status, refused.err.split(":")[0]) == (1, "error[read_only]")
    assert tried.out == "Dry run, nothing was done: changes would be taken again.\n"
    assert opened.out == "Changes are taken again.\n"
    assert token.status == 0


def test_a_token_may_be_limited_to_several_csms_and_single_accounts(run: Run, store: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("key,name\nACME,Acme\n")
    run("import", "rows", "accounts", "a.csv", database_url=store)
    csms = ("--only-csm", "ada", "--only-csm", "bo")

    unknown = run("token", "partner", "--role", "viewer", "--only-account", "NONE", database_url=store)
    run("token", "partner", "--role", "viewer", "--only-account", "ACME", database_url=store)
    run("token", "leads", "--role", "csm", *csms, "--only-account", "ACME", database_url=store)
    listed = run("tokens", database_url=store)

    assert (unknown.status, unknown.err) == (
        1,
        "error[invalid_input]: portfolio: there is no account 'NONE'; register it first\n",
    )
    assert "leads  csm  only accounts of ada or bo  and ACME  ends " in listed.out
    assert "partner  viewer  only ACME  ends " in listed.out


def test_a_server_that_cannot_start_tells_no_address(run: Run, store: str, tmp_path: Path) -> None:
    (tmp_path / "channels.yaml").write_text(
        "schema: lifecycle/notifications/v1\n"
        'channels: {crm: {webhook: "https://crm.example/", secrets: [{env: CRM_KEY}]}}\n'
        "routes: [{to: [crm]}]\n"
    )

    ended = run("serve", database_url=store, notifications="channels.yaml", port=str(free_port()))

    assert (ended.status, ended.out) == (1, "")
    assert ended.err.endswith("there is no secret in the environment variable CRM_KEY; put it there\n")


def test_tokens_are_listed_and_revoked_by_name(run: Run, store: str) -> None:
    token = run("token", "crm", "--role", "ingest", "--only-csm", "ada", "--only-segment", "a", database_url=store)
    run("token", "vic", "--role", "viewer", database_url=store)

    tried = run("revoke", "crm", "--dry-run", database_url=store)
    before = run("tokens", database_url=store)
    revoked = run("revoke", "crm", database_url=store)
    after = run("tokens", database_url=store)
    every = run("tokens", "--all", database_url=store)

    assert token.err.splitlines()[:2] == [
        "Warning: No segment 'a' was ever published; published are: none.",
        "Warning: No account is owned by 'ada' yet; if that is a slip, revoke the token and issue another.",
    ]
    assert tried.out == "Dry run, nothing is written:\n1 tokens of crm ended.\n"
    assert "crm  ingest  only accounts of ada  only in a  ends " in before.out
    assert token.out.strip() not in before.out
    assert revoked.out == "1 tokens of crm ended.\n"
    assert [line.split("  ")[0] for line in after.out.splitlines()] == ["vic"]
    assert "  revoked " in every.out
    assert "  last used never" in every.out
