"""Accounts turned into what readers see: pace, health and every way out at one date."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from lifecycle_fsm.domain.access import Portfolio
from lifecycle_fsm.domain.pace import Pace
from lifecycle_fsm.engine.overdue import pace_in
from lifecycle_fsm.services.reading import Reading, read_under
from lifecycle_fsm.services.segment_rules import NO_RULES
from lifecycle_fsm.services.views import AccountView
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.accounts import Profile, load_profiles
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.layout import load_layout
from lifecycle_fsm.store.scope import visible_ids


def view_many(
    world: World, connection: Connection, ids: Sequence[UUID], as_of: datetime, portfolio: Portfolio
) -> dict[UUID, AccountView]:
    """Read and view accounts by id; unknown ids and those outside the portfolio are absent."""
    seen = visible_ids(connection, ids, portfolio)
    wanted = [account_id for account_id in ids if account_id in seen]
    readings = read_under(world, connection, wanted, load_layout(connection), as_of, NO_RULES)
    profiles = load_profiles(connection, list(readings))
    return {
        account_id: view_of(reading, profiles[account_id], as_of)
        for account_id, reading in readings.items()
        if account_id in profiles
    }


def view_of(reading: Reading, profile: Profile, as_of: datetime) -> AccountView:
    """View one account that has been read."""
    lifecycle, machine = reading.lifecycle, reading.machine
    return AccountView(
        profile=profile,
        lifecycle=lifecycle,
        machine=machine,
        facts=reading.facts,
        pace=_pace(reading, as_of),
        time_in_stage=lifecycle.time_in_stage(as_of),
        next_check_at=reading.stored.next_check_at,
        as_of=as_of,
    )


def _pace(reading: Reading, as_of: datetime) -> Pace:
    machine = reading.machine
    if machine is None:
        return Pace.ON_TRACK
    return pace_in(machine, reading.lifecycle, as_of, machine.zone(reading.facts.values))
