"""Run a Node script with the packages of its lock file, or say why that cannot be."""

import os
import shutil
import subprocess
import tempfile
from hashlib import sha256
from pathlib import Path

import pytest

REQUIRED = "REQUIRE_NODE"
"""The variable of the environment that turns a missing Node from a skip into a failure."""

_DESCRIBING = ("package.json", "package-lock.json", ".npmrc")


def installed(folder: Path, cache: Path) -> Path:
    """
    The packages that a folder's lock file pins, installed into the cache once.

    Skips the test when Node, npm or the registry cannot be reached; fails it where
    `REQUIRE_NODE` is 1.
    """
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            give_up(f"`{program}` is not installed, so what is in {folder.name!r} cannot be asked")
    target = cache / sha256((folder / "package-lock.json").read_bytes()).hexdigest()[:16]
    if not target.exists():
        _install(folder, target)
    return target / "node_modules"


def _install(folder: Path, target: Path) -> None:
    """Install beside the target and rename, so that another process never sees half of it."""
    with tempfile.TemporaryDirectory(dir=target.parent) as made:
        own = Path(made) / "packages"
        own.mkdir()
        for name in _DESCRIBING:
            shutil.copy(folder / name, own / name)
        run = subprocess.run(
            ["npm", "ci", "--ignore-scripts"], cwd=own, capture_output=True, text=True, timeout=300, check=False
        )
        if run.returncode != 0:
            give_up(f"`npm ci` failed, so what is in {folder.name!r} cannot be asked: {run.stderr.strip()[-500:]}")
        if not target.exists():
            own.rename(target)


def answer(script: Path, packages: Path, *arguments: str) -> bytes:
    """What the script writes to standard output."""
    environment = {**os.environ, "NODE_PATH": str(packages)}
    run = subprocess.run(
        ["node", str(script), *arguments], env=environment, capture_output=True, timeout=300, check=False
    )
    assert run.returncode == 0, run.stderr.decode()
    return run.stdout


def give_up(reason: str) -> None:
    """Skip the test for a reason, or fail it where `REQUIRE_NODE` is 1."""
    if os.environ.get(REQUIRED) == "1":
        pytest.fail(f"{reason}; {REQUIRED}=1 asks for it")
    pytest.skip(reason)
