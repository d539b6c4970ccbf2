"""History downloaded over HTTP: the exports of the command line, by role, with their proofs."""

from collections.abc import Callable
from pathlib import Path

import pytest

from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.domain.audit import AuditKind
from lifecycle_fsm.services.audit.export_check import check_file
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.audit_entries import read_entries
from tests.api.door import Door

HISTORY = "/exports/v1/history"


def last_export(world: World) -> dict[str, object]:
    with world.database.reading() as connection:
        entry = read_entries(connection)[-1].entry
    return {"kind": entry.kind, "actor": entry.actor, "form": entry.details.get("form")}


@pytest.mark.parametrize("form", ["ndjson", "csv", "xes", "parquet"])
def test_an_auditor_downloads_history_and_checks_it(
    door: Door, world: World, token_of: Callable[[Role], str], tmp_path: Path, form: str
) -> None:
    answer = door.as_token(token_of(Role.AUDITOR)).send("GET", f"{HISTORY}?form={form}")
    name = answer.headers["content-disposition"].split('"')[1]
    path = tmp_path / name
    path.write_bytes(answer.content)

    report = check_file(path)

    assert (answer.status_code, name) == (200, "history.ndjson" if form == "ndjson" else f"history.{form}.zip")
    assert (report.flaws, report.rows) == ([], 1)
    assert last_export(world) == {"kind": AuditKind.EXPORTED, "actor": "auditor", "form": form}


def test_one_account_is_downloaded_by_its_id(door: Door) -> None:
    account = door.data('{ account(key: "ACME") { id } }')["account"]["id"]

    answer = door.send("GET", HISTORY, params={"accountId": account})

    assert (answer.status_code, answer.content.count(b'{"row":')) == (200, 1)


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("form=xls", 400, "invalid_input"),
        ("accountId=QWNtZQ", 400, "invalid_input"),
    ],
)
def test_what_cannot_be_exported_is_refused(door: Door, query: str, status: int, code: str) -> None:
    answer = door.send("GET", f"{HISTORY}?{query}")

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_who_may_not_read_history_downloads_nothing(door: Door, world: World, token_of: Callable[[Role], str]) -> None:
    ingest = door.as_token(token_of(Role.INGEST))

    refused = ingest.send("GET", HISTORY)
    nameless = door.send("GET", HISTORY, headers={"Authorization": None})
    posted = door.send("POST", HISTORY)

    assert [each.status_code for each in (refused, nameless, posted)] == [403, 401, 405]
    assert last_export(world)["kind"] == AuditKind.TOKEN_ISSUED
