"""The process that works on a verification, in words that people read and another command of the machine can check."""

import os
import re
from socket import gethostname

from lifecycle_fsm.domain.access import Actor

_PROCESS = re.compile(r"\(process (\d+) on (.+)\)$")


def this_process(actor: Actor) -> str:
    """The words for this process; no other has the same."""
    return f"`lifecycle-fsm verify` of {actor.name} (process {os.getpid()} on {gethostname()})"


def is_gone(holder: str) -> bool:
    """Whether the process of such words was one of this machine, and has ended."""
    found = _PROCESS.search(holder)
    if found is None or found[2] != gethostname():
        return False
    try:
        os.kill(int(found[1]), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
