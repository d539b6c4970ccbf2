"""Text to nodes: YAML without implicit types, aliases or tags, and with the place of everything."""

import re
from collections.abc import Callable

import yaml

from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.diagnostics import Findings, Related
from lifecycle_fsm.definition.nodes import Entry, ListNode, Node, Span, TableNode, TextNode

MAXIMUM_BYTES = 1024 * 1024
MAXIMUM_DEPTH = 32
LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Stopped(Exception):
    """The text cannot be read any further; what is wrong has been noted."""


def read_source(file: str, content: bytes, findings: Findings) -> Node | None:
    """
    Read one file; None when it could not be read, with one diagnostic that says why.

    Nothing is built from aliases, so that a small file cannot grow into a large tree.
    """
    text = _decode(file, content, findings)
    if text is None:
        return None
    try:
        return _Reading(file, text, findings).document()
    except _Stopped:
        return None
    except yaml.YAMLError as error:
        findings.error(Code.SYNTAX_ERROR, *_place_and_problem(file, text, error))
        return None


def _decode(file: str, content: bytes, findings: Findings) -> str | None:
    if len(content) > MAXIMUM_BYTES:
        message = f"the file has more than the {MAXIMUM_BYTES:,} bytes that are read; make it smaller"
        findings.error(Code.TOO_LARGE, Span(file, 1, 1, 1, 1), message)
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        span = _span_at(file, content[: error.start].decode("utf-8-sig", "replace"))
        found = f"0x{content[error.start]:02x}"
        findings.error(Code.NOT_UTF_8, span, f"the byte {found} is not UTF-8; save the file with UTF-8 encoding")
        return None


def _span_at(file: str, before: str) -> Span:
    lines = LINE_BREAK.split(before)
    line, column = len(lines), len(lines[-1]) + 1
    return Span(file, line, column, line, column + 1)


def _place_and_problem(file: str, text: str, error: yaml.YAMLError) -> tuple[Span, str]:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        mark = error.problem_mark
        span = Span(file, mark.line + 1, mark.column + 1, mark.line + 1, mark.column + 2)
        context = f" {error.context}" if error.context else ""
        return span, f"this is not YAML: {error.problem}{context}"
    match = re.search("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", text)
    return _span_at(file, text[: match.start()] if match else ""), "a control character stands here; delete it"


class _Reading:
    """Build the nodes of one text from the parser's events, in one pass."""

    def __init__(self, file: str, text: str, findings: Findings) -> None:
        self._file = file
        self._findings = findings
        self._depth = 0
        self._next: Callable[[], yaml.Event] = _Loader(text).get_event

    def document(self) -> Node:
        """The only document of the file."""
        self._next()
        first = self._next()
        if isinstance(first, yaml.StreamEndEvent):
            raise self._stop(Code.EMPTY_FILE, first, "the file is empty")
        root = self._node(self._next())
        self._next()
        following = self._next()
        if not isinstance(following, yaml.StreamEndEvent):
            message = "a second document starts here; write one document to a file"
            raise self._stop(Code.SEVERAL_DOCUMENTS, following, message)
        if isinstance(root, TextNode) and not root.text:
            raise self._stop(Code.EMPTY_FILE, first, "the file is empty")
        return root

    def _node(self, event: yaml.Event) -> Node:
        assert isinstance(event, yaml.NodeEvent)
        if event.anchor is not None or getattr(event, "tag", None) is not None:
            raise self._refused(event)
        if isinstance(event, yaml.ScalarEvent):
            return TextNode(event.value, self._span(event))
        self._depth += 1
        if self._depth > MAXIMUM_DEPTH:
            raise self._stop(Code.TOO_DEEP, event, f"this is nested more than {MAXIMUM_DEPTH} levels deep")
        node = self._list(event) if isinstance(event, yaml.SequenceStartEvent) else self._table(event)
        self._depth -= 1
        return node

    def _refused(self, event: yaml.NodeEvent) -> _Stopped:
        if event.anchor is not None:
            message = "anchors (&) and aliases (*) are not part of the language; write the value out, or quote it"
            return self._stop(Code.ALIAS_REFUSED, event, message)
        return self._stop(Code.TAG_REFUSED, event, "tags (!) are not part of the language; delete it, or quote it")

    def _list(self, start: yaml.Event) -> ListNode:
        items: list[Node] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            items.append(self._node(event))
        return ListNode(tuple(items), self._whole(start, event, items[-1] if items else None))

    def _table(self, start: yaml.Event) -> TableNode:
        entries: dict[str, Entry] = {}
        last: Node | None = None
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key = self._key(event)
            last = self._node(self._next())
            if key.text in entries:
                self._report_duplicate(key, entries[key.text].key)
            else:
                entries[key.text] = Entry(key, last)
        return TableNode(tuple(entries.values()), self._whole(start, event, last))

    def _key(self, event: yaml.Event) -> TextNode:
        key = self._node(event)
        if not isinstance(key, TextNode):
            raise self._stop(Code.SYNTAX_ERROR, event, "a key is a text; here stands a list or a table")
        return key

    def _report_duplicate(self, key: TextNode, first: TextNode) -> None:
        message = f"the key {key.text!r} stands twice in this table"
        self._findings.error(Code.DUPLICATE_KEY, key.span, message, related=(Related("first here", first.span),))

    def _whole(self, start: yaml.Event, end: yaml.Event, last: Node | None) -> Span:
        """The span of a collection; a block ends with its last node, not with the blank lines after it."""
        first = self._span(start)
        ending = self._span(end) if last is None or getattr(start, "flow_style", None) else last.span
        return Span(self._file, first.line, first.column, ending.end_line, ending.end_column)

    def _span(self, event: yaml.Event) -> Span:
        start, end = event.start_mark, event.end_mark
        assert start is not None
        assert end is not None
        return Span(self._file, start.line + 1, start.column + 1, end.line + 1, end.column + 1)

    def _stop(self, code: Code, event: yaml.Event, message: str) -> _Stopped:
        self._findings.error(code, self._span(event), message)
        return _Stopped()
