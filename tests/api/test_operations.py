"""Operators see what waits, who works, and what ran last."""

from collections.abc import Callable
from datetime import timedelta

from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.domain.operations import JobName, JobRun, WorkerView
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.checkpoints import StoredCheckpoint, save_checkpoint
from lifecycle_fsm.store.shipments import note_failed, note_looked, note_shipped, use_destinations
from lifecycle_fsm.store.waiting import mark_waiting
from lifecycle_fsm.store.workers import beat, keep_job_run
from tests.api.door import Door
from tests.builders import MONDAY

QUERY = """{ operations {
  accountsMarked accountsDue lagSeconds workers { name version alive } jobs { job schedule tickAt finishedAt error }
} }"""


def test_what_waits_and_who_works_is_shown(door: Door, world: World) -> None:
    minute = timedelta(minutes=1)
    with world.database.writing() as connection:
        mark_waiting(connection, [account_id_for("ACME")] * 2, "facts", MONDAY - minute)
        beat(connection, WorkerView("one", "1", MONDAY, MONDAY))
        beat(connection, WorkerView("two", "1", MONDAY, MONDAY - 2 * minute))
        keep_job_run(connection, JobRun(JobName.SEAL, "5m", MONDAY, "one", MONDAY, MONDAY, "store_failed"))
        keep_job_run(connection, JobRun(JobName.SEAL, "5m", MONDAY - minute, "two", MONDAY - minute))

    shown = door.data(QUERY)["operations"]

    assert shown == {
        "accountsMarked": 1,
        "accountsDue": 0,
        "lagSeconds": 60.0,
        "workers": [{"name": "one", "version": "1", "alive": True}, {"name": "two", "version": "1", "alive": False}],
        "jobs": [
            {
                "job": "SEAL",
                "schedule": "5m",
                "tickAt": "2026-03-02T09:00:00Z",
                "finishedAt": "2026-03-02T09:00:00Z",
                "error": "store_failed",
            }
        ],
    }


def test_where_checkpoints_go_is_shown_with_what_lacks(door: Door, world: World) -> None:
    minute = timedelta(minutes=1)
    notes = [StoredCheckpoint(size, "key", MONDAY - 10 * minute + size * minute, "note") for size in (1, 2, 3)]
    with world.database.writing() as connection:
        use_destinations(connection, ["folder /mnt"])
        for each in notes:
            save_checkpoint(connection, each)
        note_shipped(connection, "folder /mnt", notes[0], MONDAY)
        note_failed(connection, "folder /mnt", "the folder is full", MONDAY)
        note_looked(connection, "folder /mnt", ["1-ab.note"], MONDAY)

    shown = door.data(
        "{ operations { checkpointDestinations {"
        " name unshipped lagSeconds newestSize shippedAt attempts failedAt error lookedAt altered alteredNames } } }"
    )["operations"]

    assert shown["checkpointDestinations"] == [
        {
            "name": "folder /mnt",
            "unshipped": 2,
            "lagSeconds": 480.0,
            "newestSize": 1,
            "shippedAt": "2026-03-02T09:00:00Z",
            "attempts": 1,
            "failedAt": "2026-03-02T09:00:00Z",
            "error": "the folder is full",
            "lookedAt": "2026-03-02T09:00:00Z",
            "altered": 1,
            "alteredNames": ["1-ab.note"],
        }
    ]


def test_who_may_not_read_sees_nothing(door: Door, token_of: Callable[[Role], str]) -> None:
    error = door.as_token(token_of(Role.INGEST)).error(QUERY)

    assert error["extensions"]["code"] == "forbidden"
