"""A process that writes one transaction after the other, as an import does."""

import sys
import time
from threading import Event

from sqlalchemy import text

from lifecycle_fsm.store.database import Database


def main(url: str, seconds: float) -> None:
    database, busy, end = Database(url), Event(), time.monotonic() + seconds
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    while time.monotonic() < end:
        with database.writing() as connection:
            connection.execute(text("UPDATE segment SET rank = rank"))
            busy.wait(0.2)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
