"""A person works on a CTA: edits it, lets it rest, does its tasks, comments and links."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.cta import Cta, CtaStatus
from lifecycle_fsm.domain.cta_work import (
    CommentCta,
    CtaWork,
    EditCta,
    LinkCta,
    Reference,
    ReopenCta,
    SetTask,
    SnoozeCta,
    UnlinkCta,
)
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.domain.intake import take_instant, take_text
from lifecycle_fsm.engine.asked import edit_cta
from lifecycle_fsm.engine.outcomes import CtaEdited
from lifecycle_fsm.services.commands import Desk, at_desk, command_of
from lifecycle_fsm.services.ctas import CtaAlreadyClosed, CtaMissing
from lifecycle_fsm.services.views import AccountView, HistoryRecord
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.cta_details import add_comment, drop_link, put_link, set_task
from lifecycle_fsm.store.ctas import load_tasks


@dataclass(frozen=True, slots=True)
class WorkOnCta:
    """Ask for one deed on one CTA."""

    account_id: UUID
    cta_id: UUID
    work: CtaWork
    idempotency_key: str
    comment: str | None = None
    expected_revision: int | None = None


@dataclass(frozen=True, slots=True)
class CtaWorked:
    """The CTA as it is now; `records` begin with the change and go on with what it set in motion."""

    account: AccountView
    cta: Cta
    records: tuple[HistoryRecord, ...]
    replayed: bool


@dataclass(frozen=True, slots=True)
class PlaceTaken:
    """The place is taken by the CTA `by`, or rests until `until` because that one was closed lately."""

    account: AccountView
    by: Cta
    until: datetime | None = None


WorkOutcome = CtaWorked | CtaMissing | CtaAlreadyClosed | PlaceTaken

_WORDS = ("title", "comment", "link")
"""What people type; history keeps it where it can be erased."""


def work_on_cta(world: World, actor: Actor, wanted: WorkOnCta) -> WorkOutcome:
    """
    Do one deed on a CTA and evaluate the account at once.

    Raises:
        Forbidden, UnknownAccount, StaleRevision, IdempotencyConflict, InvalidInput: see there.
    """
    require(actor, Capability.WORK_CTAS)
    check_words(wanted.work, wanted.comment)

    def work(desk: Desk) -> WorkOutcome:
        cta = cta_at(desk, wanted.cta_id)
        if cta is None:
            return CtaMissing(wanted.cta_id)
        before = desk.done_before((RecordKind.CTA_CHANGED,), cta.cause_key)
        if before:
            return CtaWorked(desk.view(), cta, before, replayed=True)
        desk.check_revision()
        return _worked(desk, cta, wanted)

    return at_desk(world, actor, command_of(wanted), work)


def cta_at(desk: Desk, cta_id: UUID) -> Cta | None:
    """The account's CTA with this id, None for none."""
    return next((each for each in desk.reading.lifecycle.ctas if each.id == cta_id), None)


def _worked(desk: Desk, cta: Cta, wanted: WorkOnCta) -> WorkOutcome:
    if isinstance(wanted.work, ReopenCta):
        taken = None if cta.is_open else desk.reading.lifecycle.in_place(cta.identity)
        if taken is not None:
            return PlaceTaken(desk.view(), taken)
    elif not cta.is_open and not isinstance(wanted.work, CommentCta | LinkCta | UnlinkCta):
        return CtaAlreadyClosed(desk.view(), cta)
    changed = changed_cta(desk, cta, wanted.work)
    edits = (*edits_between(cta, changed), *_beside(desk, cta, wanted.work))
    step = edit_cta(desk.reading.lifecycle, changed, edits, desk.as_of, _typed(wanted.work))
    records = desk.write([step], wanted.comment)
    view = desk.view()
    now = next(each for each in view.lifecycle.ctas if each.cause_key == cta.cause_key)
    return CtaWorked(view, now, records, replayed=False)


def changed_cta(desk: Desk, cta: Cta, work: CtaWork) -> Cta:
    """
    The CTA once the deed is done.

    Raises:
        InvalidInput: it cannot be done.
    """
    match work:
        case EditCta():
            return _edited(desk, cta, work)
        case SnoozeCta(until):
            return replace(cta, snoozed_until=_rest(until, desk.as_of))
        case ReopenCta() if not cta.is_open:
            reopened = replace(cta, status=CtaStatus.IN_PROGRESS, outcome=None, closed_at=None)
            return replace(reopened, close_source=None, closed_seq=None)
        case SetTask() if cta.status is CtaStatus.NEW and work.done:
            return replace(cta, status=CtaStatus.IN_PROGRESS)
    return cta


def _edited(desk: Desk, cta: Cta, work: EditCta) -> Cta:
    if work.status is CtaStatus.CLOSED:
        raise InvalidInput("a CTA is closed with its outcome; use `closeCta`", path="input.status")
    due_at = None if work.due_at is None else take_instant(work.due_at)
    if work.due_at is not None and due_at is None:
        raise InvalidInput("the due date must have a time zone and lie from 1900 to 2200", path="input.dueAt")
    return replace(
        cta,
        title=work.title or cta.title,
        due_at=due_at or cta.due_at,
        priority=work.priority or cta.priority,
        owner=work.owner or cta.owner,
        status=work.status or cta.status,
        flagged=cta.flagged if work.flagged is None else work.flagged,
        parent=cta.parent if work.parent is None else parent_key(desk, work.parent, cta.cause_key),
    )


