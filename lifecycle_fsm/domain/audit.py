"""The words of auditing: what is recorded beside the history of accounts, and what reviewers say about it."""

from enum import StrEnum


class AuditKind(StrEnum):
    """What one audit entry says was done."""

    PUBLISHED = "published"
    PLAN_APPROVED = "plan_approved"
    TOKEN_ISSUED = "token_issued"  # noqa: S105 - a word, not a secret
    TOKENS_REVOKED = "tokens_revoked"
    KEY_ADDED = "key_added"
    EXPORTED = "exported"
    ERASED = "erased"


class MarkKind(StrEnum):
    """What a reviewer says about a row or a period."""

    REVIEWED = "reviewed"
    QUESTION = "question"
    ANSWER = "answer"
