"""What the product raises when a caller broke a rule or the world failed."""

from datetime import datetime


class LifecycleError(Exception):
    """
    Carry a stable code and a message for people.

    `code` never changes once released; `retryable` says that the same call may
    succeed later without any change.
    """

    code = "error"

    def __init__(self, message: str, *, retryable: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.retryable = retryable


class InvalidInput(LifecycleError):
    """A value was refused; `path` names where it stood, such as `rows.3.value`."""

    code = "invalid_input"

    def __init__(self, message: str, *, path: str = "") -> None:
        super().__init__(message)
        self.path = path


def lies_ahead(instant: datetime, path: str) -> InvalidInput:
    """What to say of an instant that has not come where only the past can be told."""
    return InvalidInput(f"{instant.isoformat()} lies ahead; give a date up to now", path=path)


class UnknownToken(LifecycleError):
    """No token of this id was ever issued."""

    code = "unknown_token"


class UnknownAccount(LifecycleError):
    """No account has this id."""

    code = "unknown_account"


class MachineNotFound(LifecycleError):
    """No machine is published for the segment, or none has the digest."""

    code = "machine_not_found"


class PlanNotFound(LifecycleError):
    """No plan has this digest."""

    code = "plan_not_found"


class StalePlan(LifecycleError):
    """What the plan was made on has changed since."""

    code = "stale_plan"


class PlanIncomplete(LifecycleError):
    """The plan misses something without which it cannot be applied."""

    code = "plan_incomplete"


class NotApproved(LifecycleError):
    """A plan needs the approval of somebody who did not make it."""

    code = "not_approved"


class StaleRevision(LifecycleError):
    """Somebody else changed the account since the caller read it."""

    code = "stale_revision"

    def __init__(self, message: str, *, expected: int, actual: int) -> None:
        super().__init__(message, retryable=True)
        self.expected = expected
        self.actual = actual


class Forbidden(LifecycleError):
    """The actor's roles do not allow the deed."""

    code = "forbidden"


class Unauthenticated(LifecycleError):
    """No valid token came with the request."""

    code = "unauthenticated"


class IdempotencyConflict(LifecycleError):
    """An idempotency key was used again for a different command."""

    code = "idempotency_conflict"


class StoreFailed(LifecycleError):
    """The database refused or could not be reached."""

    code = "store_failed"


class ToolMissing(LifecycleError):
    """A program of PostgreSQL is not there, or too old for the server."""

    code = "tool_missing"


class BackupDamaged(LifecycleError):
    """A backup is not what its manifest says, or it has none."""

    code = "backup_damaged"


class BackupFailed(LifecycleError):
    """A backup or a restore stopped; nothing that was there before is changed."""

    code = "backup_failed"


class StoreNotEmpty(LifecycleError):
    """A restore would replace what is in the store."""

    code = "store_not_empty"


class StoreInUse(LifecycleError):
    """Somebody else has the store open."""

    code = "store_in_use"


class NotEverywhere(LifecycleError):
    """A place outside of the store did not take a signed checkpoint; the next run tries again."""

    code = "not_shipped"


class VerificationHeld(LifecycleError):
    """Somebody else works on the verification."""

    code = "verification_held"

    def __init__(self, message: str) -> None:
        super().__init__(message, retryable=True)


class ReadOnly(LifecycleError):
    """The store takes no changes at the moment; reading goes on."""

    code = "read_only"
