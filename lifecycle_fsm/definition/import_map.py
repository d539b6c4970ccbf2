"""Which column of a file becomes what: the mapping that an import of accounts reads by."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.diagnostics import Diagnostic, Findings, nearest
from lifecycle_fsm.definition.nodes import Node, Span, TableNode, TextNode
from lifecycle_fsm.definition.source import read_source
from lifecycle_fsm.definition.tables import Table, read_table
from lifecycle_fsm.definition.values import read_text, read_word
from lifecycle_fsm.definition.vocabulary import report_unknown
from lifecycle_fsm.domain.catalog import Catalog, FactSpec, MeasureSpec
from lifecycle_fsm.domain.fields import Value
from lifecycle_fsm.domain.intake import Refusal, take_fact, take_measure

Spec = TypeVar("Spec", MeasureSpec, FactSpec)
Take = Callable[[Spec, str], Value | Refusal]

SCHEMA = "lifecycle/import/v1"
MAP_KEYS = ("schema", "account", "observed_at", "blank", "delimiter", "measures", "facts")
ACCOUNT_KEYS = ("key", "name", "csm", "stage", "entered_at", "attributes")
COLUMN_KEYS = ("column", "values")
ARGUMENT = "argument"
DELIMITERS: Mapping[str, str] = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}


class Blank(StrEnum):
    """What an empty cell says about a measure or a fact."""

    UNKNOWN = "unknown"
    """The value is not known: that is recorded, and never a zero."""
    KEEP = "keep"
    """Nothing: what was known before stays."""


@dataclass(frozen=True, slots=True)
class Column:
    """
    Name one column of a file, where the mapping names it, and what its texts become.

    Without `values` a text stays as it is. An empty text among them stands for unknown.
    """

    name: str
    span: Span
    values: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class ImportMap:
    """
    Hold the columns that an import reads; what is None is not in the file.

    `observed_at` of None is given as an argument, the same for the whole file.
    """

    key: Column
    name: Column | None
    csm: Column | None
    stage: Column | None
    entered_at: Column | None
    attributes: Mapping[str, Column]
    measures: Mapping[str, Column]
    facts: Mapping[str, Column]
    observed_at: Column | None
    blank: Blank
    delimiter: str

    def columns(self) -> Iterator[Column]:
        """Every use of a column."""
        single = (self.key, self.name, self.csm, self.stage, self.entered_at, self.observed_at)
        yield from (column for column in single if column is not None)
        for group in (self.attributes, self.measures, self.facts):
            yield from group.values()


@dataclass(frozen=True, slots=True)
class ReadMap:
    """What became of a mapping's text; `mapping` is None when a diagnostic is an error."""

    mapping: ImportMap | None
    diagnostics: tuple[Diagnostic, ...]


def read_import_map(file: str, content: bytes, catalog: Catalog) -> ReadMap:
    """Read a mapping whose measures and facts are those of the catalog."""
    findings = Findings()
    root = read_source(file, content, findings)
    mapping = None if root is None else _mapping(root, findings, catalog)
    return ReadMap(None if findings.has_errors else mapping, findings.sorted())


def missing_columns(mapping: ImportMap, header: Sequence[str]) -> tuple[Diagnostic, ...]:
    """Report each column that the mapping names and a file's first line does not."""
    findings = Findings()
    for column in mapping.columns():
        if column.name not in header:
            message = f"the file has no column {column.name!r}; it has: {', '.join(header)}"
            findings.error(Code.UNKNOWN_COLUMN, column.span, message, suggestion=nearest(column.name, header))
    return findings.sorted()


def _mapping(root: Node, findings: Findings, catalog: Catalog) -> ImportMap | None:
    table = read_table(root, findings, "a mapping", MAP_KEYS, required=("schema", "account"))
    if table is None:
        return None
    _check_schema(table)
    account = table.read("account", _account)
    key = None if account is None else account.read("key", _column)
    measures = _described(table, "measures", catalog.measures, Code.UNKNOWN_MEASURE, take_measure)
    facts = _described(table, "facts", catalog.facts, Code.UNKNOWN_FACT, take_fact)
    observed_at, blank, delimiter = (
        table.read("observed_at", _observed_at),
        table.word("blank", Blank),
        _delimiter(table),
    )
    if account is None or key is None:
        return None
    return ImportMap(
        key=key,
        name=account.read("name", _column),
        csm=account.read("csm", _column),
        stage=account.read("stage", _column),
        entered_at=account.read("entered_at", _column),
        attributes=account.read("attributes", _attributes) or {},
        measures=measures,
        facts=facts,
        observed_at=observed_at,
        blank=blank or Blank.UNKNOWN,
        delimiter=delimiter,
    )


