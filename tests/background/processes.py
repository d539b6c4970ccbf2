"""Workers as processes of their own, started and killed."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

COMMAND = str(Path(sys.executable).with_name("lifecycle-fsm"))


@contextmanager
def a_process(*arguments: str, **settings: str) -> Iterator["subprocess.Popen[str]"]:
    """Run a command with these settings; it does not outlive the test."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LIFECYCLE_")}
    given = {f"LIFECYCLE_{name.upper()}": value for name, value in settings.items()}
    process = subprocess.Popen([COMMAND, *arguments], env=kept | given, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()
