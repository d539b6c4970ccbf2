"""Accounts arrive from the system of record: created or brought up to date, with what is known about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from lifecycle_fsm.domain.access import Actor, Capability, require, require_everything
from lifecycle_fsm.domain.catalog import Catalog
from lifecycle_fsm.domain.errors import InvalidInput, UnknownAccount
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.domain.intake import Outside, take_text
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.services.changes import Stamp
from lifecycle_fsm.services.evaluate import RunSummary, evaluate_ids, summary_of
from lifecycle_fsm.services.observe import FactRow, RowNote, RowResult, check_rows
from lifecycle_fsm.services.owning import give_to_csms
from lifecycle_fsm.services.segment_rules import UNASSIGNED
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.accounts import (
    NewAccount,
    Profile,
    create_accounts,
    ids_in_segment,
    load_profiles,
    update_profiles,
)
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.erasure import erased_among
from lifecycle_fsm.store.facts import Reception, record_facts
from lifecycle_fsm.store.ids import new_id
from lifecycle_fsm.store.layout import load_layout
from lifecycle_fsm.store.waiting import mark_waiting

LARGEST_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class AccountRow:
    """
    One account as its system of record has it.

    `key` names it there. `measures` and `facts` are what is known, observed at
    `observed_at` (None: now). `stage` and `entered_at` say where an account that is
    not new to the company starts.
    """

    key: str
    name: str
    csm: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    measures: Mapping[str, Outside] = field(default_factory=dict)
    facts: Mapping[str, Outside] = field(default_factory=dict)
    observed_at: datetime | None = None
    stage: str | None = None
    entered_at: datetime | None = None


class AccountNote(StrEnum):
    """What became of an account's row."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    """Everything in it was known already: nothing was written."""
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class AccountResult:
    """The result of one row; `problems` are all of its values that were refused, and nothing of it was written."""

    index: int
    account_id: UUID
    note: AccountNote
    problems: tuple[RowResult, ...] = ()


@dataclass(frozen=True, slots=True)
class Registered:
    """The result of each row, in order, and what the evaluation of the accounts came to."""

    rows: tuple[AccountResult, ...]
    summary: RunSummary


def check_accounts(rows: Sequence[AccountRow], catalog: Catalog, as_of: datetime) -> dict[int, tuple[RowResult, ...]]:
    """The problems of each row that has any, by index; nothing is written."""
    found = {index: _problems(row, catalog, as_of) for index, row in enumerate(rows)}
    return {index: problems for index, problems in found.items() if problems}


def register_accounts(
    world: World, actor: Actor, rows: Sequence[AccountRow], source: str, *, dry_run: bool = False
) -> Registered:
    """
    Create accounts or bring them up to date, record what is known, assign and evaluate them, in one transaction.

    A row with a problem is rejected whole, the others are written. What a row does not
    say stays as it was, and repeating the same rows changes nothing. A dry run gives the
    same result and writes nothing.

    Raises:
        Forbidden: the actor may not record facts.
        InvalidInput: no row or more than 1,000.
    """
    require(actor, Capability.RECORD_FACTS)
    require_everything(actor)
    if not 1 <= len(rows) <= LARGEST_BATCH:
        raise InvalidInput(f"the batch has {len(rows)} accounts; expected 1 to {LARGEST_BATCH}", path="rows")
    with world.database.writing() as connection:
        as_of = world.clock()
        stamp = Stamp(recorded_at=as_of, actor=actor.name, run_id=new_id(to_ms(as_of)), source=source)
        registered = take_accounts(world, connection, rows, stamp)
        if dry_run:
            connection.rollback()
    return registered


def take_accounts(world: World, connection: Connection, rows: Sequence[AccountRow], stamp: Stamp) -> Registered:
    """Do what `register_accounts` does, in the caller's transaction."""
    rejected = check_accounts(rows, world.shelf.catalog(connection), stamp.recorded_at) | _erased(connection, rows)
    # In the order of ids, for two batches in other orders would wait for each other.
    places = [index for index in range(len(rows)) if index not in rejected]
    places.sort(key=lambda index: account_id_for(rows[index].key).bytes)
    accepted = {index: rows[index] for index in places}
    notes = _write(world, connection, accepted, stamp)
    summary = _evaluate(world, connection, _to_evaluate(connection, rows, notes), stamp)
    results = (
        AccountResult(index, account_id_for(row.key), notes.get(index, AccountNote.REJECTED), rejected.get(index, ()))
        for index, row in enumerate(rows)
    )
    return Registered(tuple(results), summary)


def _erased(connection: Connection, rows: Sequence[AccountRow]) -> dict[int, tuple[RowResult, ...]]:
    """The rows about accounts that were erased: their history stays, and nobody comes back under their key."""
    ids = [account_id_for(row.key) for row in rows]
    erased = erased_among(connection, ids)
    message = "the account was erased; nothing is recorded about it"
    problem = RowResult(0, RowNote.REJECTED, UnknownAccount.code, message, "key")
    return {index: (problem,) for index, account_id in enumerate(ids) if account_id in erased}