def _check_schema(table: Table) -> None:
    node = table.get("schema")
    if node is not None and table.text("schema") not in (SCHEMA, None):
        message = f"this reads {SCHEMA!r} only"
        table.findings.error(Code.UNKNOWN_SCHEMA, node.span, message, suggestion=SCHEMA)


def _account(node: Node, findings: Findings) -> Table | None:
    return read_table(node, findings, "`account`", ACCOUNT_KEYS, required=("key",))


def _attributes(node: Node, findings: Findings) -> dict[str, Column]:
    columns = {key.text: _column(value, findings) for key, value in _entries(node, findings, "`attributes`")}
    return {key: column for key, column in columns.items() if column is not None}


def _described(
    table: Table, section: str, specs: Mapping[str, Spec], unknown: Code, take: Take[Spec]
) -> dict[str, Column]:
    node = table.get(section)
    columns: dict[str, Column] = {}
    for key, value in () if node is None else _entries(node, table.findings, f"`{section}`"):
        if key.text not in specs:
            report_unknown(key.text, specs, unknown, key, table.findings)
            continue
        column = _column(value, table.findings)
        _check_values(value, specs[key.text], take, table.findings)
        if column is not None:
            columns[key.text] = column
    return columns


def _entries(node: Node, findings: Findings, what: str) -> Iterator[tuple[TextNode, Node]]:
    if not isinstance(node, TableNode):
        findings.error(Code.WRONG_TYPE, node.span, f"{what} is a table of names and columns")
        return
    for entry in node.entries:
        if read_text(entry.key, findings) is not None:
            yield entry.key, entry.node


def _column(node: Node, findings: Findings) -> Column | None:
    """A column by its name alone, or a table that also says what its texts become."""
    if isinstance(node, TextNode):
        name = read_text(node, findings)
        return None if name is None else Column(name, node.span)
    table = read_table(node, findings, "a column", COLUMN_KEYS, required=("column",))
    named = None if table is None else table.get("column")
    name = None if named is None else read_text(named, findings)
    if table is None or named is None or name is None:
        return None
    return Column(name, named.span, table.read("values", _values))


def _values(node: Node, findings: Findings) -> dict[str, str] | None:
    if not isinstance(node, TableNode) or not node.entries:
        findings.error(Code.WRONG_TYPE, node.span, "`values` is a table: each text of the file, and what it becomes")
        return None
    values = {}
    for entry in node.entries:
        if isinstance(entry.node, TextNode):
            values[entry.key.text.strip()] = entry.node.text.strip()
        else:
            read_text(entry.node, findings)
    return values


def _check_values(node: Node, spec: Spec, take: Take[Spec], findings: Findings) -> None:
    """Each value of a table is one that an import would let in."""
    values = node.get("values") if isinstance(node, TableNode) else None
    for entry in values.entries if isinstance(values, TableNode) else ():
        if isinstance(entry.node, TextNode):
            taken = take(spec, entry.node.text)
            if isinstance(taken, Refusal):
                suggestion = nearest(entry.node.text, spec.one_of) if isinstance(spec, FactSpec) else None
                findings.error(Code.INVALID_VALUE, entry.node.span, taken.message, suggestion=suggestion)


def _observed_at(node: Node, findings: Findings) -> Column | None:
    if isinstance(node, TextNode) and node.text == ARGUMENT:
        return None
    if isinstance(node, TableNode):
        return _column(node, findings)
    message = "write `argument` for one instant for the whole file, or the column: `{column: Date}`"
    findings.error(Code.INVALID_VALUE, node.span, message)
    return None


def _delimiter(table: Table) -> str:
    word = table.read("delimiter", lambda node, findings: read_word(node, findings, DELIMITERS))
    return DELIMITERS.get(word or "comma", ",")
