"""Run the command as people do: arguments and environment in, text and exit status out."""

import io
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from lifecycle_fsm.cli import main

Run = Callable[..., "Ended"]


@dataclass(frozen=True, slots=True)
class Ended:
    """What a command left behind."""

    status: int
    out: str
    err: str


@pytest.fixture
def store(tmp_path: Path, migrated_file: Path) -> str:
    """The address of a SQLite file with the tables."""
    path = tmp_path / "store.db"
    shutil.copyfile(migrated_file, path)
    return f"sqlite:///{path}"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `lifecycle-fsm` in an empty folder, without anybody at the keyboard; settings are keyword arguments."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("LIFECYCLE_")]:
        monkeypatch.delenv(name)

    def run_command(*arguments: str, **settings: str) -> Ended:
        with monkeypatch.context() as here:
            for name, value in settings.items():
                here.setenv(f"LIFECYCLE_{name.upper()}", value)
            here.setattr(sys, "argv", ["lifecycle-fsm", *arguments])
            here.setattr(sys, "stdin", io.StringIO())
            with pytest.raises(SystemExit) as ended:
                main()
        written = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return Ended(ended.value.code, written.out, written.err)

    return run_command
