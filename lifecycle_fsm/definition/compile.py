"""A segment's text to its machine."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from lifecycle_fsm.definition.achievements import read_achievements
from lifecycle_fsm.definition.alerts import read_alerts
from lifecycle_fsm.definition.catalog import check_schema
from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.cta_rules import read_cta_rules
from lifecycle_fsm.definition.diagnostics import Findings
from lifecycle_fsm.definition.guard_text import read_guard
from lifecycle_fsm.definition.migrations import read_arrivals, read_migrations
from lifecycle_fsm.definition.nodes import Node, TableNode
from lifecycle_fsm.definition.paths import parts_under
from lifecycle_fsm.definition.scope import Positions, Scope
from lifecycle_fsm.definition.scorecards import read_scorecard
from lifecycle_fsm.definition.stages import Stages, read_stages, stage_titles, title_of
from lifecycle_fsm.definition.tables import Table, read_table
from lifecycle_fsm.definition.time_zones import in_its_zone, read_time_zone
from lifecycle_fsm.definition.used import used_catalog, used_derivations
from lifecycle_fsm.definition.values import read_duration, read_flag, read_name, read_whole, read_word
from lifecycle_fsm.definition.vocabulary import Vocabulary
from lifecycle_fsm.domain.landing import Landing
from lifecycle_fsm.engine.machine import Assignment, Machine
from lifecycle_fsm.guards.model import Held, SubjectKind

KEYS = (
    "schema",
    "segment",
    "title",
    "rank",
    "applies_to",
    "initial",
    "calendar",
    "time_zone",
    "defaults",
    "scorecard",
    "stages",
    "everywhere",
    "milestones",
    "alerts",
    "ctas",
    "arrivals",
    "migrations",
)
REQUIRED = ("schema", "segment", "applies_to", "initial", "stages")
DEFAULT_RANK = 100

OF_ACCOUNTS = frozenset({SubjectKind.FACT, SubjectKind.DAYS_UNTIL, SubjectKind.DAYS_SINCE})


@dataclass(frozen=True, slots=True)
class Draft:
    """
    A machine without mistakes in names and types, and where its parts are written.

    `migrations` say in which of its stages the accounts of old stages go on; they are no
    part of the version.
    """

    machine: Machine
    positions: Positions
    migrations: Mapping[str, Landing] = field(default_factory=dict)


def compile_segment(root: Node, vocabulary: Vocabulary, findings: Findings) -> Draft | None:
    """Compile one segment; None after a report. The machine has no digest yet."""
    table = read_table(root, findings, "a segment", KEYS, REQUIRED)
    if table is None:
        return None
    check_schema(table)
    scope = Scope(vocabulary, findings, stage_titles(table.get("stages")))
    scope.positions.mark("", root)
    for entry in table.node.entries:
        scope.positions.mark(entry.key.text, entry.node)
    machine, migrations = _machine(table, scope), read_migrations(table.get("migrations"), scope)
    if machine is None or findings.has_errors:
        return None
    machine = in_its_zone(replace(machine, derivations=used_derivations(machine, vocabulary.derivations)))
    complete = replace(machine, catalog=used_catalog(machine, vocabulary.catalog))
    return Draft(complete, scope.positions, migrations)


def _machine(table: Table, scope: Scope) -> Machine | None:
    segment, assignment = table.read("segment", read_name), _assignment(table, scope)
    stages, initial = _stages(table, scope), _of(table, "initial", scope.stage)
    scorecard = read_scorecard(table.get("scorecard"), scope)
    alerts = tuple(read_alerts(table.get("alerts"), scope))
    achievements = tuple(read_achievements(table.get("milestones"), scope))
    cta_rules = tuple(read_cta_rules(table.get("ctas"), scope))
    title, calendar = table.text("title"), _of(table, "calendar", scope.calendar)
    time_zone = read_time_zone(table.get("time_zone"), scope)
    arrivals = read_arrivals(table.get("arrivals"), scope)
    if segment is None or initial is None or stages is None or assignment is None:
        return None
    return Machine(
        segment=segment,
        title=title or title_of(segment),
        initial=initial,
        stages=stages.by_key,
        transitions=stages.transitions,
        scorecard=scorecard,
        catalog=scope.vocabulary.catalog,
        assignment=assignment,
        alerts=alerts,
        cta_rules=cta_rules,
        calendar=calendar,
        time_zone=time_zone,
        arrivals=arrivals,
        achievements=achievements,
    )


def _of(table: Table, key: str, find: Callable[[Node], str | None]) -> str | None:
    node = table.get(key)
    return None if node is None else find(node)


def _stages(table: Table, scope: Scope) -> Stages | None:
    node = table.get("stages")
    assert node is not None
    if isinstance(node, TableNode) and not node.entries:
        scope.findings.error(Code.NO_STAGES, node.span, "a segment needs at least one stage")
        return None
    return read_stages(node, table.get("everywhere"), _default_dwell(table, scope), scope)


def _default_dwell(table: Table, scope: Scope) -> int:
    node = table.get("defaults")
    defaults = None if node is None else read_table(node, scope.findings, "`defaults`", ("unknown", "min_dwell"))
    if defaults is None:
        return 0
    defaults.read("unknown", lambda word, findings: read_word(word, findings, ("hold",)))
    return defaults.read("min_dwell", read_duration) or 0


def _assignment(table: Table, scope: Scope) -> Assignment | None:
    node = table.get("applies_to")
    assert node is not None
    rank = table.read("rank", read_whole)
    rule = read_table(node, scope.findings, "`applies_to`", ("when", "manual"))
    if rule is None:
        return None
    when, manual = rule.get("when"), rule.read("manual", read_flag)
    if (when is None) != (manual is True):
        message = "`applies_to` is either {when: …} or {manual: true}"
        scope.findings.error(Code.MISSING_VALUE if when is None else Code.SEVERAL_SUBJECTS, node.span, message)
        return None
    guard = None if when is None else read_guard(when, scope, "applies_to.when")
    for path, part in parts_under("applies_to.when", guard) if guard is not None else ():
        if isinstance(part, Held):
            message = "a segment is chosen by what is known now; `for` is timed only inside a segment, so leave it out"
            scope.findings.error(Code.WRONG_OPERATOR, scope.positions.span(path), message)
        elif part.subject.kind not in OF_ACCOUNTS:
            message = f"a segment is chosen by facts; {part.subject.title!r} is known only inside a segment"
            scope.findings.error(Code.WRONG_SUBJECT, scope.positions.span(path), message)
    return Assignment(guard, DEFAULT_RANK if rank is None else rank)
