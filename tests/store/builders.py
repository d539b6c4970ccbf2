"""Accounts, changes and entries for tests of the store, showing only what matters."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID

from lifecycle_fsm.domain.cta import Cta, CtaStatus, CtaType, Priority
from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.domain.history import Cause, RecordKind
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.store.accounts import NewAccount, Profile, StoredAccount, create_accounts, load_accounts
from lifecycle_fsm.store.change import AccountChange, Health, OpenedCta, Record, place_of
from lifecycle_fsm.store.database import Connection, Database
from lifecycle_fsm.store.layout import Layout
from lifecycle_fsm.store.ledger import Entry

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
NO_SLOTS = Layout({})

ODD_TEXTS = (
    '"',
    "\\",
    "\\N",
    "a\tb",
    "\n\r\b\f\v",
    "é",
    "\N{GRINNING FACE}",
    "\u2028",
    "100 %s %",
    "null",
)
"""Texts that JSON, COPY or a template could take for something else."""


@contextmanager
def opened(url: str) -> Iterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        database.dispose()


def a_profile(key: str = "acme") -> Profile:
    return Profile(key, name=key.title(), created_at=NOON, csm_name="Dana", attributes={"country": "DE"})


def a_new_account(key: str = "acme", stage: str = "onboarding") -> NewAccount:
    return NewAccount(a_profile(key), "enterprise", "digest-1", stage, NOON, csm="dana")


def a_stored_account(connection: Connection, key: str = "acme", layout: Layout = NO_SLOTS) -> StoredAccount:
    """Create the account where it does not exist, and read it."""
    new = a_new_account(key)
    create_accounts(connection, [new])
    return load_accounts(connection, [new.profile.account_id], layout)[new.profile.account_id]


def an_entry(
    to_stage: str = "adoption", *, kind: RecordKind = RecordKind.MOVED, command_id: str | None = None
) -> Entry:
    return Entry(
        kind=kind,
        from_stage="onboarding",
        to_stage=to_stage,
        cause=Cause.PERSON,
        effective_at=NOON,
        recorded_at=NOON,
        machine="digest-1",
        evaluator="1",
        transition="onboarded",
        trigger="advance",
        actor="dana",
        command_id=command_id,
    )


def a_record(inputs: Mapping[str, Value] | None = None, *, command_id: str | None = None) -> Record:
    return Record(an_entry(command_id=command_id), {"measure.health": 55.5} if inputs is None else inputs)


def a_cta(cause_key: str = "1:kickoff", identity: str = "kickoff", **changed: object) -> Cta:
    values: dict[str, object] = {
        "id": None,
        "cause_key": cause_key,
        "identity": identity,
        "template": "kickoff_call",
        "title": "Hold the kickoff",
        "type": CtaType.LIFECYCLE,
        "reason": "kickoff",
        "priority": Priority.MEDIUM,
        "status": CtaStatus.NEW,
        "opened_at": NOON,
        "due_at": NOON + timedelta(days=14),
        "owner": "dana",
    }
    return Cta(**{**values, **changed})  # type: ignore[arg-type]  # the keys are those of Cta


def a_move(
    account: StoredAccount, stage: str = "adoption", *, ctas: tuple[Cta, ...] = (), command_id: str | None = None
) -> AccountChange:
    """Move an account with one record that opens these CTAs."""
    return AccountChange(
        lifecycle=moved(account.lifecycle, stage),
        before=account.head,
        recorded_at=NOON,
        records=(a_record(command_id=command_id),),
        health=Health(55.5, None),
        next_check_at=NOON + timedelta(days=1),
        opened=tuple(OpenedCta(cta, 0) for cta in ctas),
        stood=place_of(account.lifecycle),
    )


def moved(lifecycle: Lifecycle, stage: str) -> Lifecycle:
    return Lifecycle(
        account_id=lifecycle.account_id,
        segment=lifecycle.segment,
        machine=lifecycle.machine,
        stage=stage,
        entered_at=NOON + timedelta(hours=1),
        revision=lifecycle.revision + 1,
        came_from=lifecycle.stage,
        visits={stage: 1},
        milestones={"kickoff_done": NOON},
        csm=lifecycle.csm,
    )


def ids_of(*keys: str) -> list[UUID]:
    return [a_profile(key).account_id for key in keys]
