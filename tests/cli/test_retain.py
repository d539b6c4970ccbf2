"""What is older than it has to be goes by a command, too, and only when that is wanted."""

from tests.cli.conftest import Run


def test_counts_what_would_go_and_asks_before_it_goes(run: Run, store: str) -> None:
    tried = run("retain", "--dry-run", database_url=store)
    unasked = run("retain", database_url=store)
    done = run("retain", "--yes", database_url=store, keep_evidence_days="400")

    assert (tried.status, unasked.status, done.status) == (0, 1, 0)
    assert tried.out.splitlines()[:2] == [
        "Dry run, nothing was deleted:",
        "        0 notifications that arrived (older than 30 days)",
    ]
    assert unasked.out.startswith("What is deleted does not come back. Go on? [y/N]: ")
    assert "        0 rows' evidence; the rows stay, and stay provable (older than 400 days)" in done.out


def test_evidence_is_not_let_go_within_a_year(run: Run, store: str) -> None:
    ended = run("retain", "--dry-run", database_url=store, keep_evidence_days="30")

    assert ended.status == 1
    assert "LIFECYCLE_KEEP_EVIDENCE_DAYS='30': expected at least 365" in ended.err
