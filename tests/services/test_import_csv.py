"""CSV is read as a stream: every row has its line, and a broken one never spoils the next."""

from io import BytesIO

import pytest

from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.services.importing.csv_rows import LONGEST_ROW, BrokenRow, Row, read_rows
from lifecycle_fsm.services.importing.encoding import check_encoding
from lifecycle_fsm.services.importing.header import read_header


def rows(text: str | bytes, delimiter: str = ",") -> list[Row | BrokenRow]:
    return list(read_rows(BytesIO(text if isinstance(text, bytes) else text.encode()), delimiter))


def test_each_row_has_the_line_in_which_it_begins() -> None:
    found = rows('a,b\n1,"two\nlines"\n\n3,c\r\n4,d')

    assert found == [
        Row(1, ("a", "b")),
        Row(2, ("1", "two\nlines")),
        Row(5, ("3", "c")),
        Row(6, ("4", "d")),
    ]


def test_a_byte_order_mark_is_no_part_of_the_first_column() -> None:
    assert rows(b"\xef\xbb\xbfa,b\n") == [Row(1, ("a", "b"))]


def test_other_delimiters_are_taken_as_they_are_given() -> None:
    assert rows("a;b,c\n", ";") == [Row(1, ("a", "b,c"))]


def test_a_quote_that_is_left_open_breaks_its_own_row_only() -> None:
    found = rows('a,b\n1,"open\n2,b\n3,c\n')

    message = "a quote opens in this row and is closed nowhere in the file"
    assert found == [Row(1, ("a", "b")), BrokenRow(2, message, '1,"open'), Row(3, ("2", "b")), Row(4, ("3", "c"))]


def test_a_quote_in_the_middle_of_a_text_breaks_its_own_row_only() -> None:
    found = rows('1,"q"z\n2,b\n')

    assert found == [BrokenRow(1, "this is not CSV: ',' expected after '\"'", '1,"q"z'), Row(2, ("2", "b"))]


def test_a_row_that_is_too_long_is_left_out_without_being_kept() -> None:
    found = rows(f"a,b\n1,{'x' * (3 * LONGEST_ROW)}\n2,b\n")

    long = "the row is longer than 100,000 characters; is a quote left open in it?"
    assert found == [Row(1, ("a", "b")), BrokenRow(2, long, "1," + "x" * 998), Row(3, ("2", "b"))]


def test_a_file_in_which_every_line_opens_a_quote_is_read_in_bounded_time() -> None:
    found = rows('x","x\n' * 50_000)

    assert {type(row) for row in found} == {BrokenRow}
    assert [row.line for row in found[:101]] == list(range(1, 102))
    assert len(found) == 103


@pytest.mark.parametrize(
    ("content", "path", "message"),
    [
        (b"a\nb\xe9c\n", "x.csv:2", "the byte 0xe9 at place 2 of line 2 is not UTF-8"),
        (b"a\n" * 700_000 + b"\xc3(", "x.csv:700001", "the byte 0xc3 at place 1 of line 700001 is not UTF-8"),
        (b"x" * (1024 * 1024 - 1) + b"\xc3(", "x.csv:1", "the byte 0xc3 at place 1048576 of line 1 is not UTF-8"),
        (b"a\nb\xe2\x82", "x.csv:2", "the byte 0xe2 at place 2 of line 2 is not UTF-8"),
        (
            "a,b\n".encode("utf-16"),
            "x.csv:1",
            "the byte 0xff at place 1 of line 1 is not UTF-8; the file looks like UTF-16",
        ),
    ],
)
def test_a_file_that_is_not_utf_8_is_refused_with_its_line_and_byte(content: bytes, path: str, message: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_encoding(BytesIO(content), "x.csv")

    assert refused.value.path == path
    assert refused.value.message == f"{message}; save the file as CSV with UTF-8 encoding"


def test_a_checked_file_is_rewound_and_has_its_size() -> None:
    stream = BytesIO("ä\n".encode())

    assert check_encoding(stream, "x.csv") == 3
    assert stream.tell() == 0


@pytest.mark.parametrize(
    ("text", "path", "message"),
    [
        ("", "x.csv", "the file is empty; expected a first line with the names of the columns"),
        ("\n\n", "x.csv", "the file is empty; expected a first line with the names of the columns"),
        ("a,b,a\n", "x.csv:1", "the column 'a' stands twice, as columns 1 and 3; rename one of them"),
        (
            'a,"b\n',
            "x.csv:1",
            "the names of the columns cannot be read: a quote opens in this row and is closed nowhere in the file",
        ),
    ],
)
def test_a_file_needs_a_first_line_that_names_each_column_once(text: str, path: str, message: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_header(iter(rows(text)), "x.csv")

    assert (refused.value.path, refused.value.message) == (path, message)


def test_columns_without_a_name_are_no_mistake() -> None:
    assert read_header(iter(rows(" a ,,\n")), "x.csv") == ("a", "", "")
