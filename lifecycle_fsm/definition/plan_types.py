"""Types of success plans of a catalog."""

from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.diagnostics import Findings
from lifecycle_fsm.definition.nodes import Node, TableNode
from lifecycle_fsm.definition.tables import Table, read_table
from lifecycle_fsm.definition.values import read_due, read_flag, read_text
from lifecycle_fsm.definition.vocabulary import Vocabulary
from lifecycle_fsm.domain.article import one
from lifecycle_fsm.domain.cta import CtaType
from lifecycle_fsm.domain.plan import Completion, Objective, PlanType

PLAN_KEYS = ("title", "due_in", "completes", "objectives")
OBJECTIVE_KEYS = ("cta", "due_in", "required")


def read_plan_type(key: str, node: Node, findings: Findings, vocabulary: Vocabulary) -> PlanType | None:
    """A title alone, or a table with objectives."""
    if not isinstance(node, TableNode):
        title = read_text(node, findings)
        return None if title is None else PlanType(key, title)
    table = read_table(node, findings, "a success plan", PLAN_KEYS, required=("title",))
    if table is None:
        return None
    title, completes = table.text("title"), table.word("completes", Completion)
    due, nodes = table.read("due_in", read_due), table.items("objectives")
    objectives = tuple(_objective(item, findings, vocabulary) for item in nodes)
    _report_twice(nodes, objectives, findings)
    _refuse_empty(table, completes, objectives)
    if title is None:
        return None
    known = tuple(objective for objective in objectives if objective is not None)
    return PlanType(key, title, due, completes or Completion.BY_HAND, known)


def _objective(node: Node, findings: Findings, vocabulary: Vocabulary) -> Objective | None:
    table = read_table(node, findings, "an objective", OBJECTIVE_KEYS, required=("cta",))
    named = None if table is None else table.get("cta")
    if table is None or named is None:
        return None
    template = vocabulary.look_up(vocabulary.catalog.templates, Code.UNKNOWN_TEMPLATE, named, findings)
    due, required = table.read("due_in", read_due), table.read("required", read_flag)
    if template is not None and template.type is not CtaType.OBJECTIVE:
        message = f"an objective needs a template of the type `objective`; {template.key!r} is {one(template.type)}"
        findings.error(Code.WRONG_SUBJECT, named.span, message)
    return None if template is None else Objective(template.key, due, required is not False)


def _report_twice(nodes: tuple[Node, ...], objectives: tuple[Objective | None, ...], findings: Findings) -> None:
    seen: set[str] = set()
    for node, objective in zip(nodes, objectives, strict=True):
        if objective is not None and objective.template in seen:
            message = f"the plan has two objectives {objective.template!r}"
            findings.error(Code.DUPLICATE_KEY, node.span, message)
        seen |= {objective.template} if objective is not None else set()


def _refuse_empty(table: Table, completes: Completion | None, objectives: tuple[Objective | None, ...]) -> None:
    node = table.get("completes")
    if node is None or completes is not Completion.WITH_OBJECTIVES:
        return
    if not any(objective is None or objective.required for objective in objectives):
        message = "a plan that is completed with its objectives needs at least one that is required"
        table.findings.error(Code.MISSING_VALUE, node.span, message)
