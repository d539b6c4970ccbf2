"""An older release out of the repository's history, to be run beside this one."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.background.processes import COMMAND, Release

ROOT = Path(__file__).parent.parent.parent
UV = str(Path(sys.executable).with_name("uv"))


def has(commit: str) -> bool:
    """Whether the history that is here goes back so far; a shallow clone's may not."""
    return subprocess.run(["git", "cat-file", "-e", f"{commit}^{{commit}}"], cwd=ROOT, check=False).returncode == 0


@dataclass(frozen=True, slots=True)
class Older:
    """An older release: its source, the environment into which its wheel is installed, and how it is started."""

    source: Path
    python: Path
    release: Release


def older_release(commit: str, folder: Path) -> Older:
    """
    Unpack a commit, build its wheel, and install that with what its own lock file names into an environment of its own.

    Nothing of this release is there: neither its code nor its dependencies.
    """
    source = folder / "source"
    source.mkdir()
    archive = subprocess.run(["git", "archive", commit], cwd=ROOT, check=True, stdout=subprocess.PIPE)
    subprocess.run(["tar", "-x"], cwd=source, input=archive.stdout, check=True)
    python = folder / "environment" / "bin" / "python"
    subprocess.run([UV, "venv", "--quiet", "--python", sys.executable, folder / "environment"], check=True)
    _install(python, "--require-hashes", "-r", source / "requirements-dev.lock")
    _install(python, "--no-deps", _wheel(python, source, folder))
    return Older(source, python, Release((str(python.with_name("lifecycle-fsm")),)))


def _wheel(python: Path, source: Path, folder: Path) -> Path:
    """The wheel without the console, which asks for nothing but the API that is tried."""
    build: list[str | Path] = [python, "-m", "hatchling", "build", "-t", "wheel", "-d", folder]
    subprocess.run(build, cwd=source, check=True, env={**os.environ, "LIFECYCLE_CONSOLE": "skip"}, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


def _install(python: Path, *what: str | Path) -> None:
    subprocess.run([UV, "pip", "install", "--quiet", "--python", python, *what], check=True)


def where_it_lies(older: Older) -> Path:
    """The folder of the code that a process of the release runs."""
    asked = [str(older.python), "-P", "-c", "import lifecycle_fsm; print(lifecycle_fsm.__file__)"]
    told = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    return Path(told.strip()).parent


def run_its_tests(older: Older, *paths: str) -> str:
    """Run tests of the older release on the tables of this one, and give the last line of what they say."""
    told = subprocess.run(
        [older.python, "-m", "pytest", "-p", "on_newer_tables", "-p", "no:cacheprovider", *paths],
        cwd=older.source,
        env=_for_tests(older.source),
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
