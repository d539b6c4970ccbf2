"""Accounts: their profiles, and their lifecycles with everything that a decision needs."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

import orjson
from sqlalchemy import bindparam, func, select, update

from lifecycle_fsm.domain.cta import Cta
from lifecycle_fsm.domain.facts import Facts, account_id_for
from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.domain.moments import from_ms, to_ms
from lifecycle_fsm.domain.pace import Pace
from lifecycle_fsm.domain.scorecard import Band
from lifecycle_fsm.store.change import Head, Place
from lifecycle_fsm.store.ctas import load_ctas
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.hot_row import derived_measures, lifecycle_of, observed_values, reading
from lifecycle_fsm.store.instants import optional_instant
from lifecycle_fsm.store.layout import Layout
from lifecycle_fsm.store.ledger import GENESIS
from lifecycle_fsm.store.plans import load_plans
from lifecycle_fsm.store.raw import Bound, Dialect, dialect_of, execute_each, hits
from lifecycle_fsm.store.tables.accounts import account_profile, account_state
from lifecycle_fsm.store.tally import add_to_tally, shift


@dataclass(frozen=True, slots=True)
class Profile:
    """Say who an account is: `key` is its id in the system of record, `csm_name` the CSM's name for people."""

    key: str
    name: str
    created_at: datetime
    csm_name: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def account_id(self) -> UUID:
        """The id, which follows from the key."""
        return account_id_for(self.key)


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to create, in the stage where its lifecycle starts."""

    profile: Profile
    segment: str
    machine: str
    stage: str
    entered_at: datetime
    csm: str | None = None


@dataclass(frozen=True, slots=True)
class StoredAccount:
    """
    Hold an account as it was read: its lifecycle, the end of its history, and what is known about it.

    `facts` has the observed fields; baselines are read apart by `facts.load_baselines`.
    CTAs come without their tasks. `derived` has the derived measures as they were last found.
    """

    lifecycle: Lifecycle
    head: Head
    facts: Facts
    facts_version: int
    health_score: float | None
    health_band: Band | None
    next_check_at: datetime | None
    derived: Mapping[str, Value] = field(default_factory=dict)


def create_accounts(connection: Connection, accounts: Sequence[NewAccount]) -> list[bool]:
    """Create accounts with an empty history, and say of each whether it is new; one that exists stays as it is."""
    dialect = dialect_of(connection)
    is_new = hits(
        connection, _insert_profile(dialect), [_profile_row(account.profile, dialect) for account in accounts]
    )
    created = [account for account, new in zip(accounts, is_new, strict=True) if new]
    execute_each(connection, _insert_state(dialect), [_state_row(account, dialect) for account in created])
    counts = shift((None, Place(each.segment, each.machine, each.stage), 1) for each in created)
    if counts:
        add_to_tally(connection, created[0].profile.account_id, counts, to_ms(created[0].profile.created_at))
    return is_new


def update_profiles(connection: Connection, profiles: Sequence[Profile]) -> None:
    """Overwrite names, CSM names and attributes of accounts that exist; the day of creation stays."""
    if profiles:
        connection.execute(_UPDATE_PROFILE, [_profile_values(profile) for profile in profiles])


def assign_csms(connection: Connection, csms: Mapping[UUID, str | None]) -> None:
    """Say who owns each account."""
    if csms:
        connection.execute(_ASSIGN_CSM, [{"id": account_id, "new_csm": csm} for account_id, csm in csms.items()])


LoadCtas = Callable[[Connection, Sequence[UUID]], Mapping[UUID, tuple[Cta, ...]]]
"""Which CTAs of accounts are read: all, or those that are open."""


def load_accounts(
    connection: Connection, ids: Sequence[UUID], layout: Layout, ctas_of: LoadCtas = load_ctas
) -> dict[UUID, StoredAccount]:
    """
    Read accounts with their CTAs and plans in three statements; ids without an account are absent.

    At most 10,000 ids at a time.
    """
    rows = connection.execute(reading(layout.kept_columns), {"ids": list(ids)}).all()
    ctas, plans = ctas_of(connection, ids), load_plans(connection, ids)
    return {
        row.account_id: StoredAccount(
            lifecycle=replace(
                lifecycle_of(row), ctas=ctas.get(row.account_id, ()), plans=plans.get(row.account_id, ())
            ),
            head=Head(row.state_version, row.head_hash),
            facts=Facts(observed_values(row, layout)),
            facts_version=row.facts_version,
            health_score=row.health_score,
            health_band=None if row.health_band is None else Band(row.health_band),
            next_check_at=optional_instant(row.next_check_at),
            derived=derived_measures(row, layout),
        )
        for row in rows
    }


def load_lifecycles(connection: Connection, ids: Sequence[UUID], layout: Layout) -> dict[UUID, Lifecycle]:
    """Read only the lifecycles of accounts; ids without an account are absent."""
    return {account_id: account.lifecycle for account_id, account in load_accounts(connection, ids, layout).items()}


def existing_ids(connection: Connection, ids: Iterable[UUID]) -> frozenset[UUID]:
    """Those of the ids that are accounts."""
    return frozenset(connection.execute(_EXISTING, {"ids": list(ids)}).scalars())


def owners_among(connection: Connection, csms: Iterable[str]) -> frozenset[str]:
    """Those of the CSMs who own an account."""
    return frozenset(connection.execute(_OWNERS, {"csms": list(csms)}).scalars())


def count_accounts(connection: Connection) -> int:
    """How many accounts there are."""
    return connection.execute(_COUNT).scalar_one()


def ids_in_segment(connection: Connection, ids: Iterable[UUID], segment: str) -> frozenset[UUID]:
    """Those of the ids whose accounts stand in the segment."""
    return frozenset(connection.execute(_IN_SEGMENT, {"ids": list(ids), "segment": segment}).scalars())


def load_profiles(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, Profile]:
    """Read the profiles of accounts; ids without an account are absent."""
    rows = connection.execute(_PROFILES, {"ids": list(ids)})
    return {
        row.account_id: Profile(row.key, row.name, from_ms(row.created_at), row.csm_name, row.attributes)
        for row in rows
    }


# Of an erased account its state stays, for its history; its profile does not.
_EXISTING = select(account_profile.c.account_id).where(
    account_profile.c.account_id.in_(bindparam("ids", expanding=True))
)

_OWNERS = select(account_state.c.csm).where(account_state.c.csm.in_(bindparam("csms", expanding=True))).distinct()

_COUNT = select(func.count()).select_from(account_profile)

_IN_SEGMENT = select(account_state.c.account_id).where(
    account_state.c.account_id.in_(bindparam("ids", expanding=True)), account_state.c.segment == bindparam("segment")
)

_PROFILES = select(
    account_profile.c.account_id,
    account_profile.c.key,
    account_profile.c.name,
    account_profile.c.csm_name,
    account_profile.c.attributes,
    account_profile.c.created_at,
).where(account_profile.c.account_id.in_(bindparam("ids", expanding=True)))

_UPDATE_PROFILE = (
    update(account_profile)
    .where(account_profile.c.account_id == bindparam("id"))
    .values(name=bindparam("new_name"), csm_name=bindparam("new_csm_name"), attributes=bindparam("new_attributes"))
)

_ASSIGN_CSM = (
    update(account_state).where(account_state.c.account_id == bindparam("id")).values(csm=bindparam("new_csm"))
)

_PROFILE_COLUMNS = ("account_id", "key", "name", "csm_name", "attributes", "created_at")

_STATE_COLUMNS = (
    "account_id",
    "segment",
    "machine",
    "stage",
    "entered_at",
    "state_version",
    "facts_version",
    "head_hash",
    "noted_pace",
    "csm",
    "more",
    "bookkeeping",
)


def _insert_profile(dialect: Dialect) -> str:
    return dialect.insert("account_profile", _PROFILE_COLUMNS, "ON CONFLICT DO NOTHING")


def _insert_state(dialect: Dialect) -> str:
    return dialect.insert("account_state", _STATE_COLUMNS)


def _profile_values(profile: Profile) -> dict[str, object]:
    return {
        "id": profile.account_id,
        "new_name": profile.name,
        "new_csm_name": profile.csm_name,
        "new_attributes": dict(profile.attributes),
    }


def _profile_row(profile: Profile, dialect: Dialect) -> tuple[Bound, ...]:
    return (
        dialect.bind_id(profile.account_id),
        profile.key,
        profile.name,
        profile.csm_name,
        orjson.dumps(dict(profile.attributes)).decode(),
        to_ms(profile.created_at),
    )


def _state_row(account: NewAccount, dialect: Dialect) -> tuple[Bound, ...]:
    return (
        dialect.bind_id(account.profile.account_id),
        account.segment,
        account.machine,
        account.stage,
        to_ms(account.entered_at),
        0,
        0,
        GENESIS,
        Pace.ON_TRACK.value,
        account.csm,
        "{}",
        "{}",
    )
