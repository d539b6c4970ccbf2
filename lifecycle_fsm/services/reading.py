"""Accounts read with everything that an evaluation of them needs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lifecycle_fsm.domain.errors import UnknownAccount
from lifecycle_fsm.domain.facts import Facts
from lifecycle_fsm.domain.fields import CSM_LEAD_FIELD
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.engine.machine import Machine
from lifecycle_fsm.engine.taking import first_that_takes
from lifecycle_fsm.services.segment_rules import NO_RULES, UNASSIGNED, SegmentRules, load_rules
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.accounts import StoredAccount, load_accounts
from lifecycle_fsm.store.baselines import load_baselines
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.layout import Layout
from lifecycle_fsm.store.people import load_leads


@dataclass(frozen=True, slots=True)
class Reading:
    """
    One account as it is stored, its machine (None while unassigned), and its facts with their baselines.

    `rules` may take it to another segment.
    """

    stored: StoredAccount
    machine: Machine | None
    facts: Facts
    rules: SegmentRules = NO_RULES

    @property
    def lifecycle(self) -> Lifecycle:
        """The account's lifecycle."""
        return self.stored.lifecycle


def read_accounts(
    world: World, connection: Connection, ids: Sequence[UUID], layout: Layout, as_of: datetime
) -> dict[UUID, Reading]:
    """Read accounts by id, in a number of statements that does not grow with theirs; unknown ids are absent."""
    return read_under(world, connection, ids, layout, as_of, load_rules(world, connection))


def read_under(
    world: World, connection: Connection, ids: Sequence[UUID], layout: Layout, as_of: datetime, rules: SegmentRules
) -> dict[UUID, Reading]:
    """Read accounts that these rules may take to another segment."""
    return read_beside(world, connection, load_accounts(connection, ids, layout), as_of, rules)


def read_beside(
    world: World,
    connection: Connection,
    stored: Mapping[UUID, StoredAccount],
    as_of: datetime,
    rules: SegmentRules,
) -> dict[UUID, Reading]:
    """Read what belongs to accounts that were read already: their machines, baselines and leads."""
    digests = {account.lifecycle.machine for account in stored.values()} - {UNASSIGNED}
    machines = world.shelf.machines(connection, digests)
    followed = {**machines, **{machine.digest: machine for machine in _takers(stored.values(), rules, as_of)}}
    baselines = _baselines(connection, list(stored), followed.values(), as_of)
    leads = _leads(connection, stored, followed.values())
    return {
        account_id: Reading(
            account,
            machines.get(account.lifecycle.machine),
            Facts({**account.facts.values, **baselines.get(account_id, {}), **leads.get(account_id, {})}),
            rules,
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
        raise unknown_account(account_id)
    return found


def _baselines(
    connection: Connection, ids: Sequence[UUID], machines: Iterable[Machine], as_of: datetime
) -> dict[UUID, dict[str, float]]:
    wanted = sorted({baseline for machine in machines for baseline in machine.baselines})
    return load_baselines(connection, ids, wanted, as_of) if wanted else {}


def _takers(stored: Iterable[StoredAccount], rules: SegmentRules, as_of: datetime) -> Iterator[Machine]:
    """The machines of other segments that take some of the accounts: what they compare with is read, too."""
    if not any(machine.baselines or machine.asks_for_leads for machine in rules.machines):
        return
    for account in stored:
        taker = first_that_takes(rules.of(account.lifecycle), account.facts.values, as_of)
        if taker is not None and taker.segment != account.lifecycle.segment:
            yield taker


def _leads(
    connection: Connection, stored: Mapping[UUID, StoredAccount], machines: Iterable[Machine]
) -> dict[UUID, dict[str, str]]:
    """The lead of each account's CSM, read only for machines whose CTAs may fall to one."""
    if not any(machine.asks_for_leads for machine in machines):
        return {}
    csms = {account_id: account.lifecycle.csm for account_id, account in stored.items()}
    named = {account_id: csm for account_id, csm in csms.items() if csm is not None}
    leads = load_leads(connection, named.values()) if named else {}
    return {account_id: {CSM_LEAD_FIELD: leads[csm]} for account_id, csm in named.items() if csm in leads}


def unknown_account(account_id: UUID) -> UnknownAccount:
    """What is said of an account that does not exist, and of one outside the caller's portfolio alike."""
    return UnknownAccount(f"there is no account with the id {str(account_id)!r}; import or register it first")
