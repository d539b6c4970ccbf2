"""History in words names what it speaks of, wherever on the page a record stands."""

from collections.abc import Iterator

import pytest

from lifecycle_fsm.services.story import sentences_of
from tests.services.audit.histories import ROWS, a_long_story
from tests.worlds import ADMIN, Stage, a_stage


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    with a_stage(database_url) as opened:
        yield opened


def test_every_record_of_an_account_names_its_ctas(stage: Stage) -> None:
    account = a_long_story(stage)

    told = sentences_of(stage.world, ADMIN, [(account, seq) for seq in range(1, ROWS + 1)])

    closed = "ada closed the CTA Hold the kickoff with the outcome success"
    assert told[account, 3] == f"{closed}, saying “a good start”."
    assert told[account, 2].startswith("Data raised the alert The contract has started: ")
    assert not any("a CTA" in sentence for sentence in told.values())
