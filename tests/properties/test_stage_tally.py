"""Whatever happens to accounts, the counts kept beside them are what counting the accounts gives."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle_fsm.services.counting import fold, recount
from tests.properties.chance import chances
from tests.properties.test_stage_visits import Deed, deeds, do
from tests.tallies import counted, kept
from tests.worlds import ADMIN, Stage, a_stage

_TOLD = {"arr", "setup", "depth", "status", "notice_given"}


def do_to_all(stage: Stage, accounts: list[UUID], deed: Deed) -> None:
    """What is told of one is told of all, so that a sweep finds several of one kind."""
    for account in accounts if deed[0] in _TOLD else accounts[:1]:
        do(stage, account, deed)


def check(stage: Stage, examples: int) -> None:
    @chances(examples)
    @given(deeds, st.sets(st.integers(0, 13), max_size=3))
    def run(done: list[Deed], folded: set[int]) -> None:
        accounts = [stage.sign(stage.key(), arr=5_000) for _ in range(3)]
        for number, deed in enumerate(done):
            do_to_all(stage, accounts, deed)
            if number in folded:
                fold(stage.world, ADMIN)
            assert kept(stage.world) == counted(stage.world), deed
        assert recount(stage.world, ADMIN) == 0

    run()


def test_counts_are_those_of_the_accounts(database_url: str) -> None:
    with a_stage(database_url) as stage:
        check(stage, 3)


@pytest.mark.long
def test_counts_are_those_of_many_accounts(database_url: str) -> None:
    with a_stage(database_url) as stage:
        check(stage, 30)
