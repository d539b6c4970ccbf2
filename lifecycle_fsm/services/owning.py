"""Whose accounts these are: another CSM of an account is a record of its history."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.engine.outcomes import Step
from lifecycle_fsm.services.changes import Stamp
from lifecycle_fsm.services.reading import Reading, read_accounts
from lifecycle_fsm.services.record import LostRace, Writes, record_many
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.accounts import assign_csms
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.layout import load_layout

MOST_TRIES = 3


def give_to_csms(world: World, connection: Connection, csms: Mapping[UUID, str], stamp: Stamp) -> frozenset[UUID]:
    """
    Give accounts to CSMs, and say which had another before; data and time do not act on them yet.

    An account that no segment has taken has no history so far: it is given over without a record.

    Raises:
        LostRace: somebody else changed an account again and again meanwhile.
    """
    left, changed = dict(csms), set[UUID]()
    lost: LostRace | None = None
    for _ in range(MOST_TRIES):
        readings = read_accounts(world, connection, list(left), load_layout(connection), stamp.recorded_at)
        others = {each: reading for each, reading in readings.items() if reading.lifecycle.csm != left[each]}
        changed |= others.keys()
        begun = {each: reading for each, reading in others.items() if reading.lifecycle.revision}
        assign_csms(connection, {each: left[each] for each in others.keys() - begun.keys()})
        lost = _record(connection, begun, left, stamp)
        if lost is None:
            return frozenset(changed)
    assert lost is not None
    raise lost


def _record(
    connection: Connection, readings: Mapping[UUID, Reading], csms: Mapping[UUID, str], stamp: Stamp
) -> LostRace | None:
    """Write a record for each account; what was lost to others is found again by the next try."""
    asked = {account_id: (_step(reading, csms[account_id], stamp),) for account_id, reading in readings.items()}
    writes = Writes(readings, asked, still=True)
    results = record_many(connection, writes, stamp, stamp.recorded_at, load_layout(connection))
    return next((each for each in results.values() if isinstance(each, LostRace)), None)


def _step(reading: Reading, csm: str, stamp: Stamp) -> Step:
    lifecycle = reading.lifecycle
    return Step(
        kind=RecordKind.CSM_CHANGED,
        cause=Cause.IMPORT,
        from_stage=lifecycle.stage,
        lifecycle=replace(lifecycle, csm=csm, revision=lifecycle.revision + 1),
        effective_at=stamp.recorded_at,
        subject=csm,
    )
