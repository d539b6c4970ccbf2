"""Rows of every kind come from NDJSON, CSV and Parquet files, and what is wrong with them is kept."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa  # type: ignore[import-untyped] # it has no types
import pytest
from pyarrow import parquet

from lifecycle_fsm.domain.facts import account_id_for
from tests.cli.conftest import Run
from tests.worlds import Stage, a_stage

LOGINS = "usage.logins_30d"


@pytest.fixture
def url(store: str) -> str:
    with a_stage(store) as stage:
        stage.sign("ACME", arr=5_000)
    return store


def logins(url: str, key: str = "ACME") -> object:
    with a_stage(url, None) as stage:
        return known(stage, key)


def known(stage: Stage, key: str) -> object:
    return stage.see(account_id_for(key)).facts.values.get(f"measure.{LOGINS}")


def test_ndjson_is_taken_row_by_row_and_rejects_come_back(run: Run, url: str, tmp_path: Path) -> None:
    file = tmp_path / "m.ndjson"
    rows = [{"account": "ACME", "measure": LOGINS, "value": value} for value in (7, "many", 9)]
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows) + "{oops\n")

    ended = run("import", "rows", "measures", str(file), database_url=url)
    kept = [json.loads(line) for line in (tmp_path / "m.ndjson.rejected.ndjson").read_text().splitlines()]
    corrected = tmp_path / "again.ndjson"
    corrected.write_text(json.dumps({**kept[0], "value": 11}) + "\n")
    again = run("import", "rows", "measures", str(corrected), database_url=url)

    assert ended.status == 1
    assert ended.out.startswith("m.ndjson: 2 recorded, 2 rejected. ")
    assert kept[0]["value"] == "many"
    assert kept[0]["_rejected"].startswith(f"value: measure '{LOGINS}' is 'many'; expected a finite number")
    assert "no JSON" in kept[1]["_rejected"]
    assert "row 2: value: measure" in ended.err
    assert (again.status, again.out.split(".")[0]) == (0, "again")
    assert logins(url) == 11.0


def test_parquet_has_columns_with_points_and_values_of_its_own(run: Run, url: str, tmp_path: Path) -> None:
    file = tmp_path / "a.parquet"
    table = pa.table(
        {
            "key": ["ACME", "NEW"],
            "name": ["Acme Inc.", None],
            "facts.account.arr": [Decimal("5000.50"), Decimal("9.00")],
            f"measures.{LOGINS}": [12.0, float("nan")],
            "observedAt": [datetime(2026, 3, 1, 8, tzinfo=UTC)] * 2,
        }
    )
    parquet.write_table(table, file)

    first = run("import", "rows", "accounts", str(file), database_url=url)
    again = run("import", "rows", "accounts", str(file), database_url=url)

    assert first.status == 0
    assert first.out.startswith("a.parquet: 1 created, 1 updated.")
    assert again.out.startswith("a.parquet: 2 unchanged.")
    with a_stage(url, None) as stage:
        acme, new = stage.see(account_id_for("ACME")), stage.see(account_id_for("NEW"))
    assert (acme.profile.name, new.profile.name) == ("Acme Inc.", "NEW")
    assert acme.facts.values[f"measure.{LOGINS}"] == 12.0
    assert new.facts.values["fact.account.arr"] == 9.0
    assert acme.facts.values["fact.account.arr"] == 5_000.0  # which was observed later
    assert new.facts.values.get(f"measure.{LOGINS}") is None


def test_csv_of_milestones_and_facts(run: Run, url: str, tmp_path: Path) -> None:
    milestones, facts = tmp_path / "m.csv", tmp_path / "f.csv"
    milestones.write_text("account,milestone,reachedAt,comment\nACME,kickoff_done,2026-03-01,\nACME,nonsense,,\n")
    facts.write_text("account,fact,value\nACME,account.arr,7000\nACME,account.status\n")

    dated = run("import", "rows", "milestones", str(milestones), "--later", database_url=url)
    told = run("import", "rows", "facts", str(facts), database_url=url)

    assert dated.out.startswith("m.csv: 1 reached, 1 rejected.\n")
    assert "the row has 2 columns; expected 3" in told.err
    with a_stage(url, None) as stage:
        acme = stage.see(account_id_for("ACME"))
    assert acme.lifecycle.milestones["kickoff_done"] == datetime(2026, 3, 1, tzinfo=UTC)
    assert acme.facts.values["fact.account.arr"] == 7000.0


def test_an_interrupted_import_goes_on_behind_what_was_done(run: Run, url: str, tmp_path: Path) -> None:
    file = tmp_path / "m.ndjson"
    rows = [
        {"account": "ACME", "measure": LOGINS, "value": value, "observedAt": f"2026-02-0{value}"} for value in (1, 2, 3)
    ]
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows))

    ended = run("import", "rows", "measures", str(file), "--skip", "2", database_url=url)

    assert ended.out.startswith("m.ndjson: 1 recorded.")
    assert logins(url) == 3.0


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.txt", b"", "'a.txt' is none of: .ndjson, .jsonl, .csv, .parquet"),
        ("a.parquet", b"nonsense", "the file is no Parquet that can be read"),
        ("a.csv", b"key\n\xff\xff\n", "the file is no CSV in UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_line(
    run: Run, url: str, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(content)

    ended = run("import", "rows", "accounts", str(tmp_path / name), database_url=url)

    assert ended.status == 1
    assert said in ended.err
