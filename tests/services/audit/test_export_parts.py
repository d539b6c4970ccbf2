"""Exports of one account, of a segment and of a period: each row carries its own proof."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import orjson
import pytest

from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.services.audit.checkpoints import grow_log, sign_checkpoint
from lifecycle_fsm.services.audit.export import Chosen, Wanted, choose_rows, export_history
from lifecycle_fsm.services.audit.export_check import check_export, check_file
from lifecycle_fsm.services.audit.export_file import Form, export_file, partial_of, proof_of
from lifecycle_fsm.services.audit.signing import Signer, make_signer
from lifecycle_fsm.store.audit_entries import read_entries
from lifecycle_fsm.store.merkle import inclusion_proof
from lifecycle_fsm.store.merkle_log import TILE, remembering_subtree, subtree_of
from tests.services.audit.test_export import check_as_documented
from tests.worlds import ADMIN, Stage

FORMS = [each.value for each in Form]


@pytest.fixture
def signer(stage: Stage, acme: UUID, bolt: UUID) -> Signer:
    """Two accounts with a history of 14 rows, and a checkpoint over it."""
    made = make_signer("example.com/log")
    sign_checkpoint(stage.world, ADMIN, made)
    return made


def exported(stage: Stage, wanted: Wanted) -> list[bytes]:
    written: list[bytes] = []
    export_history(stage.world, ADMIN, written.append, wanted)
    return written


def seqs(lines: list[bytes]) -> list[int]:
    return [orjson.loads(line)["row"]["seq"] for line in lines[1:-1]]


def last_period(stage: Stage) -> Chosen:
    """What was recorded in the last hour and at its end: the overrides of both stories."""
    return Chosen(since=stage.clock().replace(minute=0), before=None)


def test_the_rows_of_an_account_are_proved_by_the_checkpoint_alone(stage: Stage, signer: Signer, acme: UUID) -> None:
    lines = exported(stage, Wanted(acme))

    report = check_export(lines, str(signer.verifier))

    assert (report.flaws, report.rows, report.proved, report.newer, report.has_gaps) == ([], 7, 7, 0, False)
    assert check_as_documented(lines) == []


def test_rows_that_came_after_the_checkpoint_are_told_apart(stage: Stage, signer: Signer, acme: UUID) -> None:
    stage.clock.turn(days=1)
    stage.tell(acme, arr=300_000)
    stage.clock.turn(days=400)
    stage.send(acme, setup_completion=100)
    grow_log(stage.world)

    lines = exported(stage, Wanted(acme))
    report = check_export(lines, str(signer.verifier))

    assert (report.flaws, report.proved, report.newer) == ([], 7, len(seqs(lines)) - 7)
    assert report.newer > 0
    assert check_as_documented(lines) == []


def test_without_a_checkpoint_nothing_is_proved(stage: Stage, acme: UUID) -> None:
    lines = exported(stage, Wanted(acme))

    report = check_export(lines)

    assert (report.flaws, report.proved, report.newer) == ([], 0, 7)
    assert check_as_documented(lines) == []


TAMPERING: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "a field edited": lambda lines: [line.replace(b'"actor":"ada"', b'"actor":"eve"') for line in lines],
    "one removed": lambda lines: [*lines[:3], *lines[4:]],
    "last removed": lambda lines: [*lines[:-2], lines[-1]],
    "proof of another": lambda lines: [*lines[:3], with_proof(lines[3], proof_in(lines[4])), *lines[4:]],
    "no proof": lambda lines: [*lines[:3], with_proof(lines[3], []), *lines[4:]],
    "longer proof": lambda lines: [*lines[:3], with_proof(lines[3], [*proof_in(lines[3]), "00" * 32]), *lines[4:]],
    "another place": lambda lines: [*lines[:3], moved(lines[3]), *lines[4:]],
    "another root": lambda lines: [another_root(lines[0]), *lines[1:]],
}


def proof_in(line: bytes) -> list[str]:
    found: list[str] = orjson.loads(line)["proof"]
    return found


def with_proof(line: bytes, proof: list[str]) -> bytes:
    return orjson.dumps({**orjson.loads(line), "proof": proof}, option=orjson.OPT_APPEND_NEWLINE)


def moved(line: bytes) -> bytes:
    record = orjson.loads(line)
    return orjson.dumps({**record, "position": record["position"] ^ 1}, option=orjson.OPT_APPEND_NEWLINE)


def another_root(header: bytes) -> bytes:
    said = orjson.loads(header)
    lines = said["checkpoint"].split("\n")
    lines[2] = f"{'A' * 43}="
    return orjson.dumps({**said, "checkpoint": "\n".join(lines)}, option=orjson.OPT_APPEND_NEWLINE)


@pytest.mark.parametrize("deed", TAMPERING)
def test_a_changed_export_of_an_account_is_found_by_both(stage: Stage, signer: Signer, acme: UUID, deed: str) -> None:
    lines = TAMPERING[deed](exported(stage, Wanted(acme)))

    assert check_export(lines, str(signer.verifier)).flaws != []
    assert check_as_documented(lines) != []


@pytest.mark.parametrize("form", FORMS)
def test_every_form_carries_the_proofs(stage: Stage, signer: Signer, acme: UUID, tmp_path: Path, form: str) -> None:
    path = tmp_path / f"history.{form}"

    export_file(stage.world, ADMIN, path, Wanted(acme))
    report = check_file(path, str(signer.verifier))

    assert (report.flaws, report.rows, report.proved) == ([], 7, 7)


def test_a_proof_that_was_taken_out_from_beside_a_file_is_missed(
    stage: Stage, signer: Signer, acme: UUID, tmp_path: Path
) -> None:
    path = tmp_path / "history.csv"
    export_file(stage.world, ADMIN, path, Wanted(acme))
    lines = proof_of(path).read_bytes().splitlines(keepends=True)

    proof_of(path).write_bytes(b"".join([lines[0], *lines[2:]]))

    assert f"row 1: row 1 of {acme} is not proved to be in the signed log" in check_file(path).flaws


@pytest.mark.parametrize("form", FORMS)
def test_a_period_has_its_rows_only_each_with_its_proof(
    stage: Stage, signer: Signer, tmp_path: Path, form: str
) -> None:
    path, chosen = tmp_path / f"history.{form}", last_period(stage)

    done = export_file(stage.world, ADMIN, path, Wanted(chosen=chosen))
    report = check_file(path, str(signer.verifier))

    assert (report.flaws, report.rows, report.proved, report.has_gaps) == ([], done.rows, done.rows, True)
    assert 0 < done.rows < 14
    with stage.world.database.reading() as connection:
        details = read_entries(connection)[-1].entry.details
    assert (details["recorded_since"], "recorded_before" in details) == (_ms(chosen), False)


def _ms(chosen: Chosen) -> int:
    assert chosen.since is not None
    return int(chosen.since.timestamp() * 1000)


def test_a_choice_is_checked_as_documented_and_a_row_more_is_found(stage: Stage, signer: Signer, acme: UUID) -> None:
    lines = exported(stage, Wanted(chosen=last_period(stage)))
    forged = with_proof(lines[1].replace(b'"recorded_at":', b'"recorded_at":1'), proof_in(lines[1]))

    assert check_as_documented(lines) == []
    for changed in ([lines[0], forged, *lines[2:]], [lines[0], lines[1], lines[1], *lines[2:]]):
        assert check_export(changed, str(signer.verifier)).flaws != []
        assert check_as_documented(changed) != []


def test_a_segment_has_what_its_rules_decided(stage: Stage, signer: Signer, acme: UUID, bolt: UUID) -> None:
    small = stage.sign("TINY", arr=1_000)

    enterprise = exported(stage, Wanted(chosen=Chosen("enterprise")))
    others = exported(stage, Wanted(chosen=Chosen("tech_touch")))

    assert {orjson.loads(line)["row"]["account_id"] for line in enterprise[1:-1]} == {str(acme), str(bolt)}
    assert {orjson.loads(line)["row"]["account_id"] for line in others[1:-1]} == {str(small)}
    assert check_export(enterprise, str(signer.verifier)).flaws == []


def test_an_interrupted_choice_goes_on_behind_its_last_row(stage: Stage, signer: Signer, tmp_path: Path) -> None:
    whole, path, wanted = tmp_path / "whole.ndjson", tmp_path / "history.ndjson", Wanted(chosen=Chosen("enterprise"))
    export_file(stage.world, ADMIN, whole, wanted)
    lines = whole.read_bytes().splitlines(keepends=True)
    partial_of(path).write_bytes(b"".join(lines[:5]) + lines[5][:20])
    stage.clock.turn(hours=1)
    sign_checkpoint(stage.world, ADMIN, signer)

    export_file(stage.world, ADMIN, path, wanted, resume=True)

    assert path.read_bytes() == whole.read_bytes()
    partial_of(path).write_bytes(b"".join(lines[:5]))
    path.unlink()
    with pytest.raises(InvalidInput, match="of something else"):
        export_file(stage.world, ADMIN, path, Wanted(chosen=Chosen("tech_touch")), resume=True)


def test_what_cannot_be_chosen_is_refused(stage: Stage, signer: Signer) -> None:
    now = stage.clock()

    with pytest.raises(InvalidInput, match="no rules were ever published for 'entreprise'; there are: enterprise"):
        exported(stage, Wanted(chosen=Chosen("entreprise")))
    with pytest.raises(InvalidInput, match="ends before it begins"):
        choose_rows(None, now, now)
    with pytest.raises(InvalidInput, match="instants with a time zone"):
        choose_rows(None, now.replace(tzinfo=None), None)


def test_a_refused_export_leaves_nothing_behind(stage: Stage, signer: Signer, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no rules were ever published"):
        export_file(stage.world, ADMIN, tmp_path / "history.csv", Wanted(chosen=Chosen("entreprise")))

    assert list(tmp_path.glob("history*")) == []


def test_remembered_tiles_give_the_same_proofs(stage: Stage, signer: Signer) -> None:
    for number in range(60):
        stage.sign(f"A{number}", arr=250_000)
    size = grow_log(stage.world).size

    with stage.world.database.reading() as connection:
        remembered, read = remembering_subtree(connection), subtree_of(connection)
        for position in range(size):
            assert inclusion_proof(position, size, remembered) == inclusion_proof(position, size, read)
    assert size > 1 << TILE - 2
