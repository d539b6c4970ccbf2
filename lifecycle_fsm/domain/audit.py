"""The words of auditing: what is recorded beside the history of accounts, and what reviewers say about it."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class AuditKind(StrEnum):
    """What one audit entry says was done."""

    PUBLISHED = "published"
    PLAN_APPROVED = "plan_approved"
    TOKEN_ISSUED = "token_issued"  # noqa: S105 - a word, not a secret
    TOKENS_REVOKED = "tokens_revoked"
    KEY_ADDED = "key_added"
    EXPORTED = "exported"
    VERIFIED = "verified"
    ERASED = "erased"
    REVIEWED = "reviewed"
    QUESTION_RAISED = "question_raised"
    QUESTION_ANSWERED = "question_answered"
    DELIVERIES_REPLAYED = "deliveries_replayed"
    DELIVERIES_PURGED = "deliveries_purged"
    RESTORED = "restored"
    RETAINED = "retained"
    READ_ONLY_BEGUN = "read_only_begun"
    READ_ONLY_ENDED = "read_only_ended"


class MarkKind(StrEnum):
    """What a reviewer says about a row or a period."""

    REVIEWED = "reviewed"
    QUESTION = "question"
    ANSWER = "answer"


class Check(StrEnum):
    """What a verification holds history to."""

    CHAIN = "chain"
    """Every row is as it was hashed and follows the row before it."""
    HEAD = "head"
    """The account ends with its last row."""
    STAGE = "stage"
    """The account stands where its last row left it, and each row begins where the one before ended."""
    INPUTS = "inputs"
    """Inputs and reasons are those that the row commits to, or were let go by law or by age."""
    DECISION = "decision"
    """The recorded inputs give the recorded decision again."""
    MACHINE = "machine"
    """A published version has the text that its name is the digest of."""
    ENTRY = "entry"
    """The chain of audit entries."""
    LOG = "log"
    """The Merkle log holds the rows that there are."""
    CHECKPOINT = "checkpoint"
    """What was signed is a beginning of the log."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """One place at which history does not hold, and why; `subject` names what is no row of an account."""

    check: Check
    message: str
    account_id: UUID | None = None
    seq: int | None = None
    subject: str | None = None
