"""The store is copied and put back from the command line, and nothing is replaced unasked."""

from pathlib import Path

from lifecycle_fsm.store.migrate import downgrade
from tests.cli.conftest import Run


def test_backs_up_and_restores_and_says_what_was_done(run: Run, store: str, tmp_path: Path) -> None:
    run("token", "vic", "--role", "viewer", database_url=store)
    kept = run("backup", "kept", database_url=store)
    tried = run("restore", "kept", "--dry-run", "--force", "--without-erasures", database_url=store)

    done = run("restore", "kept", "--force", "--yes", "--without-erasures", "--revoke-tokens", database_url=store)

    assert (kept.status, tried.status, done.status) == (0, 0, 0), (kept, tried, done)
    assert kept.out.startswith("Backed up to kept: 2 rows of ")
    assert tried.out.startswith("Dry run, nothing was written: 2 rows of ")
    assert done.out == "Erased again: 0 accounts. Tokens ended: 1.\nVerified: 0 rows of 0 accounts, a log of 0.\n"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["kept", "store.db"]


def test_what_is_refused_beforehand_shows_no_progress(run: Run, store: str, tmp_path: Path) -> None:
    run("token", "vic", "--role", "viewer", database_url=store)
    first = run("backup", "kept", database_url=store)
    again = run("backup", "kept", database_url=store)
    nowhere = run("backup", "gone/kept", database_url=store)
    filled = run("restore", "kept", "--without-erasures", database_url=store)
    (tmp_path / "kept" / "manifest.json").unlink()
    broken = run("restore", "kept", "--without-erasures", "--force", "--yes", database_url=store)

    assert (first.status, again.status, filled.status, broken.status) == (0, 1, 1, 1)
    assert first.err.startswith("Copying ")
    assert again.err == "error[invalid_input]: TARGET: kept is there already; name a new folder\n"
    assert nowhere.err == "error[invalid_input]: TARGET: the folder gone is not there; make it first\n"
    assert filled.err.startswith("error[store_not_empty]: ")
    assert broken.err.startswith("error[backup_damaged]: kept has no manifest.json")
    assert (filled.err + broken.err).count("\n") == 2


def test_asks_before_it_replaces_a_store(run: Run, store: str) -> None:
    run("token", "vic", "--role", "viewer", database_url=store)
    run("backup", "kept", database_url=store)

    refused = run("restore", "kept", "--without-erasures", database_url=store)
    unasked = run("restore", "kept", "--without-erasures", "--force", database_url=store)

    assert (refused.status, unasked.status) == (1, 1)
    assert refused.err.splitlines()[-1].startswith("error[store_not_empty]: the store has 2 rows; name an empty one")
    assert unasked.out.startswith("This replaces everything in the store. Go on? [y/N]: ")


def test_wants_the_list_of_erasures(run: Run, store: str, tmp_path: Path) -> None:
    run("backup", "kept", database_url=store)

    unset = run("restore", "kept", database_url=store)
    missing = run("restore", "kept", database_url=store, erasures="gone.ndjson")
    (tmp_path / "empty.ndjson").touch()
    empty = run("restore", "kept", database_url=store, erasures="empty.ndjson")

    assert (unset.status, missing.status, empty.status) == (1, 1, 0), empty
    assert unset.err.startswith("error[invalid_input]: LIFECYCLE_ERASURES: who was erased would come back")
    assert "the list of erasures gone.ndjson is not there" in missing.err


def test_a_store_that_is_still_to_be_migrated_is_backed_up(run: Run, store: str) -> None:
    downgrade(store, "0018")

    kept = run("backup", "kept", database_url=store)

    assert ", revision 0018, " in kept.out


def test_what_was_asked_for_is_not_recommended(run: Run, store: str) -> None:
    warned = run("after-restore", "--without-erasures", database_url=store)
    revoked = run("after-restore", "--without-erasures", "--revoke-tokens", database_url=store)

    assert warned.out.splitlines()[2:] == ["Tokens that were revoked since are in force again; see `--revoke-tokens`."]
    assert revoked.out.splitlines()[2:] == []


def test_a_store_that_came_back_by_other_means_is_made_fit(run: Run, store: str) -> None:
    tried = run("after-restore", "--without-erasures", "--dry-run", database_url=store)
    done = run("after-restore", "--without-erasures", database_url=store)
    checked = run("verify", database_url=store)

    assert tried.out == "Dry run, nothing was written: 0 erasures to replay.\n"
    assert done.out.splitlines()[0] == "Erased again: 0 accounts. Tokens ended: 0."
    assert "1 audit entry" in checked.out
