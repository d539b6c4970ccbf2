"""Workers as processes of their own, started and killed."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Release:
    """A release that can be run: what starts it, and what it finds in its environment."""

    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)


COMMAND = str(Path(sys.executable).with_name("lifecycle-fsm"))
THIS_RELEASE = Release((COMMAND,))


@contextmanager
def a_process(*arguments: str, **settings: str) -> Iterator["subprocess.Popen[str]"]:
    """Run a command of this release with these settings; it does not outlive the test."""
    with a_process_of(THIS_RELEASE, *arguments, **settings) as process:
        yield process


@contextmanager
def a_process_of(release: Release, *arguments: str, **settings: str) -> Iterator["subprocess.Popen[str]"]:
    """The same of any release."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LIFECYCLE_")}
    given = {f"LIFECYCLE_{name.upper()}": value for name, value in settings.items()}
    environment = {**kept, **release.environment, **given}
    process = subprocess.Popen([*release.command, *arguments], env=environment, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()
