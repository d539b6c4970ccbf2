"""Catalogs back to the words of the language."""

from collections.abc import Mapping

from lifecycle_fsm.definition.calendars import calendar_document
from lifecycle_fsm.definition.catalog import SCHEMA, FactKind
from lifecycle_fsm.definition.document import Document, without_empty
from lifecycle_fsm.definition.measures import OF_FIXED_RANGE, UNBOUNDED
from lifecycle_fsm.definition.render_guard import guard_document, number_text
from lifecycle_fsm.domain.catalog import Catalog, FactSpec, MeasureSpec, MeasureType, Playbook
from lifecycle_fsm.domain.cta import CtaTemplate, Task
from lifecycle_fsm.domain.cta_rules import DueIn, FromDate, OwnerFromFact, OwnerRule, SubjectRule
from lifecycle_fsm.domain.moments import format_duration
from lifecycle_fsm.domain.plan import Completion, Objective, PlanType
from lifecycle_fsm.engine.machine import Derivation


def catalog_document(catalog: Catalog, derivations: Mapping[str, Derivation]) -> dict[str, Document]:
    """The catalog as `catalog.yaml` writes it, with what its derived measures follow from."""
    return without_empty(
        {
            "schema": SCHEMA,
            "measures": {key: _measure(spec, derivations.get(key)) for key, spec in catalog.measures.items()},
            "facts": {key: _fact(spec) for key, spec in catalog.facts.items()},
            "milestones": {key: spec.title for key, spec in catalog.milestones.items()},
            "reasons": dict(catalog.reasons),
            "plans": {key: _plan(kind) for key, kind in catalog.plans.items()},
            "calendars": {key: calendar_document(calendar) for key, calendar in catalog.calendars.items()},
            "playbooks": {key: _playbook(playbook) for key, playbook in catalog.playbooks.items()},
            "templates": {key: _template(template) for key, template in catalog.templates.items()},
        }
    )


def _measure(spec: MeasureSpec, derivation: Derivation | None) -> Document:
    bounded = spec.minimum is not None or spec.maximum is not None
    is_fixed = spec.type in OF_FIXED_RANGE
    # A type has a range of its own, so that none is said where it is open on both sides.
    spoken = bounded or spec.type is not MeasureType.NUMBER or spec.is_derived
    return without_empty(
        {
            "title": spec.title,
            "type": "" if spec.type is MeasureType.NUMBER else spec.type.value,
            "unit": "" if is_fixed else spec.unit,
            "range": [_bound(spec.minimum), _bound(spec.maximum)] if spoken and not is_fixed else [],
            "choices": {word: number_text(score) for word, score in spec.choices},
            "group": spec.group or "",
            "stale_after": _span(spec.stale_after_ms),
            "derived": {} if derivation is None else _derived(derivation),
        }
    )


def _derived(derivation: Derivation) -> Document:
    cases: list[Document] = [
        {"when": guard_document(case.when), "value": number_text(case.value)} for case in derivation.cases
    ]
    otherwise = "" if derivation.otherwise is None else number_text(derivation.otherwise)
    return without_empty({"cases": cases, "otherwise": otherwise})


def _bound(bound: float | None) -> str:
    return UNBOUNDED if bound is None else number_text(bound)


def _span(milliseconds: int | None) -> str:
    return "" if milliseconds is None else format_duration(milliseconds)


def _fact(spec: FactSpec) -> Document:
    kind = next(kind for kind in FactKind if kind.field_kind is spec.kind)
    return without_empty(
        {
            "title": spec.title,
            "kind": kind.value,
            "unit": spec.unit or "",
            "one_of": list(spec.one_of),
            "stale_after": _span(spec.stale_after_ms),
        }
    )


def _playbook(playbook: Playbook) -> Document:
    return {"title": playbook.title, "tasks": [_task(task) for task in playbook.tasks]}


def _task(task: Task) -> Document:
    return without_empty(
        {
            "key": task.key,
            "title": task.title,
            "due_in": DueIn(task.due_in_days, task.business).text,
            "required": "" if task.required else "false",
            "assignee": "" if task.assignee is None else owner_document(task.assignee),
        }
    )


def _template(template: CtaTemplate) -> Document:
    return without_empty(
        {
            "title": template.title,
            "type": template.type.value,
            "reason": template.reason,
            "priority": template.priority.value,
            "due_in": template.due_in.text,
            "due_before": _from_date(template.due_before),
            "due_after": _from_date(template.due_after),
            "owner": _owners(template.owners),
            "fallback": template.fallback_owner or "",
            "identity": template.identity,
            "subject": _subject(template.subject),
            "cool_down": _span(template.cool_down_ms or None),
            "playbook": template.playbook or "",
        }
    )


def _owners(rules: tuple[OwnerRule, ...]) -> Document:
    written = [owner_document(rule) for rule in rules]
    return written[0] if len(written) == 1 else written


def owner_document(rule: OwnerRule) -> Document:
    """One owner rule: a word, a name, or a table that names a fact."""
    return {"fact": rule.fact} if isinstance(rule, OwnerFromFact) else rule


def _from_date(rule: FromDate | None) -> Document:
    return "" if rule is None else {"fact": rule.fact, "by": rule.by.text}


def _subject(rule: SubjectRule | None) -> Document:
    return "" if rule is None else {"kind": rule.kind, "fact": rule.fact}


def _plan(kind: PlanType) -> Document:
    if kind == PlanType(kind.key, kind.title):
        return kind.title
    return without_empty(
        {
            "title": kind.title,
            "due_in": "" if kind.due_in is None else kind.due_in.text,
            "completes": "" if kind.completes is Completion.BY_HAND else kind.completes.value,
            "objectives": [_objective(objective) for objective in kind.objectives],
        }
    )


def _objective(objective: Objective) -> Document:
    return without_empty(
        {
            "cta": objective.template,
            "due_in": "" if objective.due_in is None else objective.due_in.text,
            "required": "" if objective.required else "false",
        }
    )
