"""7,043 real accounts: all are placed, blank numbers stay unknown, and those that left score worse."""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest

from lifecycle_fsm.services.evaluate import evaluate_waiting
from lifecycle_fsm.services.importing.accounts import ImportAccounts, import_accounts
from lifecycle_fsm.services.importing.outcomes import ImportCounts, Imported, RejectedRow
from lifecycle_fsm.store.accounts import StoredAccount, load_accounts
from lifecycle_fsm.store.layout import load_layout
from lifecycle_fsm.store.waiting import find_waiting
from tests.builders import MONDAY
from tests.databases import one_of_both
from tests.worlds import ADMIN, FIXTURES, Stage, a_stage

SHARED = Path(os.environ.get("LIFECYCLE_SHARED_DATA", FIXTURES.parent.parent / "shared" / "data"))
FILE = SHARED / "telco-customer-churn.csv"

pytestmark = [
    pytest.mark.skipif(not FILE.exists(), reason=f"{FILE.name} is not in ../shared/data"),
    pytest.mark.xdist_group("telco"),
]


class Silent:
    """Hears of an import and says nothing."""

    def begun(self, header: object, size: int) -> None: ...

    def rejected(self, row: RejectedRow) -> None: ...

    def went_on(self, counts: ImportCounts) -> None: ...


@dataclass(frozen=True, slots=True)
class Telco:
    """The imported portfolio."""

    stage: Stage
    counts: ImportCounts
    accounts: dict[UUID, StoredAccount]


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.long)])
def telco(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Telco]:
    """Import the file once for all tests, into each database."""
    with ExitStack() as stack:
        url = stack.enter_context(one_of_both(request, tmp_path_factory.mktemp("telco")))
        stage = stack.enter_context(a_stage(url, "telco"))
        counts = run(stage)
        evaluate_waiting(stage.world, ADMIN)
        yield Telco(stage, counts, read(stage))


def run(stage: Stage) -> ImportCounts:
    mapping = (FIXTURES / "telco" / "map.yaml").read_bytes()
    with FILE.open("rb") as stream:
        wanted = ImportAccounts(FILE.name, stream, "map.yaml", mapping, MONDAY)
        outcome = import_accounts(stage.world, ADMIN, wanted, Silent())
    assert isinstance(outcome, Imported)
    return outcome.counts


def read(stage: Stage) -> dict[UUID, StoredAccount]:
    with stage.world.database.reading() as connection:
        ids = connection.exec_driver_sql("SELECT account_id FROM account_state").scalars().all()
        known = [each if isinstance(each, UUID) else UUID(bytes=each) for each in ids]
        return load_accounts(connection, known, load_layout(connection))


def test_every_row_becomes_an_account(telco: Telco) -> None:
    assert telco.counts == ImportCounts(created=7_043)
    assert len(telco.accounts) == 7_043


def test_blank_total_charges_are_unknown_and_never_zero(telco: Telco) -> None:
    totals = [account.facts.values.get("measure.charges.total") for account in telco.accounts.values()]

    assert (totals.count(None), totals.count(0.0)) == (11, 0)


def test_every_account_is_placed_in_a_stage(telco: Telco) -> None:
    stages = Counter(account.lifecycle.stage for account in telco.accounts.values())

    assert stages == {"joined": 207, "settled": 2_133, "loyal": 2_725, "at_risk": 1_978}


def test_every_account_at_risk_has_an_open_retention_cta(telco: Telco) -> None:
    at_risk = [account.lifecycle for account in telco.accounts.values() if account.lifecycle.stage == "at_risk"]

    templates = [{cta.template for cta in lifecycle.ctas if cta.is_open} for lifecycle in at_risk]
    assert sum("retention_call" in each for each in templates) == len(at_risk)


def test_accounts_that_left_score_worse(telco: Telco) -> None:
    area = area_under_curve(
        [
            (account.health_score, account.facts.values["fact.churned"] == 1)
            for account in telco.accounts.values()
            if account.health_score is not None
        ]
    )

    assert round(area, 3) == 0.83


def test_importing_the_file_again_changes_nothing(telco: Telco) -> None:
    telco.stage.clock.turn(hours=1)

    counts = run(telco.stage)

    with telco.stage.world.database.reading() as connection:
        marked = [each for each in find_waiting(connection, 0, 10) if each.marks]
    assert counts == ImportCounts(unchanged=7_043)
    assert marked == []
    assert read(telco.stage) == telco.accounts


def area_under_curve(scored: list[tuple[float, bool]]) -> float:
    """
    The probability that an account that left has a lower score than one that stayed; ties count half.

    Source: the Mann-Whitney U statistic, which is the area under the ROC curve.
    """
    scores = sorted(scored)
    ranks: dict[float, float] = {}
    start = 0
    while start < len(scores):
        end = start
        while end < len(scores) and scores[end][0] == scores[start][0]:
            end += 1
        ranks[scores[start][0]] = (start + end + 1) / 2
        start = end
    left = [ranks[score] for score, has_left in scored if has_left]
    stayed = len(scored) - len(left)
    return 1 - (sum(left) - len(left) * (len(left) + 1) / 2) / (len(left) * stayed)
