"""Why something did not happen, for an account."""

from datetime import datetime
from typing import Annotated, Union

import strawberry

from api.context import Info
from api.types.alert import AccountAlertLevel
from api.types.cta import Cta
from api.types.history import HistoryRecord
from api.types.pause import AccountPause
from api.types.transition import Transition
from api.types.verdict import Verdict
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.severity import AlertSeverity
from lifecycle_fsm.services import why_not as service
from lifecycle_fsm.services.views import AccountView
from lifecycle_fsm.services.why_not import CtaHindrance, Question


@strawberry.type(description="What the whole guard of one trigger finds.")
class TriggerVerdict:
    """A trigger and its verdict."""

    trigger: str = strawberry.field(description="The trigger; at most 100 characters.")
    verdict: Verdict = strawberry.field(description="Its guard's answer with the reasons.")


@strawberry.type(description="Why a transition was not taken.")
class WhyNoTransition:
    """A transition judged."""

    transition: Transition = strawberry.field(description="The transition.")
    is_in_stage: bool = strawberry.field(description="Whether the account stands where it begins.")
    pause: AccountPause | None = strawberry.field(
        description="The pause that keeps the clock of the stage from going on at the date of the answer, also where "
        "it was written down later; null for none."
    )
    verdicts: list[TriggerVerdict] = strawberry.field(description="The answer for each of its triggers; at most 20.")
    as_of: datetime = strawberry.field(description="The date of the answer.")


@strawberry.type(description="A place in the rules that asks for a CTA.")
class CtaAsker:
    """Who would open it."""

    path: str = strawberry.field(
        description="Where it stands: `alerts.low_usage.open_cta`, `stages.adoption.on_enter`. At most 500 characters."
    )
    verdict: Verdict | None = strawberry.field(
        description="What its condition finds; null where it has none, or leaves from another stage."
    )


@strawberry.type(description="Why no CTA of a template was opened.")
class WhyNoCta:
    """A template judged."""

    template: str = strawberry.field(description="The key of the template; at most 100 characters.")
    hindrance: CtaHindrance = strawberry.field(description="What stands in the way.")
    blocker: Cta | None = strawberry.field(description="The CTA in the way; null for none.")
    until: datetime | None = strawberry.field(description="When it wakes, or when the rest after it ends.")
    asked_by: list[CtaAsker] = strawberry.field(description="What in the rules asks for it; at most 200.")
    suppressions: list[HistoryRecord] = strawberry.field(
        description="The newest records in which it was asked for in vain, newest first; at most 20."
    )
    closing: Verdict | None = strawberry.field(
        description="What the rule finds that closes CTAs of the template; null without such a rule."
    )
    as_of: datetime = strawberry.field(description="The date of the answer.")


@strawberry.type(description="Why an alert is not on.")
class WhyNoAlert:
    """An alert judged."""

    alert: str = strawberry.field(description="The key of the alert; at most 100 characters.")
    is_on: bool = strawberry.field(description="Whether it is on after all.")
    is_watched: bool = strawberry.field(description="Whether it looks at accounts in the present stage.")
    severity: AlertSeverity | None = strawberry.field(description="How grave it is; null while it is not on.")
    levels: list[AccountAlertLevel] = strawberry.field(
        description="What would make it graver, or has done so, by rising severity; at most 3."
    )
    rests_until: datetime | None = strawberry.field(description="Until when it stays silent after it was cleared.")
    verdict: Verdict = strawberry.field(description="What its condition finds.")
    as_of: datetime = strawberry.field(description="The date of the answer.")


@strawberry.type(description="Why data has not dated a milestone.")
class WhyNoMilestone:
    """A milestone judged."""

    milestone: str = strawberry.field(description="The key of the milestone; at most 100 characters.")
    reached_at: datetime | None = strawberry.field(description="Its date, if it has one after all.")
    is_watched: bool = strawberry.field(description="Whether data may date it in the present stage.")
    verdict: Verdict = strawberry.field(description="What its condition finds.")
    as_of: datetime = strawberry.field(description="The date of the answer.")


WhyNot = Annotated[
    Union[WhyNoTransition, WhyNoCta, WhyNoAlert, WhyNoMilestone],  # noqa: UP007 # strawberry names a union by its annotation
    strawberry.union("WhyNot", description="Why something did not happen."),
]


async def why_not(
    info: Info,
    view: AccountView,
    asked: Question,
) -> WhyNoTransition | WhyNoCta | WhyNoAlert | WhyNoMilestone | None:
    """
    Explain what did not happen.

    Raises:
        InvalidInput: the date has no time zone.
    """
    if asked.as_of is not None and asked.as_of.tzinfo is None:
        raise InvalidInput("the date needs a time zone", path="asOf")
    return _shown(await info.context.loaders.why_not.load(asked), view)


def _shown(
    answer: service.Answer | None, view: AccountView
) -> WhyNoTransition | WhyNoCta | WhyNoAlert | WhyNoMilestone | None:
    match answer:
        case None:
            return None
        case service.WhyNoMove():
            assert view.machine is not None
            return WhyNoTransition(
                transition=Transition.of(answer.transition, view.machine),
                is_in_stage=answer.in_stage,
                pause=AccountPause.at(view.profile.account_id, answer.pause, answer.as_of),
                verdicts=[
                    TriggerVerdict(trigger=each.trigger, verdict=Verdict(found=each.verdict))
                    for each in answer.verdicts
                ],
                as_of=answer.as_of,
            )
        case service.WhyNoAlert():
            return WhyNoAlert(
                alert=answer.alert.key,
                is_on=answer.is_on,
                is_watched=answer.is_watched,
                severity=answer.severity,
                levels=list(map(AccountAlertLevel.of, answer.levels)),
                rests_until=answer.rests_until,
                verdict=Verdict(found=answer.verdict),
                as_of=answer.as_of,
            )
        case service.WhyNoMilestone():
            return WhyNoMilestone(
                milestone=answer.milestone,
                reached_at=answer.reached_at,
                is_watched=answer.is_watched,
                verdict=Verdict(found=answer.verdict),
                as_of=answer.as_of,
            )
        case service.WhyNoCta():
            return _no_cta(answer, view)


def _no_cta(answer: service.WhyNoCta, view: AccountView) -> WhyNoCta:
    account_id = view.profile.account_id
    return WhyNoCta(
        template=answer.template.key,
        hindrance=answer.hindrance,
        blocker=None if answer.blocker is None else Cta.of(account_id, answer.blocker, answer.as_of),
        until=answer.until,
        asked_by=[
            CtaAsker(path=each.path, verdict=None if each.verdict is None else Verdict(found=each.verdict))
            for each in answer.askers
        ],
        suppressions=[HistoryRecord.of(record) for record in answer.suppressions],
        closing=None if answer.closing is None else Verdict(found=answer.closing),
        as_of=answer.as_of,
    )
