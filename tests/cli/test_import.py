"""Accounts are imported from the command line: shown, counted, and rejected rows kept for correction."""

import csv
import os
from pathlib import Path

import pytest

from lifecycle_fsm.domain.moments import to_ms
from tests.builders import MONDAY
from tests.cli.conftest import Run
from tests.worlds import FIXTURES

MAP = """\
schema: lifecycle/import/v1
account: {key: Id, name: Name}
measures: {tenure: Months, charges.total: Total}
facts: {contract: Contract}
"""
MANY = "measure 'tenure' is 'many'; expected a finite number in months"
NEGATIVE = "measure 'charges.total' is '-1'; expected at least 0 USD"
GOOD = "Id,Name,Months,Total,Contract\nA-1,Acme,30,1200,one_year\nB-2,Bolt,1,,two_year\n"


@pytest.fixture
def folder(tmp_path: Path, run: Run, database_url: str) -> Path:
    """A folder with a mapping, a file of accounts, and definitions published."""
    (tmp_path / "map.yaml").write_text(MAP)
    _write(tmp_path / "accounts.csv", GOOD)
    assert run("publish", str(FIXTURES / "telco"), database_url=database_url).status == 0
    return tmp_path


def _write(path: Path, text: str) -> None:
    """Write a file that was changed on the Monday of all tests."""
    path.write_bytes(text.encode())
    seconds = to_ms(MONDAY) / 1000
    os.utime(path, (seconds, seconds))


def _import(run: Run, database_url: str, *arguments: str, file: str = "accounts.csv") -> tuple[int, list[str]]:
    ended = run("import", "accounts", file, "--map", "map.yaml", *arguments, database_url=database_url)
    return ended.status, ended.out.splitlines()


@pytest.mark.usefixtures("folder")
def test_counts_what_was_done_and_does_nothing_when_repeated(run: Run, database_url: str) -> None:
    first, second = _import(run, database_url), _import(run, database_url)

    done = "Evaluated 2 accounts: 3 moves, 1 CTA opened, 0 escalated; 0 held by unknown, 0 without a segment."
    assert first == (0, ["accounts.csv has 2 rows: 2 created, 0 updated, 0 unchanged, 0 rejected.", done])
    assert second == (0, ["accounts.csv has 2 rows: 0 created, 0 updated, 2 unchanged, 0 rejected."])


def test_rejected_rows_can_be_corrected_and_imported_again(run: Run, database_url: str, folder: Path) -> None:
    _write(folder / "accounts.csv", f"{GOOD}C-3,Cast,many,-1,one_year\nD-4\n")

    status, out = _import(run, database_url)

    kept = folder / "accounts.rejected.csv"
    rows = list(csv.reader(kept.read_text().splitlines()))
    assert (status, out[0]) == (1, "accounts.csv has 4 rows: 2 created, 0 updated, 0 unchanged, 2 rejected.")
    assert rows == [
        ["line", "column", "message", "Id", "Name", "Months", "Total", "Contract"],
        [
            "4",
            "Months (3); Total (4)",
            f"{MANY}; {NEGATIVE}",
            "C-3",
            "Cast",
            "many",
            "-1",
            "one_year",
        ],
        ["5", "", "the row has 1 columns; expected 5, as line 1 has", "D-4"],
    ]
    _write(kept, "line,column,message,Id,Name,Months,Total,Contract\n4,,,C-3,Cast,12,1,one_year\n")
    corrected = _import(run, database_url, file="accounts.rejected.csv")
    assert corrected[1][0] == "accounts.rejected.csv has 1 row: 1 created, 0 updated, 0 unchanged, 0 rejected."


def test_shows_each_problem_with_its_line_and_column(run: Run, database_url: str, folder: Path) -> None:
    _write(folder / "accounts.csv", f"{GOOD}C-3,Cast,many,-1,one_year\n")

    ended = run("import", "accounts", "accounts.csv", "--map", "map.yaml", database_url=database_url)

    shown = [line for line in ended.err.splitlines() if line.startswith("accounts.csv:")]
    assert shown == [
        f"accounts.csv:4: Months (3): {MANY}",
        f"accounts.csv:4: Total (4): {NEGATIVE}",
    ]


def test_points_at_a_mistake_in_the_mapping(run: Run, database_url: str, folder: Path) -> None:
    (folder / "map.yaml").write_text(MAP.replace("Months", "Month"))

    ended = run("import", "accounts", "accounts.csv", "--map", "map.yaml", database_url=database_url)

    has = "Id, Name, Months, Total, Contract"
    assert ended.status == 1
    assert ended.err.splitlines()[-7:] == [
        f"map.yaml:3:20: error[unknown-column]: the file has no column 'Month'; it has: {has}",
        "    3 | measures: {tenure: Month, charges.total: Total}",
        "      |                    ^^^^^",
        "  did you mean 'Months'?",
        "",
        "1 error",
        "Nothing was imported.",
    ]


@pytest.mark.usefixtures("folder")
def test_a_dry_run_writes_nothing(run: Run, database_url: str) -> None:
    status, out = _import(run, database_url, "--dry-run")

    expected = "accounts.csv has 2 rows: 2 created, 0 updated, 0 unchanged, 0 rejected."
    assert (status, out[0]) == (0, f"Dry run, nothing was written: {expected}")
    assert _import(run, database_url)[1][0] == expected


def test_a_file_that_is_not_utf_8_is_refused_in_one_line(run: Run, database_url: str, folder: Path) -> None:
    (folder / "accounts.csv").write_bytes(GOOD.encode() + "C-3,Käse,1,1\n".encode("latin-1"))

    ended = run("import", "accounts", "accounts.csv", "--map", "map.yaml", database_url=database_url)

    assert ended.status == 1
    assert ended.err.splitlines()[-1] == (
        "error[invalid_input]: accounts.csv:4: the byte 0xe4 at place 6 of line 4 is not UTF-8; "
        "save the file as CSV with UTF-8 encoding"
    )


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--observed-at", "2150-01-01"), "observed_at: the values were observed at '2150-01-01T00:00:00+00:00'"),
        (("--observed-at", "noon"), "--observed-at: the instant is 'noon'"),
        (("--rejected", "accounts.csv"), "--rejected: rejected rows would overwrite the file itself"),
    ],
)
def test_a_wrong_argument_is_refused_in_one_line(
    run: Run, database_url: str, arguments: tuple[str, ...], message: str
) -> None:
    ended = run("import", "accounts", "accounts.csv", "--map", "map.yaml", *arguments, database_url=database_url)

    assert ended.status == 1
    assert ended.err.splitlines()[-1].startswith(f"error[invalid_input]: {message}; ")
