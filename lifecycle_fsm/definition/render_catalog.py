"""Catalogs back to the words of the language."""

from lifecycle_fsm.definition.catalog import SCHEMA, UNBOUNDED, FactKind
from lifecycle_fsm.definition.document import Document, without_empty
from lifecycle_fsm.definition.render_guard import number_text
from lifecycle_fsm.domain.catalog import Catalog, FactSpec, MeasureSpec, Playbook
from lifecycle_fsm.domain.cta import CtaTemplate, Task
from lifecycle_fsm.domain.moments import format_duration


def catalog_document(catalog: Catalog) -> dict[str, Document]:
    """The catalog as `catalog.yaml` writes it."""
    return without_empty(
        {
            "schema": SCHEMA,
            "measures": {key: _measure(spec) for key, spec in catalog.measures.items()},
            "facts": {key: _fact(spec) for key, spec in catalog.facts.items()},
            "milestones": {key: spec.title for key, spec in catalog.milestones.items()},
            "reasons": dict(catalog.reasons),
            "plans": dict(catalog.plans),
            "playbooks": {key: _playbook(playbook) for key, playbook in catalog.playbooks.items()},
            "templates": {key: _template(template) for key, template in catalog.templates.items()},
        }
    )


def _measure(spec: MeasureSpec) -> Document:
    bounded = spec.minimum is not None or spec.maximum is not None
    return without_empty(
        {
            "title": spec.title,
            "unit": spec.unit,
            "range": [_bound(spec.minimum), _bound(spec.maximum)] if bounded else [],
            "group": spec.group or "",
            "stale_after": _span(spec.stale_after_ms),
        }
    )


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
    required = "" if task.required else "false"
    return without_empty({"key": task.key, "title": task.title, "due_in": f"{task.due_in_days}d", "required": required})


def _template(template: CtaTemplate) -> Document:
    return without_empty(
        {
            "title": template.title,
            "type": template.type.value,
            "reason": template.reason,
            "priority": template.priority.value,
            "due_in": f"{template.due_in_days}d",
            "owner": template.owner,
            "fallback": template.fallback_owner or "",
            "identity": template.identity,
            "playbook": template.playbook or "",
        }
    )
