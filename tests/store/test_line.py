"""Nobody waits for seconds because another process writes batch after batch."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

from sqlalchemy import text

from lifecycle_fsm.store.database import Database

LONGEST_SECONDS = 0.6
"""The other's transaction of 0.2 s twice, and some."""


def test_writers_of_two_processes_take_turns(migrated_file: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'store.db')}"
    database, waits = Database(url), list[float]()
    command = [sys.executable, "-m", "tests.store.eager_writer", url, "3"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "begun\n"
        while other.poll() is None and len(waits) < 6:
            asked = time.monotonic()
            with database.writing() as connection:
                waits.append(time.monotonic() - asked)
                connection.execute(text("UPDATE segment SET rank = rank"))
        other.kill()
    database.dispose()

    assert len(waits) == 6
    assert max(waits) < LONGEST_SECONDS
