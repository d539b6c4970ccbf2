"""The built wheel in an empty environment: a stranger follows the five-minute guide to its end."""

import os
import socket
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.databases import alone
from tests.guides.blocks import blocks_of, commands_of, files_of, said_by

ROOT = Path(__file__).parent.parent.parent
GUIDE = ROOT / "docs" / "start.md"
NEXT = "::next::"
LOCK = ROOT / "api" / "console" / ".build.lock"
"""Each build makes the console in the tree, so that there is one at a time."""

PRELUDE = r"""
set -m
pip() { command pip install -q --require-hashes -r "$LOCK" && command pip install -q --no-deps "$WHEEL"; }
lifecycle-fsm() {
    if [ "$1" != demo ]; then command lifecycle-fsm "$@"; return; fi
    coproc DEMO { command lifecycle-fsm demo 2>&1; }
    local group=$DEMO_PID line
    while read -r line <&"${DEMO[0]}"; do
        case $line in
            Console:*) console=${line#Console: } ;;
            viewer*) viewer=${line##* } ;;
            "Stop with"*) break ;;
        esac
    done
    command curl --silent --fail "${console%%#*}" | grep -c '<div id="console">'
    command curl --silent --fail "${console%%#*}graphql" -H "authorization: Bearer $viewer" \
        -H 'content-type: application/json' \
        -d '{"query": "{ accounts(first: 1) { totalCount } publishedConfiguration { name } }"}' |
        grep -o '"totalCount":240'
    kill -INT -- "-$group"
    wait "$group"
    echo "ended with $?"
}
"""
"""The wheel in the place of the registry, and a reader who looks at the demo before stopping it."""


@pytest.mark.long
def test_a_stranger_follows_the_guide_to_its_end(tmp_path: Path) -> None:
    wheel = build(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    files_of(GUIDE, tmp_path)
    commands = [each for block in blocks_of(GUIDE) if block.language == "console" for each in commands_of(block)]
    script = PRELUDE + "".join(
        f"{each.text.replace('8321', port)}\nstatus=$?; echo; echo {NEXT} $status\n" for each in commands
    )
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "LOCK": str(ROOT / "requirements.lock"),
        "WHEEL": str(wheel),
        "LIFECYCLE_PORT": port,
        "PYTHONUNBUFFERED": "1",
    }

    followed = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=900, check=False
    )

    told = followed.stdout.split(f"{NEXT} ")
    statuses = [part.splitlines()[0] for part in told[1:]]
    said = [told[0], *("\n".join(part.splitlines()[1:]) for part in told[1:-1])]
    assert statuses == ["0"] * len(commands), (followed.stdout, followed.stderr)
    assert len(commands) > 12
    for command, answer in zip(commands, said, strict=True):
        missing = {said_by(line) for line in command.shown if line.strip()} - set(map(said_by, answer.splitlines()))
        assert missing == set(), (command.text, answer)
    assert [line for line in said[3].splitlines() if line] == ["1", '"totalCount":240', "ended with 0"]


@pytest.mark.long
def test_the_wheel_carries_what_it_needs_and_what_is_in_it(tmp_path: Path) -> None:
    with zipfile.ZipFile(build(tmp_path)) as wheel:
        names = wheel.namelist()

    carried = ("api/console/dist/", "migrations/versions/0001_first_tables.py", "fixtures/demo/catalog.yaml")
    assert [each for each in carried if not any(name.startswith(each) for name in names)] == []
    assert [name.rpartition("/")[2] for name in names if "/sboms/" in name] == ["lifecycle-fsm.cdx.json"]
    assert [name for name in names if name.startswith(("tests/", "release/", "benchmarks/"))] == []


@pytest.mark.long
def test_a_source_distribution_carries_the_console_and_makes_the_same_wheel_without_node(tmp_path: Path) -> None:
    with alone(LOCK):
        subprocess.run(
            [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", tmp_path], cwd=ROOT, check=True
        )
    (packed,) = tmp_path.glob("*.tar.gz")
    for folder in ("from the source", "from the distribution", "no node"):
        (tmp_path / folder).mkdir()
    for name in ("node", "npm"):
        (tmp_path / "no node" / name).write_text("#!/bin/sh\nexit 1\n")
        (tmp_path / "no node" / name).chmod(0o755)

    again = build(tmp_path / "from the distribution", packed, path=f"{tmp_path / 'no node'}:/usr/bin:/bin")

    assert contents(again) == contents(build(tmp_path / "from the source"))


def contents(wheel: Path) -> dict[str, int]:
    """The checksum of each file of a wheel, but for the bill of materials, which has a date, and what lists it."""
    with zipfile.ZipFile(wheel) as opened:
        return {each.filename: each.CRC for each in opened.infolist() if "dist-info" not in each.filename}


def build(folder: Path, source: Path = ROOT, path: str | None = None) -> Path:
    """The wheel of a source, by default of this one."""
    with alone(LOCK):
        subprocess.run(
            [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", folder, source],
            check=True,
            env={**os.environ, "PATH": path or os.environ["PATH"]},
        )
    (wheel,) = folder.glob("*.whl")
    return wheel
