"""What every mutation on one CTA answers."""

from typing import Annotated, Union, assert_never

import strawberry

from api.context import Info
from api.mutations.inputs import REPLAYED
from api.types.account import Account
from api.types.cta import Cta
from api.types.cta_problems import CtaPlaceTaken
from api.types.history import HistoryRecord
from api.types.problems import (
    CtaAlreadyClosed,
    Forbidden,
    IdempotencyConflict,
    InvalidInput,
    StaleRevision,
    UnknownAccount,
    UnknownCta,
)
from lifecycle_fsm.services import cta_work, ctas


@strawberry.type(description="The CTA is as was asked for.")
class CtaChanged:
    """A CTA that was opened or worked on."""

    account: Account = strawberry.field(description="The account, with what the change set in motion.")
    cta: Cta = strawberry.field(description="The CTA as it is now.")
    records: list[HistoryRecord] = strawberry.field(
        description="The change, then what followed from it, in order; at most 100."
    )
    replayed: bool = strawberry.field(description=REPLAYED)


CtaResult = Annotated[
    Union[  # noqa: UP007 # strawberry names a union by its annotation
        CtaChanged,
        UnknownCta,
        CtaAlreadyClosed,
        CtaPlaceTaken,
        UnknownAccount,
        StaleRevision,
        Forbidden,
        InvalidInput,
        IdempotencyConflict,
    ],
    strawberry.union("CtaResult", description="What became of a CTA."),
]


async def worked(info: Info, command: cta_work.WorkOnCta) -> CtaChanged | UnknownCta | CtaAlreadyClosed | CtaPlaceTaken:
    """Do a deed on a CTA, and say what came of it."""
    outcome = await info.context.change(cta_work.work_on_cta, command)
    match outcome:
        case ctas.CtaMissing():
            return UnknownCta(message="the account has no such CTA; read its `openCtas` again")
        case ctas.CtaAlreadyClosed():
            message = "the CTA is closed; open it again with `reopenCta` to work on it"
            cta = Cta.of(outcome.account.profile.account_id, outcome.cta, outcome.account.as_of)
            return CtaAlreadyClosed(message=message, account=Account(view=outcome.account), cta=cta)
        case cta_work.CtaWorked():
            return changed(outcome)
        case cta_work.PlaceTaken():
            return taken(outcome)
    assert_never(outcome)


def changed(outcome: cta_work.CtaWorked) -> CtaChanged:
    """Show a CTA that was changed."""
    view = outcome.account
    return CtaChanged(
        account=Account(view=view),
        cta=Cta.of(view.profile.account_id, outcome.cta, view.as_of),
        records=[HistoryRecord.of(record) for record in outcome.records],
        replayed=outcome.replayed,
    )


def taken(outcome: cta_work.PlaceTaken) -> CtaPlaceTaken:
    """Show what is in the way of a CTA."""
    view, by = outcome.account, outcome.by
    until = "" if outcome.until is None else f" until {outcome.until.isoformat()}"
    message = f"the CTA {by.title[:100]!r} keeps this place{until}; work on that one instead"
    cta = Cta.of(view.profile.account_id, by, view.as_of)
    return CtaPlaceTaken(message=message, account=Account(view=view), by=cta, until=outcome.until)
