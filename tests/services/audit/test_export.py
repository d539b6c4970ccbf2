"""Exports are checked by the product, and by the page of Python in the documentation, without a database."""

import re
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest

from lifecycle_fsm.domain.audit import AuditKind
from lifecycle_fsm.domain.errors import Forbidden
from lifecycle_fsm.services.audit.checkpoints import sign_checkpoint
from lifecycle_fsm.services.audit.export import Wanted, Watermark, export_history
from lifecycle_fsm.services.audit.export_check import check_export
from lifecycle_fsm.services.audit.signing import make_signer
from lifecycle_fsm.store.audit_entries import read_entries
from tests.worlds import ADMIN, FEED, Stage

DOCS = Path(__file__).parents[3] / "docs" / "audit.md"


def documented() -> str:
    (source,) = re.findall(r"```python\n(.*?)```", DOCS.read_text(), re.DOTALL)
    return str(source)


def check_as_documented(lines: list[bytes]) -> list[str]:
    names: dict[str, object] = {"__name__": "documented"}
    exec(documented(), names)
    check = names["check"]
    assert callable(check)
    flaws: list[str] = check(lines)
    return flaws


def exported(stage: Stage, account: UUID | None = None, after: Watermark | None = None) -> list[bytes]:
    written: list[bytes] = []
    export_history(stage.world, ADMIN, written.append, Wanted(account, after))
    return written


def test_the_documented_verifier_has_at_most_60_lines() -> None:
    assert len(documented().splitlines()) <= 60


def test_a_whole_export_gives_the_signed_root(stage: Stage, acme: UUID, bolt: UUID) -> None:
    signer = make_signer("example.com/log")
    sign_checkpoint(stage.world, ADMIN, signer)

    lines = exported(stage)
    report = check_export(lines, str(signer.verifier))

    assert (report.flaws, report.rows, report.entries, report.root_checked) == ([], 14, 2, True)
    assert check_as_documented(lines) == []


def test_one_account_is_exported_without_the_others(stage: Stage, acme: UUID, bolt: UUID) -> None:
    lines = exported(stage, acme)

    assert (check_export(lines).flaws, check_export(lines).rows) == ([], 7)
    assert check_as_documented(lines) == []
    assert all(str(bolt).encode() not in line for line in lines)


def test_an_export_goes_on_behind_its_watermark(stage: Stage, acme: UUID, bolt: UUID) -> None:
    first = min(acme, bolt)

    lines = exported(stage, after=Watermark(first, 5))

    assert (check_export(lines).flaws, check_export(lines).rows) == ([], 9)
    assert check_as_documented(lines) == []


def test_who_exported_what_is_recorded(stage: Stage, acme: UUID) -> None:
    exported(stage, acme)

    with stage.world.database.reading() as connection:
        entry = read_entries(connection)[-1].entry
    assert (entry.kind, entry.actor, entry.subject, entry.details["rows"]) == (
        AuditKind.EXPORTED,
        "root",
        str(acme),
        7,
    )


@pytest.mark.parametrize(
    "tamper",
    [
        lambda lines: [line.replace(b'"actor":"ada"', b'"actor":"eve"') for line in lines],
        lambda lines: [*lines[:5], *lines[6:]],
        lambda lines: lines[:-2] + lines[-1:],
        lambda lines: [*lines[:6], lines[7], lines[6], *lines[8:]],
        lambda lines: [lines[0].replace(b"\\n16\\n", b"\\n15\\n"), *lines[1:]],
    ],
    ids=["edited", "one removed", "last removed", "swapped", "other checkpoint"],
)
def test_a_changed_export_is_found_by_both(
    stage: Stage, acme: UUID, bolt: UUID, tamper: Callable[[list[bytes]], list[bytes]]
) -> None:
    signer = make_signer("example.com/log")
    sign_checkpoint(stage.world, ADMIN, signer)

    lines = tamper(exported(stage))

    assert check_export(lines, str(signer.verifier)).flaws != []
    assert check_as_documented(lines) != []


def test_another_key_does_not_vouch_for_an_export(stage: Stage, acme: UUID) -> None:
    sign_checkpoint(stage.world, ADMIN, make_signer("example.com/log"))

    report = check_export(exported(stage), str(make_signer("example.com/log").verifier))

    assert report.flaws == ["line 1: the trusted key did not sign the checkpoint"]


@pytest.mark.parametrize("lines", [[b"{}\n"], [b"no\n"], [b"[]\n"]])
def test_what_is_no_export_is_said_to_be_none(lines: list[bytes]) -> None:
    assert check_export(lines).flaws == ["the file is no export: a line cannot be read"]


def test_who_may_not_read_history_may_not_export(stage: Stage) -> None:
    with pytest.raises(Forbidden):
        export_history(stage.world, FEED, list[bytes]().append)
