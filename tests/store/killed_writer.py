"""A process that writes a whole change and is killed before it commits."""

import os
import signal
import sys

from lifecycle_fsm.store.accounts import load_accounts
from lifecycle_fsm.store.database import Database
from lifecycle_fsm.store.transitions import save
from tests.store.builders import NO_SLOTS, a_cta, a_move, a_profile

ACME = a_profile().account_id

if __name__ == "__main__":
    with Database(sys.argv[1]).writing() as connection:
        account = load_accounts(connection, [ACME], NO_SLOTS)[ACME]
        save(connection, a_move(account, ctas=(a_cta(),)), NO_SLOTS)
        os.kill(os.getpid(), signal.SIGKILL)
