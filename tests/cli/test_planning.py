"""Plan, approve, apply, look back and replay from the command line."""

import json
import re
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from lifecycle_fsm.bootstrap import now
from tests.cli.conftest import Run
from tests.services.golden_plans import portfolio
from tests.worlds import FIXTURES

BASE = FIXTURES / "plans" / "base"


@pytest.fixture
def filled(store: str) -> str:
    """A store with the portfolio of the golden plans, as of now."""
    with portfolio(store, now()):
        return store


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    """A folder of definitions in which onboarding is over sooner."""
    folder = tmp_path / "draft"
    shutil.copytree(BASE, folder)
    growth = folder / "segments" / "growth.yaml"
    growth.write_text(growth.read_text().replace("setup_completion, at_least: 80", "setup_completion, at_least: 60"))
    return folder


def plan_name(out: str) -> str:
    return out.split()[1]


def test_a_plan_is_shown_applied_and_listed(run: Run, filled: str, draft: Path) -> None:
    planned = run("plan", str(draft), "--existing", "evaluate", "--by", "ann", database_url=filled)
    name = plan_name(planned.out)

    applied = run("apply", name, "--by", "ann", "--reason", "sooner", database_url=filled)
    listed = run("publications", database_url=filled)
    again = run("show-plan", name, database_url=filled)

    assert planned.status == 0
    assert "    onboarding → adoption  by onboarded: 1 account: Alder\n" in planned.out
    assert planned.out.endswith(f"Next: lifecycle-fsm apply {name}\n")
    assert applied.status == 0
    assert applied.out.splitlines()[-1] == (
        "11 accounts went over, 0 changed their segment; then 1 move and 1 CTA opened."
    )
    newest = next(line for line in listed.out.splitlines() if f"plan {name}: sooner" in line)
    assert newest.split("  ")[2:4] == ["ann", "all"]
    assert again.out == planned.out


def test_a_plan_that_misses_something_ends_with_1_and_says_what(run: Run, filled: str, draft: Path) -> None:
    planned = run("plan", str(draft), database_url=filled)
    refused = run("apply", plan_name(planned.out), database_url=filled)

    assert planned.status == 1
    assert (
        "This plan cannot be applied yet:\n  - say what becomes of existing accounts: --existing evaluate"
        in planned.out
    )
    assert (refused.status, refused.err[:24]) == (1, "error[plan_incomplete]: ")


def test_a_script_gets_the_plan_as_json(run: Run, filled: str, draft: Path) -> None:
    planned = run("plan", str(draft), "--existing", "evaluate", "--format", "json", database_url=filled)

    document = json.loads(planned.out)
    growth = next(each for each in document["content"]["segments"] if each["segment"] == "growth")
    (moving,) = growth["moves"]
    assert (moving["stage"], moving["to_stage"], moving["accounts"]["number"]) == ("onboarding", "adoption", 1)
    assert document["names"][moving["accounts"]["samples"][0]] == "Alder"


def test_a_mistake_in_the_files_is_shown_at_its_place(run: Run, filled: str, draft: Path) -> None:
    growth = draft / "segments" / "growth.yaml"
    growth.write_text(growth.read_text().replace("to: adoption,", "to: adoptoin,"))

    planned = run("plan", str(draft), database_url=filled)

    assert (planned.status, planned.out) == (1, "")
    assert "did you mean 'adoption'?" in planned.err


def test_going_back_is_a_plan_as_well(run: Run, filled: str, draft: Path) -> None:
    first = run("publications", database_url=filled).out.split()[0]
    name = plan_name(run("plan", str(draft), "--existing", "evaluate", database_url=filled).out)
    run("apply", name, database_url=filled)

    back = run("rollback", first, "--existing", "from_next_change", database_url=filled)

    assert back.status == 0
    assert "        when.at_least: 60 → 80\n" in back.out


def test_the_past_is_replayed(run: Run, filled: str, draft: Path) -> None:
    first, last = (f"{now() + timedelta(days=days):%Y-%m-%d}" for days in (0, 2))
    period = ("--from", first, "--to", last)

    shown = run("simulate", str(draft), *period, database_url=filled)
    wrong = run("simulate", str(draft), *period, "--step", "soon", database_url=filled)

    assert shown.status == 0
    assert shown.out.splitlines()[0] == f"{first} to {last}, 3 dates, 14 accounts"
    assert re.search(r"growth\.onboarding\.onboarded +0 +1 +\+1\n", shown.out)
    assert (wrong.status, wrong.err) == (
        1,
        "error[invalid_input]: --step: 'soon' is no span; expected such as 1d, 12h or 30m\n",
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("apply", "abcdef123"), "error[plan_not_found]: no plan begins with 'abcdef123'"),
        (("plan", str(BASE), "--map", "launched"), "error[invalid_input]: --map: 'launched' is no landing"),
        (("apply", "abcdef123", "--roll-out", "some"), "error[invalid_input]: rollOut: 'some' is no roll-out"),
        (("rollback", "nothing"), "error[invalid_input]: 'nothing' names no single publication"),
    ],
)
def test_what_is_not_there_or_cannot_be_read_is_named(
    run: Run, filled: str, arguments: tuple[str, ...], message: str
) -> None:
    ended = run(*arguments, database_url=filled)

    assert ended.status == 1
    assert ended.err.startswith(message)
