"""What docs/security.md names as proof is there, and every point of the two lists has some."""

import re
import subprocess
import sys

import pytest

from tests.guides.blocks import ROOT

GUIDE = (ROOT / "docs" / "security.md").read_text()
ROWS = re.findall(r"^\| (?!risk|point|---)(.+?) \| (.+?) \| (.+?) \|$", GUIDE, re.MULTILINE)


def test_every_risk_of_the_top_ten_has_a_proof() -> None:
    numbered = [match[1] for name, _, _ in ROWS if (match := re.match(r"API(\d+) ", name))]

    assert numbered == [str(number) for number in range(1, 11)]
    assert len(ROWS) == 30
    assert [
        name for name, _, proofs in ROWS if not re.fullmatch(r"`tests/\S+::\w+`(, `tests/\S+::\w+`)*", proofs)
    ] == []


@pytest.mark.long
def test_every_test_that_is_named_is_collected() -> None:
    named = sorted(set(re.findall(r"`(tests/\S+\.py(?:::\w+)?)`", GUIDE)))

    collected = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-m", "", "-p", "no:cacheprovider", "-n", "0", *named],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert collected.returncode == 0, collected.stdout[-2000:] + collected.stderr
    assert len(named) > 40
    missing = [name for name in named if name not in collected.stdout]
    assert missing == []
