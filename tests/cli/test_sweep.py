"""A sweep from the command line says what it did, or would do."""

import pytest

from tests.cli.conftest import Run
from tests.worlds import a_stage


def signed(store: str) -> str:
    """The address of a store with one account that has not been evaluated since its sign-up in March 2026."""
    with a_stage(store) as stage:
        stage.sign("ACME", arr=5_000, csm=None)
    return store


def test_a_dry_run_lists_accounts_and_a_sweep_changes_them(run: Run, store: str) -> None:
    url = signed(store)

    dry = run("sweep", "--dry-run", database_url=url)
    wet = run("sweep", database_url=url)
    again = run("sweep", database_url=url)

    assert (dry.status, wet.status, again.status) == (0, 0, 0)
    assert dry.out.startswith("Dry run, nothing was written: 1 account, 1 of them evaluated: ")
    assert "pace_changed behind" in dry.out
    assert wet.out.splitlines()[0] == dry.out.splitlines()[0].removeprefix("Dry run, nothing was written: ")
    assert "1 account, 0 of them evaluated" in again.out


def test_back_fill_refuses_to_go_before_history(run: Run, store: str) -> None:
    ended = run("back-fill", "2026-01-01", "2026-04-01", database_url=signed(store))

    assert ended.status == 1
    assert "error[invalid_input]: since: the date 2026-01-01T00:00:00+00:00 is before 2026-03-02T09:00:00" in ended.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("sweep", "--as-of", "soon"), "the instant is 'soon'"),
        (("back-fill", "2026-01-01", "2026-01-02", "--step", "never"), "the step is 'never'"),
        (("back-fill", "2026-01-01"), "expected SINCE and UNTIL, or --resume with the id of a back-fill"),
        (("back-fill", "--resume", "00000000-0000-0000-0000-000000000001"), "there is no back-fill with the id"),
    ],
)
def test_a_mistake_is_one_line(run: Run, store: str, arguments: tuple[str, ...], message: str) -> None:
    ended = run(*arguments, database_url=store)

    assert ended.status == 1
    assert message in ended.err
