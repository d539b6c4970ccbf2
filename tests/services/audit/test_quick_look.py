"""Verification with a quick look first finds the same, and says so; without its packages it goes on as ever."""

from pathlib import Path
from uuid import UUID

import pytest

from lifecycle_fsm.cli.verified import way_followed
from lifecycle_fsm.services.audit import quick_look
from lifecycle_fsm.services.audit.quick_look import address_of, has_columns, looking
from lifecycle_fsm.services.audit.verify import Extent, verify
from lifecycle_fsm.store.database import Database
from tests.faults.attackers import edit, unguarded
from tests.looks import a_look
from tests.worlds import ADMIN, Stage


@pytest.fixture
def _of_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quick_look, "FEWEST_ROWS", 1)


@pytest.mark.usefixtures("_of_few", "acme", "bolt")
@pytest.mark.parametrize("processes", [1, 2])
def test_what_holds_at_a_quick_look_is_counted_the_same(stage: Stage, processes: int) -> None:
    expected = verify(stage.world, ADMIN)

    with looking(stage.world.database, processes) as look:
        assert look is not None
        found = verify(stage.world, ADMIN, processes=processes, look=look)

    assert found == expected
    assert (found.accounts, found.rows, found.flaws) == (2, 14, [])
    assert way_followed(look) == "Chains were followed in columns: 64 parts."


@pytest.mark.parametrize("processes", [1, 2])
def test_what_does_not_hold_is_followed_row_by_row(stage: Stage, acme: UUID, bolt: UUID, processes: int) -> None:
    with unguarded(stage.world.database) as connection:
        edit(connection, acme, 4, actor="eve")
    expected, look = verify(stage.world, ADMIN), a_look(stage.world.database)

    found = verify(stage.world, ADMIN, processes=processes, look=look)

    assert found == expected
    assert {(flaw.account_id, flaw.seq) for flaw in found.flaws} == {(acme, 4)}
    assert way_followed(look) == "Chains were followed in columns: 64 parts, 1 of them then row by row."


def test_one_account_is_looked_at_alone(stage: Stage, acme: UUID, bolt: UUID) -> None:
    look = a_look(stage.world.database)

    found = verify(stage.world, ADMIN, Extent(account_id=acme), look=look)

    assert (found.accounts, found.rows, look.held, look.doubted) == (1, 7, 1, 0)
    assert way_followed(look) == "Chains were followed in columns: 1 part."


@pytest.mark.usefixtures("_of_few", "acme")
def test_without_its_packages_there_is_no_quick_look(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quick_look, "_PACKAGES", ("numpy", "a_package_that_nobody_has"))

    with looking(stage.world.database, 1) as look:
        assert look is None
    assert not has_columns()
    assert way_followed(None) == (
        "Chains were followed row by row; large stores take half the time with lifecycle-fsm[columns]."
    )


def test_few_rows_are_followed_row_by_row(stage: Stage, acme: UUID) -> None:
    with looking(stage.world.database, 1) as look:
        assert look is None
    assert way_followed(None) == "Chains were followed row by row."


def test_another_driver_finds_a_database_by_its_address(tmp_path: Path) -> None:
    given = "postgresql+psycopg://ada:p%40ss@db.example.com:5433/store?sslmode=require"

    assert address_of(Database(given)) == "postgresql://ada:p%40ss@db.example.com:5433/store?sslmode=require"
    assert address_of(Database(f"sqlite:///{tmp_path}/a.db")) == f"sqlite:{tmp_path}/a.db"
