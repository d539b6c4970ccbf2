"""
A command that a signal stops as it keeps a verification: `python -m tests.services.audit.stopped SIGNAL N ARGUMENTS`.

The signal comes before the N-th write, of which the verification itself is the first and each part one, to every
process of the group, as a terminal sends it; so the command needs a session of its own. What runs in the background of
a script is born deaf to SIGINT, and tests may be: a terminal's command is not.
"""

import os
import signal
import sys
from itertools import count

from sqlalchemy import Connection, Engine, event

from lifecycle_fsm.cli import main

_WRITES = ("INSERT INTO verification", "UPDATE verification SET finished_at")


def stop_at(name: str, number: int) -> None:
    writes = count(1)

    def note(_: Connection, __: object, statement: str, *___: object) -> None:
        if statement.startswith(_WRITES) and next(writes) == number:
            os.killpg(os.getpgrp(), signal.Signals[name])

    event.listen(Engine, "before_cursor_execute", note)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    stop_at(sys.argv[1], int(sys.argv[2]))
    sys.argv = ["lifecycle-fsm", *sys.argv[3:]]
    main()
