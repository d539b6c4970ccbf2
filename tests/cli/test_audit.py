"""What auditors do from the command line."""

import json
from pathlib import Path

from tests.cli.conftest import Run
from tests.worlds import a_stage


def test_verifies_a_store_and_says_what_was_checked(run: Run, store: str) -> None:
    ended = run("verify", database_url=store)

    assert ended.status == 0
    assert ended.out.splitlines() == [
        "Chains: 0 rows of 0 accounts. Published texts: 0.",
        "Evidence: 0 rows as committed to, 0 erased by law.",
        "Log: 0 leaves, 0 records not yet in it; 0 audit entries.",
        "Checkpoints: 0.",
        "Chains were followed row by row.",
        "Decisions: 0 made again. No guard decides 0 first assignments and 0 migrations.",
        "Not decided by guards besides: nothing.",
        "Everything that was checked holds.",
    ]


def test_names_an_instant_that_is_none(run: Run, store: str) -> None:
    ended = run("verify", "--since", "yesterday", database_url=store)

    assert ended.status == 1
    assert ended.err.startswith("error[invalid_input]: option: 'yesterday' is no instant with a time zone")


def test_goes_on_only_with_what_was_asked_for(run: Run, store: str) -> None:
    nothing = "00000000-0000-0000-0000-000000000001"

    unknown = run("verify", "--resume", nothing, database_url=store)
    other = run("verify", "--resume", nothing, "--since", "2026-03-01T00:00:00Z", database_url=store)

    assert (unknown.status, unknown.err.splitlines()[-1]) == (
        1,
        f"error[invalid_input]: id: there is no verification with the id '{nothing}'",
    )
    assert (other.status, other.err) == (
        1,
        "error[invalid_input]: option: --resume goes on with what was asked for; leave the other options out\n",
    )


def test_signs_a_checkpoint_that_verify_then_holds_the_store_to(run: Run, store: str, tmp_path: Path) -> None:
    signed = run("checkpoint", "--key", "key", "--new-key", "example.com/log", "--out", "note", database_url=store)
    key = signed.err.removeprefix("Public key: ").strip()
    checked = run("verify", "--checkpoint", "note", "--trust", key, database_url=store)

    assert (signed.status, checked.status) == (0, 0), checked
    assert (tmp_path / "note").read_text().startswith("example.com/log\n1\n")
    assert (tmp_path / "key").stat().st_mode & 0o077 == 0
    assert "Log: 1 leaf, 0 records not yet in it; 1 audit entry.\nCheckpoints: 2.\n" in checked.out


def test_never_overwrites_a_key(run: Run, store: str, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("precious")

    ended = run("checkpoint", "--key", "key", "--new-key", "example.com/log", database_url=store)

    assert ended.status == 1
    assert (tmp_path / "key").read_text() == "precious"


def test_exports_history_and_checks_the_file_without_the_store(run: Run, store: str, tmp_path: Path) -> None:
    signed = run("checkpoint", "--key", "key", "--new-key", "example.com/log", "--out", "note", database_url=store)
    key = signed.err.removeprefix("Public key: ").strip()
    exported = run("export", "history.ndjson", database_url=store)
    whole = run("verify-export", "history.ndjson", "--trust", key)
    (tmp_path / "history.ndjson").write_bytes(
        (tmp_path / "history.ndjson").read_bytes().replace(b"key_added", b"exported")
    )
    changed = run("verify-export", "history.ndjson")

    assert (exported.status, exported.out) == (
        0,
        "Exported 0 rows to history.ndjson; all that the log had below position 1.\n",
    )
    assert (whole.status, whole.out.splitlines()[1]) == (0, "The signed root was built again.")
    assert changed.status == 1


def test_says_why_the_root_of_an_export_was_not_checked(run: Run, store: str) -> None:
    with a_stage(store) as stage:
        stage.sign("ACME", arr=5_000)
    run("export", "unsigned.ndjson", database_url=store)
    run("export", "chosen.ndjson", "--segment", "tech_touch", database_url=store)

    told = [run("verify-export", name).out.splitlines() for name in ("unsigned.ndjson", "chosen.ndjson")]

    why = "nothing was signed before the export, sign a checkpoint with `lifecycle-fsm checkpoint` and export again"
    assert [lines[1:] for lines in told] == [
        [f"The signed root was not checked; {why}.", "Everything that was checked holds."]
    ] * 2


def test_goes_on_with_the_rows_that_were_chosen_first(run: Run, store: str) -> None:
    with a_stage(store) as stage:
        account = stage.sign("ACME", arr=5_000)

    chosen = ("--segment", "tech_touch", "--until", "2030-01-01T00:00:00Z")
    exported = run("export", "one.csv", *chosen, database_url=store)

    assert exported.out.splitlines()[-1] == f"Go on with {' '.join(chosen)} --after {account} 1"


def test_prints_the_list_of_erasures(run: Run, store: str) -> None:
    ended = run("erase", database_url=store)

    assert (ended.status, ended.out) == (0, "")


def test_an_account_is_named_by_its_key_or_by_its_id(run: Run, store: str) -> None:
    with a_stage(store) as stage:
        account = stage.sign("ACME", arr=5_000)

    checked = run("verify", "--account", "ACME", database_url=store)
    erased = run("erase", "ACME", "--yes", database_url=store)
    again = run("erase", str(account), "--yes", database_url=store)
    nobody = run("erase", "OTHER", "--yes", database_url=store)

    assert checked.out.splitlines()[0] == "Chains: 1 row of 1 account. Published texts: 4."
    assert (erased.out, again.out) == ("Erased; its history stays provable.\n", "It had been erased before.\n")
    assert (nobody.status, nobody.out) == (1, "")


def test_proves_that_one_checkpoint_grew_out_of_another(run: Run, store: str, tmp_path: Path) -> None:
    run("checkpoint", "--key", "one", "--new-key", "example.com/log", database_url=store)
    run("checkpoint", "--key", "two", "--new-key", "example.com/log2", database_url=store)

    proved = run("prove", "growth.json", "--from", "1", "--to", "2", database_url=store)
    unnamed = run("prove", "nothing.json", database_url=store)

    assert (proved.status, unnamed.status) == (0, 1), proved
    assert json.loads((tmp_path / "growth.json").read_text())["format"] == "lifecycle-consistency/v1"
    assert unnamed.err.startswith("error[invalid_input]: option: say what to prove")
    assert not (tmp_path / "nothing.json").exists()
