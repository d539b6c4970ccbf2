"""CTA templates and playbooks of a catalog."""

from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.diagnostics import Findings
from lifecycle_fsm.definition.nodes import Node
from lifecycle_fsm.definition.owners import read_from_date, read_owners, read_subject
from lifecycle_fsm.definition.tables import Table, read_table
from lifecycle_fsm.definition.values import read_due, read_duration, read_flag, read_name
from lifecycle_fsm.definition.vocabulary import Vocabulary
from lifecycle_fsm.domain.catalog import Playbook
from lifecycle_fsm.domain.cta import CtaTemplate, CtaType, Priority, Task

TEMPLATE_KEYS = (
    "title",
    "type",
    "reason",
    "priority",
    "due_in",
    "due_before",
    "due_after",
    "owner",
    "fallback",
    "identity",
    "subject",
    "cool_down",
    "playbook",
)
TASK_KEYS = ("key", "title", "due_in", "required", "assignee")


def read_playbook(key: str, node: Node, findings: Findings) -> Playbook | None:
    """A playbook with its tasks in the order of the text."""
    table = read_table(node, findings, "a playbook", ("title", "tasks"), required=("title", "tasks"))
    if table is None:
        return None
    title = table.text("title")
    nodes = table.items("tasks")
    tasks = tuple(_task(node, findings) for node in nodes)
    _report_twice(nodes, tasks, findings)
    if title is None:
        return None
    return Playbook(key, title, tuple(task for task in tasks if task is not None))


def _task(node: Node, findings: Findings) -> Task | None:
    table = read_table(node, findings, "a task", TASK_KEYS, required=("key", "title", "due_in"))
    if table is None:
        return None
    key, title, due = table.read("key", read_name), table.text("title"), table.read("due_in", read_due)
    required, assignee = table.read("required", read_flag), table.text("assignee")
    if key is None or title is None or due is None:
        return None
    return Task(key, title, due.days, required is not False, due.business, assignee)


def _report_twice(nodes: tuple[Node, ...], tasks: tuple[Task | None, ...], findings: Findings) -> None:
    seen: set[str] = set()
    for node, task in zip(nodes, tasks, strict=True):
        if task is not None and task.key in seen:
            findings.error(Code.DUPLICATE_KEY, node.span, f"the playbook has two tasks {task.key!r}")
        seen |= {task.key} if task is not None else set()


def read_template(key: str, node: Node, findings: Findings, vocabulary: Vocabulary) -> CtaTemplate | None:
    """A CTA template; its tasks are those of its playbook."""
    required = ("title", "type", "reason", "priority", "due_in", "owner")
    table = read_table(node, findings, "a CTA template", TEMPLATE_KEYS, required)
    if table is None:
        return None
    title, due = table.text("title"), table.read("due_in", read_due)
    kind, priority = table.word("type", CtaType), table.word("priority", Priority)
    reason, playbook = _reason(table, vocabulary), _playbook(table, vocabulary)
    owners = read_owners(table.get("owner"), vocabulary, findings)
    _refuse_two_dates(table)
    if title is None or not owners or due is None or kind is None or priority is None or reason is None:
        return None
    return CtaTemplate(
        key=key,
        title=title,
        type=kind,
        reason=reason,
        priority=priority,
        due_in=due,
        owners=owners,
        fallback_owner=table.text("fallback"),
        identity=table.text("identity") or f"{kind}:{reason}",
        playbook=playbook.key if playbook is not None else None,
        tasks=playbook.tasks if playbook is not None else (),
        due_before=read_from_date("due_before", table, vocabulary),
        due_after=read_from_date("due_after", table, vocabulary),
        subject=read_subject(table.get("subject"), vocabulary, findings),
        cool_down_ms=table.read("cool_down", read_duration) or 0,
    )


def _refuse_two_dates(table: Table) -> None:
    node = table.get("due_after")
    if node is not None and table.get("due_before") is not None:
        message = "a CTA is due before a date or after one; `due_before` stands here already"
        table.findings.error(Code.INVALID_VALUE, node.span, message)


def _reason(table: Table, vocabulary: Vocabulary) -> str | None:
    node = table.get("reason")
    assert node is not None
    reasons = {key: key for key in vocabulary.catalog.reasons}
    return vocabulary.look_up(reasons, Code.UNKNOWN_REASON, node, table.findings)


def _playbook(table: Table, vocabulary: Vocabulary) -> Playbook | None:
    node = table.get("playbook")
    if node is None:
        return None
    return vocabulary.look_up(vocabulary.catalog.playbooks, Code.UNKNOWN_PLAYBOOK, node, table.findings)
