"""Mutation `openCta`: a person or another system opens a CTA."""

from datetime import datetime
from typing import Annotated, Union, assert_never

import strawberry

from api.context import Info
from api.ids import account_of, cta_of
from api.mutations.answer import answered
from api.mutations.cta_answer import CtaChanged, changed, taken
from api.mutations.inputs import COMMENT, KEY, REVISION
from api.resolvers import resolved
from api.types.cta_input import CtaLinkInput, CtaSubjectInput
from api.types.cta_problems import CtaPlaceTaken, UnknownTemplate
from api.types.problems import Forbidden, IdempotencyConflict, InvalidInput, StaleRevision, UnknownAccount
from lifecycle_fsm.domain.cta import CtaType, Priority
from lifecycle_fsm.domain.cta_work import Reference
from lifecycle_fsm.services import cta_opening, cta_work


@strawberry.input(description="Which CTA to open; with a template, what is left out comes from it.")
class OpenCtaInput:
    """A command to open."""

    account_id: strawberry.ID = strawberry.field(description="The account's id; at most 500 characters.")
    idempotency_key: str = strawberry.field(description=KEY)
    template: str | None = strawberry.field(
        default=None,
        description="The key of a template; without one `title`, `type` and `reason` are needed. "
        "At most 100 characters.",
    )
    title: str | None = strawberry.field(default=None, description="What it asks for; 1 to 500 printable characters.")
    type: CtaType | None = strawberry.field(default=None, description="Its family; a template has its own.")
    reason: str | None = strawberry.field(default=None, description="Why; 1 to 500 characters. A template has its own.")
    priority: Priority | None = strawberry.field(default=None, description="How urgent it is; MEDIUM for a free one.")
    due_at: datetime | None = strawberry.field(default=None, description="When it is due; in 7 days for a free one.")
    owner: str | None = strawberry.field(
        default=None, description="Who works it; the CSM for a free one. 1 to 500 characters."
    )
    subject: CtaSubjectInput | None = strawberry.field(default=None, description="What it is about.")
    identity: str | None = strawberry.field(
        default=None,
        description="Gives a free CTA a place that only one may have at a time; left out, it is in nobody's way. "
        "1 to 500 characters.",
    )
    parent_id: strawberry.ID | None = strawberry.field(
        default=None, description="The id of another CTA of the account that it belongs to; at most 500 characters."
    )
    links: list[CtaLinkInput] | None = strawberry.field(default=None, description="What it is linked to; at most 20.")
    is_flagged: bool = strawberry.field(default=False, description="Whether to keep an eye on it.")
    expected_revision: int | None = strawberry.field(default=None, description=REVISION)
    comment: str | None = strawberry.field(default=None, description=COMMENT)


OpenCtaResult = Annotated[
    Union[  # noqa: UP007 # strawberry names a union by its annotation
        CtaChanged,
        CtaPlaceTaken,
        UnknownTemplate,
        UnknownAccount,
        StaleRevision,
        Forbidden,
        InvalidInput,
        IdempotencyConflict,
    ],
    strawberry.union("OpenCtaResult", description="What became of a CTA that was asked for."),
]


@strawberry.type
class OpenCta:
    """Field of the mutation root."""

    @resolved("Open a CTA for an account, from a template or freely, unless its place is taken.")
    async def open_cta(
        self,
        info: Info,
        given: Annotated[OpenCtaInput, strawberry.argument(name="input", description="The command.")],
    ) -> OpenCtaResult:
        """Open it, and say what came of it."""
        return await answered(_open(info, given))


async def _open(info: Info, given: OpenCtaInput) -> CtaChanged | CtaPlaceTaken | UnknownTemplate:
    outcome = await info.context.change(cta_opening.open_cta, _command(given))
    match outcome:
        case cta_work.CtaWorked():
            return changed(outcome)
        case cta_work.PlaceTaken():
            return taken(outcome)
        case cta_opening.TemplateUnknown():
            message = f"the catalog has no template {outcome.template[:100]!r}; `known` lists those that it has"
            return UnknownTemplate(message=message, known=list(outcome.known))
    assert_never(outcome)


def _command(given: OpenCtaInput) -> cta_opening.OpenCta:
    subject = given.subject
    return cta_opening.OpenCta(
        account_id=account_of(given.account_id, "input.accountId"),
        idempotency_key=given.idempotency_key,
        template=given.template,
        title=given.title,
        type=given.type,
        reason=given.reason,
        priority=given.priority,
        due_at=given.due_at,
        owner=given.owner,
        subject=None if subject is None else cta_opening.Subject(subject.kind, subject.reference),
        identity=given.identity,
        parent=None if given.parent_id is None else cta_of(given.parent_id, "input.parentId")[1],
        links=tuple(Reference(each.kind, each.reference, each.title, each.url) for each in given.links or ()),
        flagged=given.is_flagged,
        comment=given.comment,
        expected_revision=given.expected_revision,
    )
