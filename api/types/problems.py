"""Problems: the outcomes of mutations that a client has to handle."""

from enum import Enum

import strawberry
from strawberry.utils.str_converters import to_camel_case

from api.errors import count_error
from api.types.account import Account
from api.types.cta import Cta
from api.types.transition import JudgedTransition
from lifecycle_fsm.domain import errors


@strawberry.enum(description="What a problem is, for programs; values never change once released.")
class ProblemCode(Enum):
    """The codes of problems."""

    UNKNOWN_ACCOUNT = strawberry.enum_value("unknown_account", description="There is no such account.")
    STALE_REVISION = strawberry.enum_value("stale_revision", description="The account has changed since it was read.")
    UNKNOWN_TRIGGER = strawberry.enum_value("unknown_trigger", description="The stage has no such trigger.")
    GUARD_REFUSED = strawberry.enum_value("guard_refused", description="No guard holds.")
    FORBIDDEN = strawberry.enum_value("forbidden", description="The caller's roles do not allow it.")
    INVALID_INPUT = strawberry.enum_value("invalid_input", description="A value of the input was refused.")
    UNKNOWN_MILESTONE = strawberry.enum_value("unknown_milestone", description="The catalog has no such milestone.")
    MILESTONE_NOT_REACHED = strawberry.enum_value(
        "milestone_not_reached", description="The account has not reached the milestone."
    )
    UNKNOWN_TOKEN = strawberry.enum_value("unknown_token", description="There is no such token.")
    UNKNOWN_CTA = strawberry.enum_value("unknown_cta", description="The account has no such CTA.")
    CTA_ALREADY_CLOSED = strawberry.enum_value("cta_already_closed", description="The CTA was closed before.")
    UNKNOWN_MEASURE = strawberry.enum_value("unknown_measure", description="The catalog has no such measure.")
    ALREADY_PAUSED = strawberry.enum_value("already_paused", description="The account is paused.")
    NOT_PAUSED = strawberry.enum_value("not_paused", description="The account is not paused.")
    NOT_OVERRIDDEN = strawberry.enum_value("not_overridden", description="Nobody speaks in the place of it.")
    CTA_PLACE_TAKEN = strawberry.enum_value("cta_place_taken", description="Another CTA is in the way.")
    UNKNOWN_TEMPLATE = strawberry.enum_value("unknown_template", description="The catalog has no such CTA template.")
    UNKNOWN_PLAN_TYPE = strawberry.enum_value("unknown_plan_type", description="The catalog has no such plan type.")
    UNKNOWN_SUCCESS_PLAN = strawberry.enum_value("unknown_success_plan", description="There is no such success plan.")
    SUCCESS_PLAN_OPEN = strawberry.enum_value("success_plan_open", description="A plan of the type is open.")
    ILLEGAL_PLAN_STATUS = strawberry.enum_value("illegal_plan_status", description="The plan cannot go there.")
    IDEMPOTENCY_CONFLICT = strawberry.enum_value(
        "idempotency_conflict", description="The idempotency key was used for another command."
    )
    MACHINE_NOT_FOUND = strawberry.enum_value("machine_not_found", description="The segment has no machine.")
    INVALID_CONFIGURATION = strawberry.enum_value("invalid_configuration", description="The definitions have errors.")
    PLAN_NOT_FOUND = strawberry.enum_value("plan_not_found", description="There is no such plan.")
    STALE_PLAN = strawberry.enum_value("stale_plan", description="What the plan was made on has changed.")
    PLAN_INCOMPLETE = strawberry.enum_value("plan_incomplete", description="The plan leaves something open.")
    NOT_APPROVED = strawberry.enum_value("not_approved", description="Nobody but its author has agreed to the plan.")


_PATH = (
    "Where in the input it stands, from the argument down: `input`, `rows`, `3`, `value`; empty where no single value "
    "is at fault. At most 10."
)


def at(*names: str) -> list[str]:
    """A field with the place of the input that a problem is about."""
    made: list[str] = strawberry.field(description=_PATH, default_factory=lambda: ["input", *names])
    return made


