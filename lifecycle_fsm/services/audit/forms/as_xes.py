r"""
History as XES (IEEE 1849-2016), for process mining: an account is a trace, a row an event.

An event has the standard's attributes (`concept:name`, `time:timestamp`, `org:resource`,
`lifecycle:transition`) and every field of the row under its own name. XML cannot say every
character: a backslash is written twice, and what XML forbids as `\uXXXX`.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC
from itertools import groupby
from pathlib import Path
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from lifecycle_fsm.domain.moments import from_ms
from lifecycle_fsm.services.audit.forms.record import COLUMNS, NUMBERS, Record, Value, typed

_PIECE = 1 << 16
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff\\\\]")
_ESCAPE = re.compile(r"\\(?:\\|u([0-9a-f]{4}))")
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849.2016" xes.features="" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
<extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
<global scope="trace"><string key="concept:name" value=""/></global>
<global scope="event"><string key="concept:name" value=""/>\
<date key="time:timestamp" value="1970-01-01T00:00:00.000+00:00"/>\
<string key="lifecycle:transition" value="complete"/></global>
<classifier name="What happened" keys="concept:name"/>
<classifier name="Stage" keys="to_stage"/>
<string key="lifecycle:model" value="standard"/>
"""


def write_xes(records: Iterable[Record], path: Path) -> None:
    """Write records that stand by account."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(_HEAD)
        for account_id, rows in groupby(records, lambda record: record["account_id"]):
            file.write(f"<trace>{_string('concept:name', account_id)}\n")
            file.writelines(map(_event, rows))
            file.write("</trace>\n")
        file.write("</log>\n")


def read_xes(path: Path) -> Iterator[Record]:
    """
    Read records as they were written; entities are refused.

    Raises:
        ValueError: the file is none of ours.
    """
    reader = _Reader()
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                yield from reader.feed(piece)
        yield from reader.feed(b"", is_last=True)
    except expat.ExpatError as error:
        raise ValueError(str(error)) from error


def _event(record: Record) -> str:
    named = record["transition"] or record["kind"]
    at = from_ms(int(record["effective_at"] or 0)).astimezone(UTC).isoformat(timespec="milliseconds")
    who = "" if record["actor"] is None else _string("org:resource", record["actor"])
    own = "".join(_attribute(name, record[name]) for name in COLUMNS if record[name] is not None)
    return (
        f'<event>{_string("concept:name", named)}<date key="time:timestamp" value="{at}"/>'
        f'{who}<string key="lifecycle:transition" value="complete"/>{own}</event>\n'
    )


def _attribute(name: str, value: Value) -> str:
    return f'<int key="{name}" value="{value}"/>' if name in NUMBERS else _string(name, value)


def _string(key: str, value: Value) -> str:
    return f'<string key="{key}" value={quoteattr(_FORBIDDEN.sub(_escaped, str(value)))}/>'


def _escaped(found: re.Match[str]) -> str:
    return "\\\\" if found[0] == "\\" else f"\\u{ord(found[0]):04x}"


def _unescaped(found: re.Match[str]) -> str:
    return "\\" if found[1] is None else chr(int(found[1], 16))


class _Reader:
    """Gathers the attributes of one event after the other."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._begin
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = _refuse_doctype
        self._event: dict[str, str] | None = None
        self._read: list[Record] = []

    def feed(self, piece: bytes, *, is_last: bool = False) -> list[Record]:
        """The events that this piece completes."""
        self._read = []
        self._parser.Parse(piece, is_last)
        return self._read

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == "event":
            self._event = {}
        elif self._event is not None and attributes["key"] in COLUMNS:
            self._event[attributes["key"]] = _ESCAPE.sub(_unescaped, attributes["value"])

    def _end(self, name: str) -> None:
        if name == "event" and self._event is not None:
            self._read.append(typed({column: self._event.get(column) for column in COLUMNS}))
            self._event = None


def _refuse_doctype(*_: object) -> None:
    raise ValueError("the file declares a document type; an export has none")
