"""What auditors do from the command line."""

from tests.cli.conftest import Run


def test_verifies_a_store_and_says_what_was_checked(run: Run, store: str) -> None:
    ended = run("verify", database_url=store)

    assert ended.status == 0
    assert ended.out.splitlines() == [
        "Chains: 0 rows of 0 accounts. Published texts: 0.",
        "Evidence: 0 rows as they were committed to, 0 erased by law.",
        "Decisions: 0 made again. Not decided by guards: none.",
        "Everything that was checked holds.",
    ]


def test_names_an_instant_that_is_none(run: Run, store: str) -> None:
    ended = run("verify", "--since", "yesterday", database_url=store)

    assert ended.status == 1
    assert ended.err.startswith("error[invalid_input]: option: 'yesterday' is no instant with a time zone")
