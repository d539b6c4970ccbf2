"""An older release out of the repository's history, to be run beside this one."""

import os
import subprocess
import sys
from pathlib import Path

from tests.background.processes import COMMAND, Release

ROOT = Path(__file__).parent.parent.parent
START = "from lifecycle_fsm.cli import main; main()"


def has(commit: str) -> bool:
    """Whether the history that is here goes back so far; a shallow clone's may not."""
    return subprocess.run(["git", "cat-file", "-e", f"{commit}^{{commit}}"], cwd=ROOT, check=False).returncode == 0


def older_release(commit: str, folder: Path) -> tuple[Path, Release]:
    """
    Unpack a commit and give its source, and how it is started.

    It runs with what its own lock file names, in an environment of its own where that
    is not what this release has. `-P` keeps the folder that it is started in, which has
    this release, out of what it imports.
    """
    source = folder / "source"
    source.mkdir()
    archive = subprocess.run(["git", "archive", commit], cwd=ROOT, check=True, stdout=subprocess.PIPE)
    subprocess.run(["tar", "-x"], cwd=source, input=archive.stdout, check=True)
    python = Path(sys.executable)
    if (source / "requirements.lock").read_bytes() != (ROOT / "requirements.lock").read_bytes():
        python = _environment(folder / "environment", source / "requirements-dev.lock")
    return source, Release((str(python), "-P", "-c", START), {"PYTHONPATH": str(source)})


def _environment(folder: Path, lock: Path) -> Path:
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = folder / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", lock], check=True)
    return python


def where_it_lies(release: Release) -> Path:
    """The folder whose code a process of the release runs."""
    asked = [*release.command[:-2], "-c", "import lifecycle_fsm; print(lifecycle_fsm.__file__)"]
    told = subprocess.run(
        asked, env={**os.environ, **release.environment}, capture_output=True, text=True, check=True
    ).stdout
    return Path(told.strip()).parent.parent


def run_its_tests(source: Path, release: Release, *paths: str) -> str:
    """Run tests of the older release on the tables of this one, and give the last line of what they say."""
    told = subprocess.run(
        [release.command[0], "-m", "pytest", "-p", "on_newer_tables", "-p", "no:cacheprovider", *paths],
        cwd=source,
        env=_for_tests(source),
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout[-5_000:]
    return told.stdout.splitlines()[-1]


def _for_tests(source: Path) -> dict[str, str]:
    ours = {"PYTHONPATH": f"{source}:{Path(__file__).parent}", "NEXT_RELEASE": COMMAND}
    # The run inside is none of the workers of the run outside.
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "LIFECYCLE_"))}
    return {**kept, **ours}
