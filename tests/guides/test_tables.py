"""Tables of the documents have a row for everything that there is, and for nothing else."""

import re

from lifecycle_fsm.domain.operations import JobName
from lifecycle_fsm.settings import Settings
from tests.guides.blocks import ROOT


def first_words(document: str) -> set[str]:
    """What stands in quotes at the beginning of the rows of a document's tables."""
    return set(re.findall(r"^\| `([^`]+)` \|", (ROOT / "docs" / document).read_text(), re.MULTILINE))


def test_every_job_that_runs_by_itself_is_explained() -> None:
    assert first_words("workers.md") == {job.value for job in JobName}


def test_readme_says_of_every_job_when_it_runs_by_default() -> None:
    told = dict(
        re.findall(r"^\| `LIFECYCLE_SCHEDULE_(\w+)` \| `([^`]+)` \|", (ROOT / "README.md").read_text(), re.MULTILINE)
    )

    assert told == {job.name: Settings.model_fields[f"schedule_{job.value}"].default for job in JobName}
