"""What reviewers said held to the audit entries that say that they said it."""

from collections.abc import Iterator

from lifecycle_fsm.domain.audit import AuditKind, Check, Flaw
from lifecycle_fsm.store.audit_entries import ChainedEntry, all_entries
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.erasure import load_erasures, load_text_erasures
from lifecycle_fsm.store.ledger import commit_to
from lifecycle_fsm.store.reviews import Mark, load_marks

COMMITMENT = "comment"
"""The detail of an entry that commits to the mark's text: SHA-256 over salt and text, in hexadecimal."""

_SAID = frozenset({AuditKind.REVIEWED, AuditKind.QUESTION_RAISED, AuditKind.QUESTION_ANSWERED})


def commitment_of(mark: Mark) -> str | None:
    """What commits to the text of a mark; None where it has no salt."""
    return None if mark.salt is None else commit_to(mark.salt, mark.comment).hex()


def check_marks(connection: Connection) -> Iterator[Flaw]:
    """
    Find marks whose text is another than was said, and marks and texts that went without an erasure.

    Entries of releases before texts could be erased commit to none.
    """
    marks = {str(mark.id): mark for mark in load_marks(connection)}
    accounts = {str(each.account_id) for each in load_erasures(connection)}
    texts = {str(each.mark_id) for each in load_text_erasures(connection)}
    for each in all_entries(connection):
        stated = each.entry.details.get(COMMITMENT)
        if each.entry.kind not in _SAID or stated is None:
            continue
        mark = marks.get(str(each.entry.details["mark"]))
        if mark is None and each.entry.subject not in accounts:
            yield _flaw(each, "the review mark that it speaks of is gone, and no erasure says so")
        elif mark is not None and not mark.comment and str(mark.id) not in texts:
            yield _flaw(each, "the text of its review mark is gone, and no erasure says so")
        elif mark is not None and mark.comment and commitment_of(mark) != stated:
            yield _flaw(each, "the text of its review mark is not the one that was said")


def _flaw(entry: ChainedEntry, message: str) -> Flaw:
    return Flaw(Check.ENTRY, message, seq=entry.seq, subject="audit entries")
