"""Commands and workers at one verification at once, each a process of its own: no part is done twice."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from socket import gethostname
from uuid import UUID

import pytest

from lifecycle_fsm.domain.audit import AuditKind
from lifecycle_fsm.services.audit.verification import (
    HELD,
    find_verifications,
    finish_verification,
    start_verification,
    verify_next_part,
)
from lifecycle_fsm.services.audit.verify import Extent, verify
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.audit_entries import all_entries
from lifecycle_fsm.store.database import Database
from lifecycle_fsm.store.verifications import StoredVerification, hold
from tests.faults.victims import Tell, Victim, a_victim
from tests.services.audit.test_stopped_verification import NEVER, command
from tests.worlds import ADMIN, Stage

KEY = UUID(int=1)
PARTS = 65


def now() -> datetime:
    return datetime.now(UTC)


def kept(world: World) -> StoredVerification:
    return find_verifications(world, ADMIN, [KEY])[KEY].stored


def as_command(url: str, seed: int, _: list[UUID], tell: Tell) -> None:
    finish_verification(World(Database(url), now), ADMIN, KEY, f"command {seed}", told=lambda *_: tell("part"))


def as_worker(url: str, seed: int, _: list[UUID], tell: Tell) -> None:
    world = World(Database(url), now)
    while kept(world).finished_at is None:
        if verify_next_part(world, f"worker {seed}"):
            tell("part")


def asked(stage: Stage) -> str:
    """A verification that waits, on a store that no connection of ours holds open."""
    start_verification(stage.world, ADMIN, Extent(), KEY)
    stage.world.database.dispose()
    return stage.world.database.url.render_as_string(hide_password=False)


def said(stage: Stage) -> int:
    with stage.world.database.reading() as connection:
        return sum(each.entry.kind is AuditKind.VERIFIED for each in all_entries(connection))


def some_of(victim: Victim, number: int) -> list[str]:
    lines = victim.lines()
    told = [next(lines) for _ in range(number)]
    victim.kill()
    return told + list(lines)


def test_two_commands_and_two_workers_do_each_part_once(stage: Stage, acme: UUID, bolt: UUID) -> None:
    expected, url = verify(stage.world, ADMIN), asked(stage)

    with (
        a_victim(as_worker, url, 1, []) as first,
        a_victim(as_command, url, 1, []) as second,
        a_victim(as_worker, url, 2, []) as third,
        a_victim(as_command, url, 2, []) as fourth,
    ):
        told = [line for each in (first, second, third, fourth) for line in each.lines()]

    done = [line for line in told if line == "part"]
    refused = [line for line in told if line != "part"]
    assert len(done) == PARTS
    assert all(line.startswith("failed: verification_held: ") for line in refused)
    assert (find_verifications(stage.world, ADMIN, [KEY])[KEY].report, said(stage)) == (expected, 1)


def test_a_worker_goes_on_where_a_command_was_killed_once_it_is_free(stage: Stage, acme: UUID, bolt: UUID) -> None:
    expected, url = verify(stage.world, ADMIN), asked(stage)
    with a_victim(as_command, url, 1, []) as victim:
        told = some_of(victim, 10)
    half = kept(stage.world)
    before = replace(stage.world, clock=lambda: now() + timedelta(seconds=30))
    after = replace(stage.world, clock=lambda: now() + HELD)

    too_early = verify_next_part(before, "worker")
    parts = sum(iter(partial(verify_next_part, after, "worker"), False))

    assert (half.holder, too_early) == ("command 1", False)
    assert half.done - len(told) in (0, 1)
    assert parts == PARTS - half.done
    assert (find_verifications(stage.world, ADMIN, [KEY])[KEY].report, said(stage)) == (expected, 1)


@pytest.mark.parametrize("is_alive", [True, False])
def test_a_command_says_who_is_at_it_and_goes_on_where_that_process_has_ended(
    stage: Stage, acme: UUID, is_alive: bool
) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    process = os.getpid() if is_alive else ended.pid
    holder = f"`lifecycle-fsm verify` of eve (process {process} on {gethostname()})"
    asked(stage)
    with stage.world.database.writing() as connection:
        hold(connection, KEY, holder, now(), now() + HELD)
    until = kept(stage.world).held_until

    resumed = command(stage, "SIGINT", NEVER, "verify", "--resume", str(KEY))

    if not is_alive:
        assert (resumed.returncode, resumed.stdout.splitlines()[-1]) == (0, "Everything that was checked holds.")
        return
    assert (resumed.returncode, kept(stage.world).done) == (1, 0)
    assert resumed.stderr.splitlines()[-1] == (
        f"error[verification_held]: {holder} is at the verification '{KEY}', with 0 of 65 parts done; wait until it "
        f"has ended, or end that process first (if it died, it is free at {until:%H:%M:%S} UTC)"
    )
