"""What reviewers said held to the audit entries that say that they said it."""

from collections.abc import Iterator

from lifecycle_fsm.domain.audit import AuditKind, Check, Flaw
from lifecycle_fsm.store.audit_entries import ChainedEntry
from lifecycle_fsm.store.audit_rows import found_ids
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.ledger import commit_to, commitment_of_stored
from lifecycle_fsm.store.reviews import Mark, stored_texts
from lifecycle_fsm.store.stored_entries import readable_entries

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
    said = {str(mark): found for mark, found in stored_texts(connection).items()}
    accounts = set(map(str, found_ids(connection, "erasure", "account_id")))
    texts = set(map(str, found_ids(connection, "text_erasure", "mark_id")))
    for each in readable_entries(connection):
        stated, mark = each.entry.details.get(COMMITMENT), str(each.entry.details.get("mark"))
        if each.entry.kind not in _SAID or stated is None:
            continue
        salt, comment = said.get(mark, (None, None))
        if mark not in said and each.entry.subject not in accounts:
            yield _flaw(each, "the review mark that it speaks of is gone, and no erasure says so")
        elif comment == "" and mark not in texts:
            yield _flaw(each, "the text of its review mark is gone, and no erasure says so")
        elif mark in said and comment != "" and not _is_said(salt, comment, stated):
            yield _flaw(each, "the text of its review mark is not the one that was said")


def _is_said(salt: object, comment: object, stated: object) -> bool:
    found = commitment_of_stored(salt, comment)
    return found is not None and found.hex() == stated


def _flaw(entry: ChainedEntry, message: str) -> Flaw:
    return Flaw(Check.ENTRY, message, seq=entry.seq, subject="audit entries")
