"""`lifecycle-fsm verify` stopped in a process of its own: what it had kept is true, and the next one goes on."""

import os
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest

from lifecycle_fsm.domain.audit import AuditKind
from lifecycle_fsm.domain.paging import PageRequest
from lifecycle_fsm.services.audit.checkpoints import sign_checkpoint
from lifecycle_fsm.services.audit.signing import make_signer
from lifecycle_fsm.services.audit.verification import Verification, list_verifications
from lifecycle_fsm.services.audit.verify import Extent, Report, verify, verify_parts
from lifecycle_fsm.store.audit_entries import all_entries
from tests.worlds import ADMIN, Stage

ROOT = Path(__file__).parents[3]
STOPS = {"SIGINT": 130, "SIGKILL": -9}
NEVER = "1000"


def command(stage: Stage, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command that is stopped, to its end."""
    url = stage.world.database.url.render_as_string(hide_password=False)
    return subprocess.run(
        [sys.executable, "-m", "tests.services.audit.stopped", *arguments],
        env={**os.environ, "LIFECYCLE_DATABASE_URL": url},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
    )


def kept(stage: Stage) -> Verification:
    (found,) = list_verifications(stage.world, ADMIN, PageRequest(5)).items
    return found


def said(stage: Stage) -> int:
    """How many audit entries say that somebody verified."""
    with stage.world.database.reading() as connection:
        return sum(each.entry.kind is AuditKind.VERIFIED for each in all_entries(connection))


def first_parts(stage: Stage, number: int) -> Report:
    report = Report()
    for _, part in zip(range(number), verify_parts(stage.world, Extent(), 0, 1), strict=False):
        report.add(part)
    return report


_ALSO = (pytest.param(*each, marks=pytest.mark.long) for each in (("SIGINT", "2"), ("SIGKILL", "2")))


@pytest.mark.parametrize(("name", "processes"), [("SIGINT", "1"), ("SIGKILL", "1"), *_ALSO])
def test_what_was_stopped_is_true_and_goes_on(stage: Stage, acme: UUID, bolt: UUID, name: str, processes: str) -> None:
    expected, before = verify(stage.world, ADMIN), first_parts(stage, 39)

    stopped = command(stage, name, "41", "verify", "--processes", processes)
    half, entries = kept(stage), said(stage)
    resumed = command(stage, name, NEVER, "verify", "--resume", str(half.stored.id), "--processes", processes)
    whole = kept(stage)

    assert (stopped.returncode, resumed.returncode) == (STOPS[name], 0), (stopped.stderr, resumed.stderr)
    assert (half.stored.done, half.stored.finished_at, half.report, entries) == (39, None, before, 0)
    assert (whole.stored.id, whole.percentage, whole.report, said(stage)) == (half.stored.id, 100, expected, 1)
    assert resumed.stdout.splitlines()[-1] == "Everything that was checked holds."
    assert "Traceback" not in stopped.stderr
    if name == "SIGINT":
        assert stopped.stdout.splitlines()[-2:] == [
            "Interrupted at 60 %: what was checked so far holds.",
            f"Go on with `lifecycle-fsm verify --resume {half.stored.id}`; a worker that runs goes on by itself.",
        ]


def test_what_was_stopped_before_anything_was_kept_says_so(stage: Stage, acme: UUID, tmp_path: Path) -> None:
    note = tmp_path / "note"
    note.write_text(sign_checkpoint(stage.world, ADMIN, make_signer("log")).note, encoding="utf-8")

    stopped = command(stage, "SIGINT", "1", "verify", "--checkpoint", str(note))

    assert (stopped.returncode, list_verifications(stage.world, ADMIN, PageRequest(5)).items) == (130, ())
    assert stopped.stdout == (
        "Interrupted, and nothing was kept: the log was not yet held to the checkpoints and keys that you gave, which "
        "the store does not have. Start again with the same options.\n"
    )
    assert "Traceback" not in stopped.stderr
