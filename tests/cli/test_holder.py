"""The words for the process that works on a verification."""

import os
import subprocess
import sys
from socket import gethostname

from lifecycle_fsm.cli.holder import is_gone, this_process
from tests.worlds import ADMIN


def test_a_process_that_is_there_is_not_gone() -> None:
    words = this_process(ADMIN)

    assert words == f"`lifecycle-fsm verify` of {ADMIN.name} (process {os.getpid()} on {gethostname()})"
    assert not is_gone(words)
    assert not is_gone(f"somebody (process 1 on {gethostname()})")


def test_only_a_process_of_this_machine_is_known_to_be_gone() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()

    assert is_gone(f"somebody (process {ended.pid} on {gethostname()})")
    assert not is_gone(f"somebody (process {ended.pid} on elsewhere.example)")
    assert not is_gone("worker one")
