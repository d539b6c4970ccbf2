"""Accounts read with everything that an evaluation of them needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lifecycle_fsm.domain.errors import UnknownAccount
from lifecycle_fsm.domain.facts import Facts
from lifecycle_fsm.domain.fields import CSM_LEAD_FIELD
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.accounts import StoredAccount, load_accounts
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.facts import load_baselines
from lifecycle_fsm.store.layout import Layout
from lifecycle_fsm.store.people import load_leads

UNASSIGNED = "unassigned"
"""The segment, machine and stage of an account that no segment takes."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One account as it is stored, its machine (None while unassigned), and its facts with their baselines."""

    stored: StoredAccount
    machine: Machine | None
    facts: Facts

    @property
    def lifecycle(self) -> Lifecycle:
        """The account's lifecycle."""
        return self.stored.lifecycle


def read_accounts(
    world: World, connection: Connection, ids: Sequence[UUID], layout: Layout, as_of: datetime
) -> dict[UUID, Reading]:
    """Read accounts by id, in a number of statements that does not grow with theirs; unknown ids are absent."""
    stored = load_accounts(connection, ids, layout)
    digests = {account.lifecycle.machine for account in stored.values()} - {UNASSIGNED}
    machines = world.shelf.machines(connection, digests)
    baselines = _baselines(connection, stored, machines, as_of)
    leads = _leads(connection, stored, machines)
    return {
        account_id: Reading(
            account,
            machines.get(account.lifecycle.machine),
            Facts({**account.facts.values, **baselines.get(account_id, {}), **leads.get(account_id, {})}),
        )
        for account_id, account in stored.items()
    }


def read_account(world: World, connection: Connection, account_id: UUID, layout: Layout, as_of: datetime) -> Reading:
    """
    Read one account.

    Raises:
        UnknownAccount: there is none with this id.
    """
    found = read_accounts(world, connection, [account_id], layout, as_of).get(account_id)
    if found is None:
        raise UnknownAccount(f"there is no account with the id {str(account_id)!r}; import or register it first")
    return found


def _baselines(
    connection: Connection,
    stored: Mapping[UUID, StoredAccount],
    machines: Mapping[str, Machine],
    as_of: datetime,
) -> dict[UUID, dict[str, float]]:
    wanted = sorted({baseline for machine in machines.values() for baseline in machine.baselines})
    if not wanted:
        return {}
    ids = [account_id for account_id, account in stored.items() if account.lifecycle.machine in machines]
    return load_baselines(connection, ids, wanted, as_of)


def _leads(
    connection: Connection, stored: Mapping[UUID, StoredAccount], machines: Mapping[str, Machine]
) -> dict[UUID, dict[str, str]]:
    """The lead of each account's CSM, read only for machines whose CTAs may fall to one."""
    asking = {digest for digest, machine in machines.items() if machine.asks_for_leads}
    csms = {
        account_id: account.lifecycle.csm
        for account_id, account in stored.items()
        if account.lifecycle.machine in asking and account.lifecycle.csm is not None
    }
    leads = load_leads(connection, csms.values()) if csms else {}
    return {account_id: {CSM_LEAD_FIELD: leads[csm]} for account_id, csm in csms.items() if csm in leads}