@strawberry.interface(
    description="Why a mutation did not do what was asked. Nothing was changed unless a type says so."
)
class Problem:
    """An outcome that is no success."""

    message: str = strawberry.field(
        description="What was seen, what was expected and what to do, for people; at most 2,000 characters."
    )
    code: ProblemCode = strawberry.field(description="The same for programs.")
    path: list[str] = strawberry.field(description=_PATH, default_factory=list)

    def __post_init__(self) -> None:
        """Count it, and name it in the line of its request."""
        count_error(str(self.code.value), "problem")


@strawberry.type(description="There is no account with this id.")
class UnknownAccount(Problem):
    """The account does not exist."""

    code: ProblemCode = strawberry.field(description="Always UNKNOWN_ACCOUNT.", default=ProblemCode.UNKNOWN_ACCOUNT)
    path: list[str] = at("accountId")


@strawberry.type(description="The account has changed since it was read: read it again and decide anew.")
class StaleRevision(Problem):
    """Somebody else was faster."""

    code: ProblemCode = strawberry.field(description="Always STALE_REVISION.", default=ProblemCode.STALE_REVISION)
    path: list[str] = at("expectedRevision")
    expected: int = strawberry.field(description="The revision that the caller expected.")
    actual: int = strawberry.field(description="The revision that the account has.")


@strawberry.type(description="The account's stage has no transition with this trigger for people.")
class UnknownTrigger(Problem):
    """The trigger leads nowhere."""

    code: ProblemCode = strawberry.field(description="Always UNKNOWN_TRIGGER.", default=ProblemCode.UNKNOWN_TRIGGER)
    path: list[str] = at("trigger")
    account: Account = strawberry.field(description="The account, which is as it was.")
    offered: list[str] = strawberry.field(description="The triggers that people may fire in its stage; at most 200.")


@strawberry.type(
    description="No guard of the trigger's transitions holds. The account stays in its stage; the attempt is recorded."
)
class GuardRefused(Problem):
    """The rules say no."""

    code: ProblemCode = strawberry.field(description="Always GUARD_REFUSED.", default=ProblemCode.GUARD_REFUSED)
    path: list[str] = at("trigger")
    account: Account = strawberry.field(description="The account, with the refusal in its history.")
    transitions: list[JudgedTransition] = strawberry.field(
        description="Every transition with this trigger and why it was not taken; at most 100."
    )
    replayed: bool = strawberry.field(description="Whether this repeats the outcome of an earlier call with the key.")


@strawberry.type(description="The caller's roles do not allow it.")
class Forbidden(Problem):
    """The caller may not."""

    code: ProblemCode = strawberry.field(description="Always FORBIDDEN.", default=ProblemCode.FORBIDDEN)


@strawberry.type(description="A value of the input was refused.")
class InvalidInput(Problem):
    """The input is wrong."""

    code: ProblemCode = strawberry.field(description="Always INVALID_INPUT.", default=ProblemCode.INVALID_INPUT)
    path: list[str] = strawberry.field(description=_PATH)


@strawberry.type(description="The catalog has no such milestone.")
class UnknownMilestone(Problem):
    """The milestone does not exist."""

    code: ProblemCode = strawberry.field(description="Always UNKNOWN_MILESTONE.", default=ProblemCode.UNKNOWN_MILESTONE)
    path: list[str] = at("milestone")
    known: list[str] = strawberry.field(description="The keys of the milestones that it has; at most 1,000.")


@strawberry.type(description="The account has not reached the milestone, so it cannot be corrected.")
class MilestoneNotReached(Problem):
    """There is no date to correct."""

    code: ProblemCode = strawberry.field(
        description="Always MILESTONE_NOT_REACHED.", default=ProblemCode.MILESTONE_NOT_REACHED
    )
    path: list[str] = at("milestone")


@strawberry.type(description="The catalog has no such measure.")
class UnknownMeasure(Problem):
    """The measure does not exist."""

    code: ProblemCode = strawberry.field(description="Always UNKNOWN_MEASURE.", default=ProblemCode.UNKNOWN_MEASURE)
    path: list[str] = at("measure")
    known: list[str] = strawberry.field(description="The keys of the measures that it has; at most 1,000.")


