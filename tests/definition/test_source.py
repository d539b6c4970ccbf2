"""Text becomes nodes with places, or one diagnostic that says why not."""

import pytest

from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.diagnostics import Findings
from lifecycle_fsm.definition.nodes import Entry, ListNode, Span, TableNode, TextNode
from lifecycle_fsm.definition.source import MAXIMUM_BYTES, read_source

BOMB = "\n".join(
    ["a: &a [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    + [f"{new}: &{new} [{', '.join(['*' + old] * 9)}]" for old, new in zip("abcdefgh", "bcdefghi", strict=True)]
)


def at(line: int, column: int, end_line: int, end_column: int) -> Span:
    return Span("x.yaml", line, column, end_line, end_column)


def refused(content: bytes) -> tuple[str, int, int]:
    findings = Findings()

    assert read_source("x.yaml", content, findings) is None

    (found,) = findings.sorted()
    return found.code, found.line, found.column


def test_every_node_has_its_place_and_nothing_is_typed() -> None:
    findings = Findings()

    root = read_source("x.yaml", b"on: yes\nlist: [1,\n  0x2]\n\n# end\n", findings)

    numbers = (TextNode("1", at(2, 8, 2, 9)), TextNode("0x2", at(3, 3, 3, 6)))
    assert root == TableNode(
        (
            Entry(TextNode("on", at(1, 1, 1, 3)), TextNode("yes", at(1, 5, 1, 8))),
            Entry(TextNode("list", at(2, 1, 2, 5)), ListNode(numbers, at(2, 7, 3, 7))),
        ),
        at(1, 1, 3, 7),
    )
    assert findings.sorted() == ()


def test_columns_count_characters_not_bytes() -> None:
    findings = Findings()

    read_source("x.yaml", "{größe: 1, größe: 2}".encode(), findings)

    (found,) = findings.sorted()
    assert (found.code, found.span) == (Code.DUPLICATE_KEY, at(1, 12, 1, 17))
    assert found.related[0].span == at(1, 2, 1, 7)


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    root = read_source("x.yaml", b"\xef\xbb\xbfa: b", Findings())

    assert isinstance(root, TableNode)
    assert root.entries[0].key == TextNode("a", at(1, 1, 1, 2))


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        (b"", (Code.EMPTY_FILE, 1, 1)),
        (b"# only a comment\n", (Code.EMPTY_FILE, 2, 1)),
        (b"---\n", (Code.EMPTY_FILE, 1, 1)),
        (b"a: b\nb: \xff\n", (Code.NOT_UTF_8, 2, 4)),
        ("a: ä".encode("utf-16"), (Code.NOT_UTF_8, 1, 1)),
        (b"a: b\n" * (MAXIMUM_BYTES // 5 + 1), (Code.TOO_LARGE, 1, 1)),
        (b"a: " + b"[" * 100_000, (Code.TOO_DEEP, 1, 35)),
        (b"a: [b\nc: d", (Code.SYNTAX_ERROR, 2, 2)),
        (b"a: b\nb: \x07", (Code.SYNTAX_ERROR, 2, 4)),
        (b"a:\n\tb: c", (Code.SYNTAX_ERROR, 2, 1)),
        (b"? [a]\n: b", (Code.SYNTAX_ERROR, 1, 3)),
        (b"a: b\n---\nc: d", (Code.SEVERAL_DOCUMENTS, 2, 1)),
        (b"a: &x b\nc: *x", (Code.ALIAS_REFUSED, 1, 4)),
        (b"a: b\nc: *x", (Code.ALIAS_REFUSED, 2, 4)),
        (b"a: !!python/object/apply:os.system [ls]", (Code.TAG_REFUSED, 1, 4)),
        (b"a: !!int 3", (Code.TAG_REFUSED, 1, 4)),
        (BOMB.encode(), (Code.ALIAS_REFUSED, 1, 4)),
    ],
    ids=lambda case: case[:24] if isinstance(case, bytes) else None,
)
def test_a_text_that_cannot_be_read_has_one_diagnostic(content: bytes, answer: tuple[str, int, int]) -> None:
    assert refused(content) == answer
