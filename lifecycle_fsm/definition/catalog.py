"""`catalog.yaml` to the vocabulary that all segments share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from lifecycle_fsm.definition.calendars import read_calendar
from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.diagnostics import Findings
from lifecycle_fsm.definition.measures import read_derivations, read_measure
from lifecycle_fsm.definition.nodes import Node, TextNode
from lifecycle_fsm.definition.plan_types import read_plan_type
from lifecycle_fsm.definition.scope import Scope
from lifecycle_fsm.definition.scorecards import read_shared
from lifecycle_fsm.definition.tables import Table, named_entries, read_table
from lifecycle_fsm.definition.templates import read_playbook, read_template
from lifecycle_fsm.definition.values import read_duration, read_text
from lifecycle_fsm.definition.vocabulary import HEALTH, Vocabulary
from lifecycle_fsm.domain.article import one
from lifecycle_fsm.domain.catalog import Catalog, FactSpec, MilestoneSpec
from lifecycle_fsm.domain.fields import FieldKind

T = TypeVar("T")

SCHEMA = "lifecycle/v1"
SECTIONS = (
    "measures",
    "facts",
    "milestones",
    "reasons",
    "playbooks",
    "templates",
    "plans",
    "calendars",
    "scorecards",
)
FACT_KEYS = ("title", "kind", "unit", "one_of", "stale_after")


class FactKind(StrEnum):
    """The kinds of facts, in the words of a definition."""

    NUMBER = "number"
    INTEGER = "integer"
    FLAG = "flag"
    DATE = "date"
    INSTANT = "instant"
    TEXT = "text"

    @property
    def field_kind(self) -> FieldKind:
        """How such a fact is stored."""
        return FieldKind.DAY if self is FactKind.DATE else FieldKind(self.value)


def check_schema(table: Table) -> None:
    """Report a `schema` that is not the one understood here."""
    node = table.get("schema")
    if node is not None and table.text("schema") not in (SCHEMA, None):
        message = f"this reads {SCHEMA!r} only"
        table.findings.error(Code.UNKNOWN_SCHEMA, node.span, message, suggestion=SCHEMA)


def compile_catalog(root: Node, findings: Findings) -> Vocabulary:
    """Compile the catalog; what is broken in it is left out and remembered by name."""
    table = read_table(root, findings, "a catalog", ("schema", *SECTIONS), required=("schema",))
    if table is None:
        return Vocabulary(readable=False)
    check_schema(table)
    return _Compiler(table, findings, set()).vocabulary()


@dataclass(frozen=True, slots=True)
class _Compiler:
    """Read section by section, so that later ones find the names of earlier ones."""

    table: Table
    findings: Findings
    broken: set[str]

    def vocabulary(self) -> Vocabulary:
        """Everything that the file says."""
        titles = {section: self._section(section, _title) for section in ("milestones", "reasons")}
        playbooks = self._section("playbooks", read_playbook)
        catalog = Catalog(
            measures=self._section("measures", read_measure),
            facts=self._section("facts", _fact),
            milestones={key: MilestoneSpec(key, title) for key, title in titles["milestones"].items()},
            reasons=titles["reasons"],
            playbooks=playbooks,
            calendars=self._section("calendars", read_calendar),
        )
        so_far = Vocabulary(catalog, frozenset(self.broken))
        templates = self._section("templates", lambda key, node, findings: read_template(key, node, findings, so_far))
        self._report_ambiguous(catalog)
        catalog = replace(catalog, templates=templates)
        known = Vocabulary(catalog, frozenset(self.broken))
        plans = self._section("plans", lambda key, node, findings: read_plan_type(key, node, findings, known))
        return self._completed(Vocabulary(replace(catalog, plans=plans), frozenset(self.broken)))

    def _completed(self, known: Vocabulary) -> Vocabulary:
        """With what is put together from entries of all sections."""
        derivations = read_derivations(self.table.get("measures"), known, self.findings)
        known = replace(known, derivations=derivations)
        scorecards = self._section("scorecards", lambda _, node, findings: read_shared(node, Scope(known, findings)))
        return replace(known, scorecards=scorecards, broken=frozenset(self.broken))

    def _section(self, section: str, read: Callable[[str, Node, Findings], T | None]) -> Mapping[str, T]:
        entries: dict[str, T] = {}
        for key, node in named_entries(self.table.get(section), self.findings, f"the section `{section}`"):
            entry = None if self._is_reserved(section, key) else read(key.text, node, self.findings)
            if entry is None:
                self.broken.add(key.text)
            else:
                entries[key.text] = entry
        return entries

    def _is_reserved(self, section: str, key: TextNode) -> bool:
        if section != "measures" or key.text != HEALTH:
            return False
        self.findings.error(Code.RESERVED_NAME, key.span, f"{HEALTH!r} names the score itself; choose another name")
        return True

    def _report_ambiguous(self, catalog: Catalog) -> None:
        for key, _ in named_entries(self.table.get("milestones"), Findings(), ""):
            if key.text in catalog.facts:
                message = f"{key.text!r} is a fact too, so `days_since` could mean both; rename one of them"
                self.findings.error(Code.AMBIGUOUS_NAME, key.span, message)


def _title(_key: str, node: Node, findings: Findings) -> str | None:
    return read_text(node, findings)


def _fact(key: str, node: Node, findings: Findings) -> FactSpec | None:
    table = read_table(node, findings, "a fact", FACT_KEYS, required=("title", "kind"))
    if table is None:
        return None
    title, kind = table.text("title"), table.word("kind", FactKind)
    words = tuple(read_text(item, findings) for item in table.items("one_of"))
    stale_after = table.read("stale_after", read_duration)
    if title is None or kind is None:
        return None
    if words and kind is not FactKind.TEXT:
        findings.error(Code.WRONG_TYPE, _node(table, "one_of").span, f"`one_of` is for texts; this fact is {one(kind)}")
    known_words = tuple(word for word in words if word is not None)
    return FactSpec(key, title, kind.field_kind, table.text("unit"), known_words, stale_after)


def _node(table: Table, key: str) -> Node:
    node = table.get(key)
    assert node is not None
    return node
