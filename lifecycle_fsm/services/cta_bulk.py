"""Many CTAs at once: given to another owner, put off, or closed, with a result for each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.cta import Cta, CtaOutcome, Priority
from lifecycle_fsm.domain.cta_filter import CtaFilter
from lifecycle_fsm.domain.cta_work import EditCta
from lifecycle_fsm.domain.errors import (
    IdempotencyConflict,
    InvalidInput,
    LifecycleError,
    StaleRevision,
    UnknownAccount,
)
from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.engine.asked import edit_cta, end_cta
from lifecycle_fsm.engine.outcomes import Step
from lifecycle_fsm.services.commands import Command, Desk, at_desk, check_key
from lifecycle_fsm.services.cta_work import changed_cta, check_words, edits_between
from lifecycle_fsm.services.deeds import deed_of
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.batches import KeptBatch, find_batch, keep_batch
from lifecycle_fsm.store.cta_pages import find_cta_ids

MOST = 500
"""Of so many CTAs one command takes care at most."""

CtaId = tuple[UUID, UUID]
"""The account and the CTA."""


class BulkNote(StrEnum):
    """What became of one CTA."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    """It was so already, or was done before under this key."""
    ALREADY_CLOSED = "already_closed"
    UNKNOWN = "unknown"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class BulkResult:
    """The result of one CTA; `code` and `message` say why it failed, None where it did not."""

    account_id: UUID
    cta_id: UUID
    note: BulkNote
    code: str | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class ChangeCtas:
    """
    Ask for the same change of many CTAs, named by `ids` or chosen by `choose`, not both.

    With `outcome` they are closed; otherwise what is not None is set. `expected_revisions` are those
    of the accounts that the caller saw; an account without one is taken as it is.
    """

    idempotency_key: str
    ids: tuple[CtaId, ...] = ()
    choose: CtaFilter | None = None
    outcome: CtaOutcome | None = None
    owner: str | None = None
    priority: Priority | None = None
    due_at: datetime | None = None
    flagged: bool | None = None
    comment: str | None = None
    expected_revisions: tuple[tuple[UUID, int], ...] = ()

    @property
    def edit(self) -> EditCta:
        """The change as a deed on one CTA."""
        return EditCta(due_at=self.due_at, priority=self.priority, owner=self.owner, flagged=self.flagged)


@dataclass(frozen=True, slots=True)
class CtasChanged:
    """
    A result for each CTA, in the order of the ids.

    `has_more` when the filter chose more than one command takes; `replayed` when the key had been used before.
    """

    results: tuple[BulkResult, ...]
    has_more: bool = False
    replayed: bool = False


def change_ctas(world: World, actor: Actor, wanted: ChangeCtas) -> CtasChanged:
    """
    Change many CTAs, each account in a transaction of its own: one that fails spoils no other.

    The same key changes nothing twice; by a filter it goes on with what the filter still finds.

    Raises:
        Forbidden: the actor may not work CTAs.
        InvalidInput: nothing, or too much, is asked for, or the key is none.
        IdempotencyConflict: the key was used for another change.
    """
    require(actor, Capability.WORK_CTAS)
    _check(wanted)
    deed = deed_of(wanted)
    replayed = _keep_key(world, actor, wanted, deed)
    ids, has_more = _chosen(world, actor, wanted)
    by_account: dict[UUID, list[UUID]] = {}
    for account_id, cta_id in ids:
        by_account.setdefault(account_id, []).append(cta_id)
    expected = dict(wanted.expected_revisions)
    found: dict[CtaId, BulkResult] = {}
    for account_id, cta_ids in by_account.items():
        command = Command(account_id, wanted.idempotency_key, deed, expected.get(account_id))
        results = _change_account(world, actor, wanted, command, cta_ids)
        found.update(((account_id, result.cta_id), result) for result in results)
    return CtasChanged(tuple(found[each] for each in ids), has_more, replayed)


def _keep_key(world: World, actor: Actor, wanted: ChangeCtas, deed: str) -> bool:
    """
    Keep for what the actor used the key, and say whether it was kept before; accounts keep it, too.

    Raises:
        IdempotencyConflict: the actor used it for another change.
    """
    key = f"changeCtas {actor.name} {wanted.idempotency_key}"
    with world.database.writing() as connection:
        known = find_batch(connection, key)
        if known is None:
            keep_batch(connection, KeptBatch(key, deed, "", world.clock()))
        elif known.request_digest != deed:
            raise IdempotencyConflict(
                f"the idempotency key {wanted.idempotency_key!r} was used for another change of CTAs; use a new key"
            )
    return known is not None


def _check(wanted: ChangeCtas) -> None:
    check_key(wanted.idempotency_key)
    if bool(wanted.ids) == (wanted.choose is not None):
        raise InvalidInput("name CTAs by `ids` or choose them by `filter`, not both", path="input.ids")
    if len(wanted.ids) > MOST:
        raise InvalidInput(f"{len(wanted.ids)} CTAs; expected at most {MOST}", path="input.ids")
    asks = wanted.edit != EditCta()
    if asks == (wanted.outcome is not None):
        raise InvalidInput("give `outcome` to close CTAs, or what else is to be set, not both", path="input.outcome")
    expected = wanted.expected_revisions
    if len(expected) > MOST or len(dict(expected)) < len(expected):
        message = f"{len(expected)} revisions; expected each account once, and at most {MOST}"
        raise InvalidInput(message, path="input.expectedRevisions")
    check_words(wanted.edit, wanted.comment)


def _chosen(world: World, actor: Actor, wanted: ChangeCtas) -> tuple[tuple[CtaId, ...], bool]:
    if wanted.choose is None:
        return tuple(dict.fromkeys(wanted.ids)), False
    choose = replace(wanted.choose, is_open=True) if wanted.outcome is not None else wanted.choose
    with world.database.reading() as connection:
        found = find_cta_ids(connection, choose, world.clock(), MOST + 1, actor.portfolio)
    return found[:MOST], len(found) > MOST


def _change_account(
    world: World, actor: Actor, wanted: ChangeCtas, command: Command, cta_ids: Sequence[UUID]
) -> Sequence[BulkResult]:
    account_id = command.account_id

    def work(desk: Desk) -> Sequence[BulkResult]:
        by_id = {cta.id: cta for cta in desk.reading.lifecycle.ctas if cta.id is not None}
        if desk.command_rows((RecordKind.CTA_CHANGED, RecordKind.CTA_CLOSED)):
            return [_noted(account_id, each, by_id, BulkNote.UNCHANGED) for each in cta_ids]
        desk.check_revision()
        steps, notes = _steps(desk, wanted, [(each, by_id.get(each)) for each in cta_ids])
        if steps:
            desk.write(steps, wanted.comment)
        return [BulkResult(account_id, cta_id, note) for cta_id, note in notes.items()]

    try:
        return at_desk(world, actor, command, work)
    except UnknownAccount:
        return [BulkResult(account_id, each, BulkNote.UNKNOWN) for each in cta_ids]
    except LifecycleError as error:
        # What changed meanwhile is for the caller to read again; it spoils no other account.
        if error.retryable and not isinstance(error, StaleRevision):
            raise
        return [BulkResult(account_id, each, BulkNote.FAILED, error.code, error.message) for each in cta_ids]


def _noted(account_id: UUID, cta_id: UUID, known: Mapping[UUID, Cta], note: BulkNote) -> BulkResult:
    return BulkResult(account_id, cta_id, note if cta_id in known else BulkNote.UNKNOWN)


def _steps(
    desk: Desk, wanted: ChangeCtas, asked: Sequence[tuple[UUID, Cta | None]]
) -> tuple[list[Step], dict[UUID, BulkNote]]:
    lifecycle, steps, notes = desk.reading.lifecycle, list[Step](), dict[UUID, BulkNote]()
    for cta_id, cta in asked:
        if cta is None or not cta.is_open:
            notes[cta_id] = BulkNote.UNKNOWN if cta is None else BulkNote.ALREADY_CLOSED
            continue
        step = _step(desk, lifecycle, wanted, cta)
        notes[cta_id] = BulkNote.UNCHANGED if step is None else BulkNote.CHANGED
        if step is not None:
            steps.append(step)
            lifecycle = step.lifecycle
    return steps, notes


def _step(desk: Desk, lifecycle: Lifecycle, wanted: ChangeCtas, cta: Cta) -> Step | None:
    if wanted.outcome is not None:
        return end_cta(lifecycle, cta, wanted.outcome, desk.as_of)
    changed = changed_cta(desk, cta, wanted.edit)
    edits = tuple(edits_between(cta, changed))
    return edit_cta(lifecycle, changed, edits, desk.as_of, {}) if edits else None
