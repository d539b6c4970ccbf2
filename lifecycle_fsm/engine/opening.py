"""The CTA that a template describes for one account: its place, its owner, its due dates."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from lifecycle_fsm.domain.calendars import WEEKDAYS, Calendar, add_business_days
from lifecycle_fsm.domain.catalog import Catalog
from lifecycle_fsm.domain.cta import Cta, CtaStatus, CtaTemplate, Priority, Task
from lifecycle_fsm.domain.cta_rules import CSM, CSM_LEAD, DueIn, FromDate, OwnerFromFact, OwnerRule, subject_text
from lifecycle_fsm.domain.facts import Facts
from lifecycle_fsm.domain.fields import CSM_LEAD_FIELD, FieldKind, Value, fact_field
from lifecycle_fsm.domain.lifecycle import Lifecycle
from lifecycle_fsm.domain.moments import DAY_MS, from_day, from_ms, to_day, to_ms
from lifecycle_fsm.domain.zones import UTC_ZONE, Zone

NOBODY = "unassigned"
"""The owner of a CTA that neither the account nor its template names one for."""


@dataclass(frozen=True, slots=True)
class Opening:
    """Where and when a CTA is opened: for which account, on which facts, at which date, in which calendar and zone."""

    lifecycle: Lifecycle
    catalog: Catalog
    facts: Facts
    as_of: datetime
    calendar: Calendar = WEEKDAYS
    zone: Zone = UTC_ZONE

    def value(self, fact: str) -> Value:
        """The value of a fact, None where it is not known or the catalog lacks it."""
        spec = self.catalog.facts.get(fact)
        return None if spec is None else self.facts.values.get(fact_field(fact, spec.kind).key)


def new_cta(opening: Opening, template: CtaTemplate, priority: Priority, index: int) -> Cta:
    """The CTA that a template describes, opened by the effect with this index of the account's next row."""
    owner, due_at = owner_of(opening, template), due_at_of(opening, template)
    return Cta(
        id=None,
        cause_key=f"{opening.lifecycle.revision}.{index}",
        identity=identity_of(opening, template),
        template=template.key,
        title=template.title,
        type=template.type,
        reason=template.reason,
        priority=priority,
        status=CtaStatus.NEW,
        opened_at=opening.as_of,
        due_at=due_at,
        owner=owner,
        playbook=template.playbook,
        tasks=tuple(_dated(opening, task) for task in template.tasks),
        subject=subject_of(opening, template),
        first_due_at=due_at,
    )


def identity_of(opening: Opening, template: CtaTemplate) -> str:
    """The place that a CTA of the template takes: the template's identity, and the subject where it has one."""
    return placed(template.identity, subject_of(opening, template))


def placed(identity: str, subject: str | None) -> str:
    """The place of a CTA about a subject."""
    return identity if subject is None else f"{identity}/{subject}"


def subject_of(opening: Opening, template: CtaTemplate) -> str | None:
    """What the CTA is about; None where the template does not say or the fact is not known."""
    if template.subject is None:
        return None
    reference = opening.value(template.subject.fact)
    return None if reference is None else subject_text(template.subject.kind, str(reference))


def owner_of(opening: Opening, template: CtaTemplate) -> str:
    """The first owner rule that names somebody, else the fallback."""
    named = (_named(opening, rule) for rule in (*template.owners, template.fallback_owner))
    return next((name for name in named if name), NOBODY)


def _named(opening: Opening, rule: OwnerRule | None) -> str | None:
    match rule:
        case OwnerFromFact(fact):
            value = opening.value(fact)
            return value if isinstance(value, str) else None
        case str() if rule == CSM:
            return opening.lifecycle.csm
        case str() if rule == CSM_LEAD:
            lead = opening.facts.values.get(CSM_LEAD_FIELD)
            return lead if isinstance(lead, str) else None
    return rule


def due_at_of(opening: Opening, template: CtaTemplate) -> datetime:
    """The due date: before or after a date fact where that is known and lies ahead, else counted from the opening."""
    for rule, sign in ((template.due_before, -1), (template.due_after, 1)):
        due_at = None if rule is None else _from_date(opening, rule, sign)
        if due_at is not None and due_at > opening.as_of:
            return due_at
    return days_after(opening, opening.as_of, template.due_in)


def _from_date(opening: Opening, rule: FromDate, sign: int) -> datetime | None:
    value, spec = opening.value(rule.fact), opening.catalog.facts.get(rule.fact)
    if not isinstance(value, int) or spec is None:
        return None
    at = from_ms(opening.zone.instant(value * DAY_MS) if spec.kind is FieldKind.DAY else value)
    return days_after(opening, at, DueIn(sign * rule.by.days, rule.by.business))


def _dated(opening: Opening, task: Task) -> Task:
    due_at = days_after(opening, opening.as_of, DueIn(task.due_in_days, task.business))
    return replace(task, due_at=due_at, assignee=_named(opening, task.assignee))


def days_after(opening: Opening, start: datetime, span: DueIn) -> datetime:
    """The same time of day where the account is, so many days later; a negative span counts back."""
    day, rest = divmod(opening.zone.local(to_ms(start)), DAY_MS)
    business = span.business
    last = to_day(add_business_days(opening.calendar, from_day(day), span.days)) if business else day + span.days
    return start + timedelta(milliseconds=opening.zone.instant(last * DAY_MS + rest) - to_ms(start))


def cool_until(lifecycle: Lifecycle, template: CtaTemplate, identity: str) -> tuple[datetime, Cta] | None:
    """Until when the template rests after the CTA that was last closed in its place, and that CTA; None for no rest."""
    closed = [cta for cta in lifecycle.ctas if cta.closed_at is not None and cta.identity == identity]
    if not template.cool_down_ms or not closed:
        return None
    last = max(closed, key=lambda cta: (cta.closed_at or cta.opened_at, cta.opened_seq))
    assert last.closed_at is not None
    return last.closed_at + timedelta(milliseconds=template.cool_down_ms), last
