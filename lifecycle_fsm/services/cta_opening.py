"""A person, or another system, opens a CTA: from a template or freely."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from lifecycle_fsm.domain.access import Actor, Capability, require
from lifecycle_fsm.domain.calendars import WEEKDAYS, Calendar
from lifecycle_fsm.domain.cta import Cta, CtaStatus, CtaTemplate, CtaType, Priority
from lifecycle_fsm.domain.cta_rules import subject_text
from lifecycle_fsm.domain.cta_work import Reference
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.facts import Facts
from lifecycle_fsm.domain.fields import CSM_LEAD_FIELD, Value
from lifecycle_fsm.domain.history import RecordKind
from lifecycle_fsm.domain.intake import take_instant
from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.domain.zones import UTC_ZONE, Zone
from lifecycle_fsm.engine.asked import add_cta
from lifecycle_fsm.engine.opening import NOBODY, Opening, cool_until, new_cta, placed
from lifecycle_fsm.services.commands import Desk, at_desk, command_of
from lifecycle_fsm.services.cta_work import CtaWorked, PlaceTaken, check_link, check_text, parent_key
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.cta_details import put_link
from lifecycle_fsm.store.ids import new_id
from lifecycle_fsm.store.people import load_leads

FREE = "by_hand"
"""The template of CTAs that were opened without one."""
FREE_DUE = timedelta(days=7)
MOST_LINKS = 20


@dataclass(frozen=True, slots=True)
class Subject:
    """What a CTA is about: `contract`, `C-17`."""

    kind: str
    reference: str

    @property
    def text(self) -> str:
        """The subject as it makes part of the identity."""
        return subject_text(self.kind, self.reference)


@dataclass(frozen=True, slots=True)
class OpenCta:
    """
    Ask for a CTA.

    With `template` what is None comes from it; without one `title`, `type` and `reason` are
    needed. `identity` gives a free CTA a place that others may not take; without it, it is
    in nobody's way.
    """

    account_id: UUID
    idempotency_key: str
    template: str | None = None
    title: str | None = None
    type: CtaType | None = None
    reason: str | None = None
    priority: Priority | None = None
    due_at: datetime | None = None
    owner: str | None = None
    subject: Subject | None = None
    identity: str | None = None
    parent: UUID | None = None
    links: tuple[Reference, ...] = ()
    flagged: bool = False
    comment: str | None = None
    expected_revision: int | None = None


@dataclass(frozen=True, slots=True)
class TemplateUnknown:
    """The catalog has no such template; `known` are those that it has."""

    template: str
    known: tuple[str, ...]


OpenOutcome = CtaWorked | PlaceTaken | TemplateUnknown


def open_cta(world: World, actor: Actor, wanted: OpenCta) -> OpenOutcome:
    """
    Open a CTA and evaluate the account at once.

    Raises:
        Forbidden, UnknownAccount, StaleRevision, IdempotencyConflict, InvalidInput: see there.
    """
    require(actor, Capability.WORK_CTAS)
    _check(wanted)

    def work(desk: Desk) -> OpenOutcome:
        before = desk.command_rows((RecordKind.CTA_OPENED,))
        if before:
            opened = next(each for each in desk.reading.lifecycle.ctas if each.cause_key == before[0].subject)
            return CtaWorked(desk.view(), opened, before, replayed=True)
        desk.check_revision()
        templates = desk.world.shelf.catalog(desk.connection).templates
        if wanted.template is not None and wanted.template not in templates:
            return TemplateUnknown(wanted.template, tuple(sorted(templates)))
        return _open(desk, wanted, templates.get(wanted.template or ""))

    return at_desk(world, actor, command_of(wanted), work)


def _open(desk: Desk, wanted: OpenCta, template: CtaTemplate | None) -> OpenOutcome:
    cta = _cta(desk, wanted, template)
    lifecycle = desk.reading.lifecycle
    taken = lifecycle.in_place(cta.identity)
    if taken is not None:
        return PlaceTaken(desk.view(), taken, taken.snoozed_until)
    resting = None if template is None else cool_until(lifecycle, template, cta.identity)
    if resting is not None and resting[0] > desk.as_of:
        return PlaceTaken(desk.view(), resting[1], resting[0])
    step = add_cta(lifecycle, cta, desk.as_of, _typed(wanted))
    records = desk.write([step], wanted.comment)
    assert cta.id is not None
    for link in wanted.links:
        put_link(desk.connection, (wanted.account_id, cta.id), link, desk.actor.name, desk.as_of)
    view = desk.view()
    opened = next(each for each in view.lifecycle.ctas if each.cause_key == cta.cause_key)
    return CtaWorked(view, opened, records, replayed=False)


def _cta(desk: Desk, wanted: OpenCta, template: CtaTemplate | None) -> Cta:
    lifecycle = replace(desk.reading.lifecycle, revision=desk.reading.lifecycle.revision + 1)
    catalog = desk.world.shelf.catalog(desk.connection)
    opening = Opening(lifecycle, catalog, _facts(desk, template), desk.as_of, *days_of(desk))
    base = _free(opening, wanted) if template is None else new_cta(opening, template, template.priority, 0)
    subject = base.subject if wanted.subject is None else wanted.subject.text
    identity = base.identity
    if template is not None and wanted.subject is not None:
        identity = placed(template.identity, subject)
    due_at = _due_at(wanted) or base.due_at
    return replace(
        base,
        id=new_id(to_ms(desk.as_of)),
        title=wanted.title or base.title,
        priority=wanted.priority or base.priority,
        due_at=due_at,
        first_due_at=due_at,
        owner=wanted.owner or base.owner,
        subject=subject,
        identity=identity,
        flagged=wanted.flagged,
        opened_by=desk.actor.name,
        parent=None if wanted.parent is None else parent_key(desk, wanted.parent),
    )


def days_of(desk: Desk) -> tuple[Calendar, Zone]:
    """In which calendar, and where, days are counted for the account."""
    machine = desk.reading.machine
    return (WEEKDAYS, UTC_ZONE) if machine is None else (machine.workdays, machine.zone(desk.reading.facts.values))


def _facts(desk: Desk, template: CtaTemplate | None) -> Facts:
    """What is known of the account, with the lead of its CSM where the template may ask for that one."""
    known, csm = desk.reading.facts, desk.reading.lifecycle.csm
    if template is None or not template.asks_for_lead or csm is None:
        return known
    leads = load_leads(desk.connection, [csm])
    return Facts({**known.values, **({CSM_LEAD_FIELD: leads[csm]} if csm in leads else {})})


def _free(opening: Opening, wanted: OpenCta) -> Cta:
    """A CTA without a template; what is not said is as for any other."""
    assert wanted.title is not None
    assert wanted.type is not None
    assert wanted.reason is not None
    cause_key = f"{opening.lifecycle.revision}.0"
    place = wanted.identity or f"{FREE}:{cause_key}"
    return Cta(
        id=None,
        cause_key=cause_key,
        identity=place if wanted.subject is None else placed(place, wanted.subject.text),
        template=FREE,
        title=wanted.title,
        type=wanted.type,
        reason=wanted.reason,
        priority=wanted.priority or Priority.MEDIUM,
        status=CtaStatus.NEW,
        opened_at=opening.as_of,
        due_at=opening.as_of + FREE_DUE,
        owner=opening.lifecycle.csm or NOBODY,
    )


def _due_at(wanted: OpenCta) -> datetime | None:
    due_at = None if wanted.due_at is None else take_instant(wanted.due_at)
    if wanted.due_at is not None and due_at is None:
        raise InvalidInput("the due date must have a time zone and lie from 1900 to 2200", path="input.dueAt")
    return due_at


def _typed(wanted: OpenCta) -> dict[str, Value]:
    return {} if wanted.title is None else {"cta.title": wanted.title}


def _check(wanted: OpenCta) -> None:
    for name in ("title", "reason", "owner", "identity", "comment"):
        check_text(getattr(wanted, name), name)
    if wanted.template is None:
        for name in ("title", "type", "reason"):
            if getattr(wanted, name) is None:
                raise InvalidInput(f"a CTA without a template needs `{name}`", path=f"input.{name}")
    if wanted.subject is not None:
        check_text(wanted.subject.kind, "subject.kind")
        check_text(wanted.subject.reference, "subject.reference")
    if len(wanted.links) > MOST_LINKS:
        raise InvalidInput(f"{len(wanted.links)} links; expected at most {MOST_LINKS}", path="input.links")
    for index, link in enumerate(wanted.links):
        check_link(link, f"links.{index}.")