def _problems(row: AccountRow, catalog: Catalog, as_of: datetime) -> tuple[RowResult, ...]:
    rows = _fact_rows(row)
    checked = check_rows(rows, catalog, frozenset({account_id_for(row.key)}), "check", as_of)
    return (*_named_problems(row), *(_placed(each, rows[index]) for index, each in checked.rejected.items()))


def _placed(result: RowResult, row: FactRow) -> RowResult:
    """The result with the place of the value in its account's row: `facts.account.arr`."""
    if (result.path or "").endswith(".observedAt"):
        return replace(result, path="observedAt")
    return replace(result, path=f"facts.{row.fact}" if row.measure is None else f"measures.{row.measure}")


def _named_problems(row: AccountRow) -> list[RowResult]:
    texts = {"key": row.key, "name": row.name, **({"csm": row.csm} if row.csm is not None else {})}
    return [
        RowResult.refused(f"the {name} is {text[:40]!r}; expected 1 to 500 printable characters", name)
        for name, text in texts.items()
        if take_text(text) != text
    ]


def _fact_rows(row: AccountRow) -> list[FactRow]:
    account_id = account_id_for(row.key)
    measures = [
        FactRow(account_id, value, measure=key, observed_at=row.observed_at) for key, value in row.measures.items()
    ]
    return measures + [
        FactRow(account_id, value, fact=key, observed_at=row.observed_at) for key, value in row.facts.items()
    ]


def _write(
    world: World, connection: Connection, accepted: Mapping[int, AccountRow], stamp: Stamp
) -> dict[int, AccountNote]:
    rows, as_of = list(accepted.values()), stamp.recorded_at
    is_new = create_accounts(connection, [_new(row, as_of) for row in rows])
    known = {account_id_for(row.key): row for row, new in zip(rows, is_new, strict=True) if not new}
    changed = _bring_up_to_date(world, connection, known, stamp) | _record(world, connection, rows, stamp)
    return {
        index: _note(new=new, changed=account_id_for(row.key) in changed)
        for (index, row), new in zip(accepted.items(), is_new, strict=True)
    }


def _new(row: AccountRow, as_of: datetime) -> NewAccount:
    profile = Profile(row.key, row.name, as_of, row.csm, row.attributes)
    return NewAccount(profile, UNASSIGNED, UNASSIGNED, row.stage or UNASSIGNED, row.entered_at or as_of, row.csm)


def _bring_up_to_date(
    world: World, connection: Connection, known: Mapping[UUID, AccountRow], stamp: Stamp
) -> frozenset[UUID]:
    """Change the profiles that say something else, and give their accounts."""
    stored = load_profiles(connection, list(known))
    renewed = {account_id: _renewed(stored[account_id], row) for account_id, row in known.items()}
    changed = {account_id: profile for account_id, profile in renewed.items() if profile != stored[account_id]}
    update_profiles(connection, list(changed.values()))
    csms = {account_id: row.csm for account_id, row in known.items() if row.csm is not None}
    given = give_to_csms(world, connection, csms, stamp) if csms else frozenset()
    return given | changed.keys()


def _renewed(profile: Profile, row: AccountRow) -> Profile:
    # The key stands in for a name that was left out, and must not take the place of a better one.
    name = profile.name if row.name == row.key else row.name
    attributes = {**profile.attributes, **row.attributes}
    return replace(profile, name=name, csm_name=row.csm or profile.csm_name, attributes=attributes)


def _record(world: World, connection: Connection, rows: Sequence[AccountRow], stamp: Stamp) -> frozenset[UUID]:
    """Record measures and facts, and give the accounts about which something new was said."""
    fact_rows = [fact for row in rows for fact in _fact_rows(row)]
    ids = frozenset(account_id_for(row.key) for row in rows)
    catalog, as_of = world.shelf.catalog(connection), stamp.recorded_at
    observations = list(check_rows(fact_rows, catalog, ids, stamp.source, as_of).observations.values())
    receptions = record_facts(connection, observations, load_layout(connection), as_of)
    return frozenset(
        seen.account_id
        for seen, reception in zip(observations, receptions, strict=True)
        if reception is not Reception.REPEATED
    )


def _note(*, new: bool, changed: bool) -> AccountNote:
    if new:
        return AccountNote.CREATED
    return AccountNote.UPDATED if changed else AccountNote.UNCHANGED


def _to_evaluate(connection: Connection, rows: Sequence[AccountRow], notes: Mapping[int, AccountNote]) -> list[UUID]:
    """Accounts that changed, and those that no segment has taken so far."""
    ids = {account_id_for(rows[index].key): note for index, note in notes.items()}
    unassigned = ids_in_segment(connection, ids, UNASSIGNED)
    return [
        account_id for account_id, note in ids.items() if note is not AccountNote.UNCHANGED or account_id in unassigned
    ]


def _evaluate(world: World, connection: Connection, ids: Sequence[UUID], stamp: Stamp) -> RunSummary:
    if len(ids) > world.small_batch:
        mark_waiting(connection, ids, "accounts", stamp.recorded_at)
        return RunSummary()
    return summary_of(evaluate_ids(world, connection, load_layout(connection), ids, stamp, stamp.recorded_at))
