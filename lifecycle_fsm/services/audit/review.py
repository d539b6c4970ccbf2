"""Auditors mark history as reviewed, ask, and are answered; and who decided on their own deeds is reported."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import token_bytes
from uuid import UUID, uuid5

from lifecycle_fsm.domain.access import Actor, Capability, require, require_everything
from lifecycle_fsm.domain.audit import AuditKind, MarkKind
from lifecycle_fsm.domain.errors import IdempotencyConflict, InvalidInput
from lifecycle_fsm.domain.intake import take_instant, take_text
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.domain.paging import Page, PageRequest
from lifecycle_fsm.services.audit.marks import COMMITMENT, commitment_of
from lifecycle_fsm.services.reading import unknown_account
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.audit_entries import AuditEntry, append_entry
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.history import Place
from lifecycle_fsm.store.instants import optional_ms
from lifecycle_fsm.store.publications import load_approvals, load_publications
from lifecycle_fsm.store.publishing_pages import plans_by_digest
from lifecycle_fsm.store.reviews import (
    Mark,
    MarkFilter,
    answers_to,
    find_mark,
    has_row,
    insert_mark,
    own_refusals,
    page_marks,
)
from lifecycle_fsm.store.scope import visible_ids

__all__ = ["Mark", "MarkFilter", "answers_of", "list_marks"]

_SALT_BYTES = 16

MOST_CONFLICTS = 1_000
"""How many publications and overrides a report looks through, newest first."""

_NAMES = UUID("6b2b6c1e-6a0f-5f5e-9a0c-2f4a54f0a7d1")
_AUDITED = {
    MarkKind.REVIEWED: AuditKind.REVIEWED,
    MarkKind.QUESTION: AuditKind.QUESTION_RAISED,
    MarkKind.ANSWER: AuditKind.QUESTION_ANSWERED,
}


@dataclass(frozen=True, slots=True)
class About:
    """Say what a mark is about: a row, an account, or everything; within a period where one is given."""

    account_id: UUID | None = None
    seq: int | None = None
    since: datetime | None = None
    before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Marked:
    """The mark; `replayed` where an earlier call with the key had made it."""

    mark: Mark
    replayed: bool


def mark_reviewed(world: World, actor: Actor, about: About, comment: str, key: str) -> Marked:
    """
    Say that a row or a period was looked at.

    Raises:
        Forbidden: the actor may not review, or not everything.
        UnknownAccount: there is no such account.
        InvalidInput: the row does not exist, the period or the comment is none.
        IdempotencyConflict: the key was used for something else.
    """
    return _mark(world, actor, MarkKind.REVIEWED, about, comment, key)


def raise_question(world: World, actor: Actor, about: About, comment: str, key: str) -> Marked:
    """
    Ask about a row or a period; the question is open until somebody answers it.

    Raises:
        Forbidden, UnknownAccount, InvalidInput, IdempotencyConflict: as for `mark_reviewed`.
    """
    return _mark(world, actor, MarkKind.QUESTION, about, comment, key)


def answer_question(world: World, actor: Actor, question_id: UUID, comment: str, key: str) -> Marked:
    """
    Answer a question; it may be answered again.

    Raises:
        Forbidden, IdempotencyConflict: as for `mark_reviewed`.
        InvalidInput: there is no such question, or the comment is none.
    """
    require(actor, Capability.REVIEW_HISTORY)
    with world.database.reading() as connection:
        question = find_mark(connection, question_id)
        if question is None or question.kind is not MarkKind.QUESTION or not _may_see(connection, actor, question):
            raise InvalidInput("there is no question with this id; ask for `reviewMarks`", path="questionId")
    about = About(question.account_id, question.seq, question.since, question.before)
    return _mark(world, actor, MarkKind.ANSWER, about, comment, key, question_id)


def list_marks(world: World, actor: Actor, choose: MarkFilter, page: PageRequest) -> Page[Mark]:
    """
    One page of marks, newest first, about the accounts that the actor sees and about everything.

    Raises:
        Forbidden: the actor may not read history.
        InvalidInput: the cursor is not one of this list.
    """
    require(actor, Capability.READ_HISTORY)
    with world.database.reading() as connection:
        return page_marks(connection, choose, page, actor.portfolio)


def answers_of(world: World, actor: Actor, questions: Sequence[UUID]) -> dict[UUID, tuple[Mark, ...]]:
    """The answers to questions, oldest first."""
    require(actor, Capability.READ_HISTORY)
    with world.database.reading() as connection:
        found = answers_to(connection, questions)
        accounts = {mark.account_id for marks in found.values() for mark in marks if mark.account_id is not None}
        seen = visible_ids(connection, accounts, actor.portfolio)
    return {
        question: tuple(mark for mark in marks if mark.account_id is None or mark.account_id in seen)
        for question, marks in found.items()
    }


def _mark(  # noqa: PLR0913, PLR0917 # one for each thing that a mark says
    world: World, actor: Actor, kind: MarkKind, about: About, comment: str, key: str, answers: UUID | None = None
) -> Marked:
    require(actor, Capability.REVIEW_HISTORY)
    _check(about, comment, key)
    now, mark_id = world.clock(), uuid5(_NAMES, f"{actor.name}\n{key}")
    wanted = Mark(
        mark_id, kind, about.account_id, about.seq, about.since, about.before, answers, actor.name, now,
        comment.strip(), token_bytes(_SALT_BYTES),
    )  # fmt: skip
    with world.database.writing() as connection:
        before = find_mark(connection, mark_id)
        if before is not None:
            return _replayed(before, wanted)
        _check_about(connection, actor, about)
        insert_mark(connection, wanted)
        details = {"mark": str(mark_id), "seq": about.seq, COMMITMENT: commitment_of(wanted)}
        subject = "all accounts" if about.account_id is None else str(about.account_id)
        append_entry(connection, AuditEntry(_AUDITED[kind], actor.name, subject, now, details))
    return Marked(wanted, replayed=False)


def _replayed(before: Mark, wanted: Mark) -> Marked:
    if _said(before) != _said(wanted):
        raise IdempotencyConflict("the idempotency key was used for another mark; use a new one")
    return Marked(before, replayed=True)


def _said(mark: Mark) -> tuple[object, ...]:
    period = tuple(optional_ms(at) for at in (mark.since, mark.before))
    return mark.kind, mark.account_id, mark.seq, period, mark.answers, mark.comment


def _check(about: About, comment: str, key: str) -> None:
    if take_text(comment) is None:
        raise InvalidInput("the comment must be 1 to 500 printable characters", path="comment")
    if take_text(key) != key:
        raise InvalidInput("the key must be 1 to 500 printable characters", path="idempotencyKey")
    if about.seq is not None and about.account_id is None:
        raise InvalidInput("a record is named by its account and its number; give `accountId`, too", path="accountId")
    odd = next((each for each in (about.since, about.before) if each is not None and take_instant(each) is None), None)
    if odd is not None:
        raise InvalidInput("the period needs instants with a time zone", path="period")
    if about.since is not None and about.before is not None and about.since >= about.before:
        raise InvalidInput("the period ends before it begins", path="period")
    if about.account_id is None and (about.since is None or about.before is None):
        raise InvalidInput("name an account, or a period with both ends", path="period")


def _check_about(connection: Connection, actor: Actor, about: About) -> None:
    if about.account_id is None:
        require_everything(actor)
        return
    if not visible_ids(connection, [about.account_id], actor.portfolio) or not has_row(
        connection, (about.account_id, 1)
    ):
        raise unknown_account(about.account_id)
    if about.seq is not None and not has_row(connection, (about.account_id, about.seq)):
        raise InvalidInput(f"the account has no record {about.seq}", path="seq")


def _may_see(connection: Connection, actor: Actor, mark: Mark) -> bool:
    return mark.account_id is None or bool(visible_ids(connection, [mark.account_id], actor.portfolio))


@dataclass(frozen=True, slots=True)
class OwnPublication:
    """A publication that nobody but its author agreed to; `self_approved` where the author said so, too."""

    publication_id: UUID
    plan: str
    published_at: datetime
    author: str
    published_by: str
    self_approved: bool


@dataclass(frozen=True, slots=True)
class Duties:
    """
    Tell who decided on their own deeds in a period.

    `overrides` are moves by an override of whom the rules had refused the same before.
    """

    publications: tuple[OwnPublication, ...]
    overrides: tuple[Place, ...]


def separation_of_duties(world: World, actor: Actor, since: datetime, before: datetime) -> Duties:
    """
    Report who published what only they had agreed to, and who overrode their own refusal.

    Raises:
        Forbidden: the actor may not read the history of everything.
        InvalidInput: the period is none.
    """
    require(actor, Capability.READ_HISTORY)
    require_everything(actor)
    if take_instant(since) is None or take_instant(before) is None or since >= before:
        raise InvalidInput("the period needs two instants with a time zone, the earlier first", path="period")
    with world.database.reading() as connection:
        own = tuple(_own_publications(connection, since, before))
        return Duties(own, own_refusals(connection, to_ms(since), to_ms(before), MOST_CONFLICTS))


def _own_publications(connection: Connection, since: datetime, before: datetime) -> list[OwnPublication]:
    made = [each for each in load_publications(connection, MOST_CONFLICTS) if since <= each.published_at < before]
    digests = sorted({each.plan for each in made if each.plan is not None})
    plans, approvals = plans_by_digest(connection, digests), load_approvals(connection, digests)
    found = []
    for each in made:
        plan = None if each.plan is None else plans.get(each.plan)
        author = each.published_by if plan is None else plan.planned_by
        agreed = {approval.approved_by for approval in approvals.get(each.plan or "", ())}
        if not (agreed | {each.published_by}) - {author}:
            digest = each.plan or ""
            own = OwnPublication(each.id, digest, each.published_at, author, each.published_by, author in agreed)
            found.append(own)
    return found