def parent_key(desk: Desk, parent_id: UUID, child: str | None = None) -> str:
    """
    The cause key of a parent.

    Raises:
        InvalidInput: the account has no such CTA, or it stands below the child.
    """
    parent = cta_at(desk, parent_id)
    if parent is None:
        raise InvalidInput("the account has no such CTA", path="input.parentId")
    by_key = {each.cause_key: each for each in desk.reading.lifecycle.ctas}
    above: Cta | None = parent
    while above is not None:
        if above.cause_key == child:
            raise InvalidInput("a CTA cannot stand below itself", path="input.parentId")
        above = by_key.get(above.parent or "")
    return parent.cause_key


def _rest(until: datetime | None, as_of: datetime) -> datetime | None:
    at = None if until is None else take_instant(until)
    if until is not None and (at is None or at <= as_of):
        message = f"the CTA would rest until {until.isoformat()}; expected an instant ahead, with a time zone"
        raise InvalidInput(message, path="input.until")
    return at


def edits_between(before: Cta, after: Cta) -> Iterator[CtaEdited]:
    """What differs between two values of a CTA, one note for each field; words of people are not repeated."""
    fields = ("title", "due_at", "priority", "owner", "status", "flagged", "parent", "snoozed_until")
    for name in fields:
        was, now = getattr(before, name), getattr(after, name)
        if was != now:
            texts = (None, None) if name in _WORDS else (_text(was), _text(now))
            yield CtaEdited(before.cause_key, name, *texts)


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return None if value is None else str(value)
    return value.isoformat() if isinstance(value, datetime) else str(value).lower()


def _beside(desk: Desk, cta: Cta, work: CtaWork) -> Iterator[CtaEdited]:
    """Write what stands in tables of its own, and note it."""
    assert cta.id is not None
    place, by, connection = (desk.command.account_id, cta.id), desk.actor.name, desk.connection
    match work:
        case SetTask(key, done):
            _check_task(desk, cta.id, key)
            set_task(connection, place, key, by, desk.as_of if done else None)
            yield CtaEdited(cta.cause_key, f"task.{key}", None, "done" if done else "open")
        case CommentCta(text):
            add_comment(connection, place, by, text, desk.as_of)
            yield CtaEdited(cta.cause_key, "comment")
        case LinkCta(link):
            put_link(connection, place, link, by, desk.as_of)
            yield CtaEdited(cta.cause_key, f"link.{link.kind}", None, "linked")
        case UnlinkCta(kind, reference):
            if not drop_link(connection, place, kind, reference):
                raise InvalidInput(f"the CTA has no link to this {kind[:40]!r}", path="input.reference")
            yield CtaEdited(cta.cause_key, f"link.{kind}", None, "removed")


def _check_task(desk: Desk, cta_id: UUID, key: str) -> None:
    tasks = load_tasks(desk.connection, [desk.command.account_id], [cta_id]).get(cta_id, ())
    known = [progress.task.key for progress in tasks]
    if key not in known:
        message = f"the CTA has no task {key[:60]!r}; it has: {', '.join(known) or 'none'}"
        raise InvalidInput(message, path="input.task")


def _typed(work: CtaWork) -> dict[str, Value]:
    match work:
        case EditCta(title=str(title)):
            return {"cta.title": title}
        case CommentCta(text):
            return {"cta.comment": text}
        case LinkCta(link):
            return {"cta.link": f"{link.kind}:{link.reference}"}
    return {}


def check_words(work: CtaWork, comment: str | None) -> None:
    """
    Stop texts that cannot be kept.

    Raises:
        InvalidInput: one is empty, too long or not printable.
    """
    if comment is not None and take_text(comment) is None:
        raise InvalidInput("the comment must be 1 to 500 printable characters", path="input.comment")
    match work:
        case EditCta(title=title, owner=owner):
            check_text(title, "title")
            check_text(owner, "owner")
        case CommentCta(text):
            check_text(text, "text")
        case LinkCta(link):
            check_link(link, "")


def check_link(link: Reference, place: str) -> None:
    """
    Stop a link that cannot be kept.

    Raises:
        InvalidInput: a text is not printable, or the address is none of the web.
    """
    for name in ("kind", "reference", "title"):
        check_text(getattr(link, name), f"{place}{name}")
    if link.url is not None and not (link.url.startswith(("https://", "http://")) and take_text(link.url)):
        raise InvalidInput("the address must begin with https:// or http://", path=f"input.{place}url")


def check_text(text: str | None, name: str) -> None:
    """
    Stop a text that cannot be kept; None is no text.

    Raises:
        InvalidInput: it is empty, padded, longer than 500 characters or not printable.
    """
    if text is not None and take_text(text) is None:
        raise InvalidInput(f"`{name}` must be 1 to 500 printable characters", path=f"input.{name}")