@strawberry.type(description="Nobody speaks in the place of the measure or score.")
class NotOverridden(Problem):
    """There is no override to end."""

    code: ProblemCode = strawberry.field(description="Always NOT_OVERRIDDEN.", default=ProblemCode.NOT_OVERRIDDEN)
    account: Account = strawberry.field(description="The account, which is as it was.")


@strawberry.type(description="The clock of the account stands still already.")
class AlreadyPaused(Problem):
    """There is a pause."""

    code: ProblemCode = strawberry.field(description="Always ALREADY_PAUSED.", default=ProblemCode.ALREADY_PAUSED)
    path: list[str] = at("accountId")
    account: Account = strawberry.field(description="The account, which is as it was.")


@strawberry.type(description="The clock of the account goes on already.")
class NotPaused(Problem):
    """There is no pause to end."""

    code: ProblemCode = strawberry.field(description="Always NOT_PAUSED.", default=ProblemCode.NOT_PAUSED)
    path: list[str] = at("accountId")
    account: Account = strawberry.field(description="The account, which is as it was.")


@strawberry.type(description="The account has no such CTA.")
class UnknownCta(Problem):
    """The CTA does not exist."""

    code: ProblemCode = strawberry.field(description="Always UNKNOWN_CTA.", default=ProblemCode.UNKNOWN_CTA)
    path: list[str] = at("ctaId")


@strawberry.type(description="The CTA was closed before, by another command.")
class CtaAlreadyClosed(Problem):
    """The CTA is done."""

    code: ProblemCode = strawberry.field(
        description="Always CTA_ALREADY_CLOSED.", default=ProblemCode.CTA_ALREADY_CLOSED
    )
    path: list[str] = at("ctaId")
    account: Account = strawberry.field(description="The account, which is as it was.")
    cta: Cta = strawberry.field(description="The CTA with the outcome that it has.")


@strawberry.type(description="There is no token with this id.")
class UnknownToken(Problem):
    """The token does not exist."""

    code: ProblemCode = strawberry.field(description="Always UNKNOWN_TOKEN.", default=ProblemCode.UNKNOWN_TOKEN)
    path: list[str] = at("tokenId")


@strawberry.type(description="No machine is published for the segment; the message lists those that there are.")
class MachineNotFound(Problem):
    """The segment does not exist."""

    code: ProblemCode = strawberry.field(description="Always MACHINE_NOT_FOUND.", default=ProblemCode.MACHINE_NOT_FOUND)
    path: list[str] = at("segment")


@strawberry.type(description="The idempotency key was used for another command; take a new one.")
class IdempotencyConflict(Problem):
    """The key is taken."""

    code: ProblemCode = strawberry.field(
        description="Always IDEMPOTENCY_CONFLICT.", default=ProblemCode.IDEMPOTENCY_CONFLICT
    )
    path: list[str] = at("idempotencyKey")


CommonProblem = UnknownAccount | StaleRevision | Forbidden | InvalidInput | IdempotencyConflict
"""What every command on one account may meet."""


def path_of(error: errors.InvalidInput) -> list[str]:
    """Where in the input a refused value stands; services name it by its own name alone, or from the input down."""
    below = error.path.removeprefix("input").lstrip(".")
    return ["input", *(to_camel_case(part) for part in below.split(".") if part)]


def problem_of(error: errors.LifecycleError) -> CommonProblem:
    """
    Turn a rule that the caller broke into a problem.

    Raises:
        LifecycleError: the error itself, where the caller is not at fault.
    """
    match error:
        case errors.UnknownAccount():
            return UnknownAccount(message=error.message)
        case errors.StaleRevision():
            return StaleRevision(message=error.message, expected=error.expected, actual=error.actual)
        case errors.Forbidden():
            return Forbidden(message=error.message)
        case errors.InvalidInput():
            return InvalidInput(message=error.message, path=path_of(error))
        case errors.IdempotencyConflict():
            return IdempotencyConflict(message=error.message)
    raise error
