"""Exported machines do the same in XState v5 as in our runner: the same stages, the same effects in the same order."""

from pathlib import Path

import orjson
import pytest

from tests.conformance.node import answer, installed
from tests.conformance.xstate_cases import STEPS, Case, Step, a_case, deeds

MACHINES = 1_000
HERE = Path(__file__).parent / "xstate"


@pytest.fixture(scope="module")
def packages(pytestconfig: pytest.Config) -> Path:
    """XState, as the lock file pins it."""
    cache = pytestconfig.cache
    assert cache is not None
    return installed(HERE, cache.mkdir("node"))


def test_a_thousand_random_machines_take_the_same_forty_steps(packages: Path, tmp_path: Path) -> None:
    cases = [a_case(seed) for seed in range(MACHINES)]
    asked = tmp_path / "cases.json"
    asked.write_bytes(orjson.dumps([case.question for case in cases]))

    replayed = orjson.loads(answer(HERE / "replay.cjs", packages, str(asked)))

    different, left_at_the_end = [], 0
    for seed, (case, theirs) in enumerate(zip(cases, replayed, strict=True)):
        assert theirs["started"] == deeds(case.machine.stages[case.machine.initial].on_enter)
        for index, (ours, step) in enumerate(zip(case.steps, theirs["steps"], strict=True)):
            found = Step(**step)
            if found == _left_when_it_ends(case, ours) != ours:
                left_at_the_end += 1
            elif found != ours:
                different.append((seed, index, ours, found))
    assert (len(replayed), sum(len(each["steps"]) for each in replayed)) == (MACHINES, MACHINES * STEPS)
    assert different == []
    assert (sum(case.moves for case in cases), left_at_the_end) == (14_925, 1_042)


def _left_when_it_ends(case: Case, ours: Step) -> Step:
    """The known difference: a chart of XState that reaches a final stage stops, and leaves the stage as it does."""
    if not ours.done:
        return ours
    return Step(ours.stage, ours.done, ours.effects + deeds(case.machine.stages[ours.stage].on_exit))


def test_the_lock_file_holds_hashes_and_no_addresses() -> None:
    lock = orjson.loads((HERE / "package-lock.json").read_bytes())

    packages = [package for path, package in lock["packages"].items() if path]
    assert [package["integrity"][:7] for package in packages] == ["sha512-"] * len(packages)
    assert [package for package in packages if "resolved" in package] == []
