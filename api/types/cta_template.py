"""What CTAs and success plans are opened from: templates, playbooks, plan types."""

from datetime import timedelta

import strawberry

from lifecycle_fsm.domain import catalog, cta, plan
from lifecycle_fsm.domain.cta import CtaType, Priority
from lifecycle_fsm.domain.cta_rules import OwnerFromFact, OwnerRule


@strawberry.type(description="One step of a playbook.")
class PlaybookTask:
    """A prescribed task."""

    key: str = strawberry.field(description="Names it in its playbook; at most 100 characters.")
    title: str = strawberry.field(description="What is to be done; at most 200 characters.")
    due_in: str = strawberry.field(description="Days from the CTA's opening, `5d` or `3bd`; at most 10 characters.")
    is_required: bool = strawberry.field(description="Whether the CTA counts on it.")
    assignee: str | None = strawberry.field(
        description="Who is to do it: `csm`, `csm_lead` or a name; null for the owner. At most 200 characters."
    )

    @classmethod
    def of(cls, task: cta.Task) -> "PlaybookTask":
        """Show a task."""
        due_in = f"{task.due_in_days}{'bd' if task.business else 'd'}"
        assignee = None if task.assignee is None else owner_text(task.assignee)
        return cls(key=task.key, title=task.title, due_in=due_in, is_required=task.required, assignee=assignee)


@strawberry.type(description="A prescribed list of tasks.")
class Playbook:
    """A playbook."""

    key: str = strawberry.field(description="Names it; at most 100 characters.")
    title: str = strawberry.field(description="Its name for people; at most 200 characters.")
    tasks: list[PlaybookTask] = strawberry.field(description="Its tasks in their order; at most 100.")

    @classmethod
    def of(cls, playbook: catalog.Playbook) -> "Playbook":
        """Show a playbook."""
        tasks = [PlaybookTask.of(task) for task in playbook.tasks]
        return cls(key=playbook.key, title=playbook.title, tasks=tasks)


@strawberry.type(description="What a CTA is opened from.")
class CtaTemplate:
    """A template."""

    key: str = strawberry.field(description="Names it; at most 100 characters.")
    title: str = strawberry.field(description="What its CTAs ask for; at most 200 characters.")
    type: CtaType = strawberry.field(description="The family of its CTAs.")
    reason: str = strawberry.field(description="The key of the reason; at most 100 characters.")
    priority: Priority = strawberry.field(description="How urgent its CTAs are.")
    due_in: str = strawberry.field(description="Days from the opening, `14d` or `10bd`; at most 10 characters.")
    due_before: str | None = strawberry.field(
        description="Days before a date fact that count instead where it lies ahead: `30d before account.renewal_on`. "
        "At most 200 characters."
    )
    due_after: str | None = strawberry.field(
        description="Days after a date fact that count instead where that day lies ahead: `14d after contract_start`. "
        "At most 200 characters."
    )
    owners: list[str] = strawberry.field(
        description="Who is asked in turn: `csm`, `csm_lead`, `fact:` with a key, or a name; the fallback last. "
        "At most 20."
    )
    identity: str = strawberry.field(description="The place of its CTAs; at most 200 characters.")
    subject: str | None = strawberry.field(
        description="What its CTAs are about: `contract from contract.number`. At most 200 characters."
    )
    cool_down: timedelta | None = strawberry.field(description="How long its place rests after a closing.")
    playbook: str | None = strawberry.field(description="The key of its playbook; at most 100 characters.")

    @classmethod
    def of(cls, template: cta.CtaTemplate) -> "CtaTemplate":
        """Show a template."""
        before, after = template.due_before, template.due_after
        subject, fallback = template.subject, template.fallback_owner
        rest = timedelta(milliseconds=template.cool_down_ms)
        return cls(
            key=template.key,
            title=template.title,
            type=template.type,
            reason=template.reason,
            priority=template.priority,
            due_in=template.due_in.text,
            due_before=None if before is None else f"{before.by.text} before {before.fact}",
            due_after=None if after is None else f"{after.by.text} after {after.fact}",
            owners=[owner_text(rule) for rule in (*template.owners, *([fallback] if fallback else []))],
            identity=template.identity,
            subject=None if subject is None else f"{subject.kind} from {subject.fact}",
            cool_down=rest or None,
            playbook=template.playbook,
        )


@strawberry.type(description="One objective of a type of success plan.")
class PlannedObjective:
    """An objective."""

    template: str = strawberry.field(description="The key of the CTA template; at most 100 characters.")
    due_in: str | None = strawberry.field(
        description="Days from the day on which the plan becomes active; null where the template decides. "
        "At most 10 characters."
    )
    is_required: bool = strawberry.field(description="Whether the plan counts on it.")


@strawberry.type(description="What a success plan is opened from.")
class SuccessPlanType:
    """A type of plans."""

    key: str = strawberry.field(description="Names it; at most 100 characters.")
    title: str = strawberry.field(description="Its name for people; at most 200 characters.")
    due_in: str | None = strawberry.field(
        description="Days from the day on which the plan becomes active; null for no date. At most 10 characters."
    )
    completes_itself: bool = strawberry.field(
        description="Whether its plans are completed once all required objectives are closed with success."
    )
    objectives: list[PlannedObjective] = strawberry.field(description="Its objectives in their order; at most 100.")

    @classmethod
    def of(cls, kind: plan.PlanType) -> "SuccessPlanType":
        """Show a type."""
        return cls(
            key=kind.key,
            title=kind.title,
            due_in=None if kind.due_in is None else kind.due_in.text,
            completes_itself=kind.completes is plan.Completion.WITH_OBJECTIVES,
            objectives=[
                PlannedObjective(
                    template=each.template,
                    due_in=None if each.due_in is None else each.due_in.text,
                    is_required=each.required,
                )
                for each in kind.objectives
            ],
        )


def owner_text(rule: OwnerRule) -> str:
    """An owner rule as one text."""
    return f"fact:{rule.fact}" if isinstance(rule, OwnerFromFact) else rule
