"""
The bytes that rows are hashed from, for a page at once: as `chain_hash` of `canonical_entry` has them.

Rows that are alike but for values of a width have one template, with holes in it; the templates of all
rows are laid one behind the other, and the holes are filled column by column.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256

import numpy as np
import orjson
import pyarrow as pa  # type: ignore[import-untyped] # it has no stubs
from numpy.typing import NDArray

from lifecycle_fsm.store.canonical_rows import Pieces
from lifecycle_fsm.store.columns.arrays import Flags, Numbers, Octets, Ragged, coded, differ, present, ragged_of
from lifecycle_fsm.store.columns.doubt import demand
from lifecycle_fsm.store.columns.hexadecimal import hexadecimal, id_texts
from lifecycle_fsm.store.columns.page import RowPage

_MOST_KINDS = 2**62
_PREVIOUS, _ID, _HASH = 32, 36, 64
"""How wide the hash before a row is, and as texts an id and a hash."""


def hashes_of(page: RowPage) -> bytes:
    """The hashes that the values of the rows give, one behind the other."""
    return b"".join([sha256(row).digest() for row in hashed_of(page).to_pylist()])


def hashed_of(page: RowPage) -> pa.Array:
    """The bytes that the hash of each row should cover: a zero byte, the hash before it, and its canonical entry."""
    columns = _columns_of(page)
    rows, templates = _templates(page, columns)
    laid = pa.array([bytes(each.text) for each in templates], pa.binary()).take(pa.array(rows))
    lines = ragged_of(laid)
    octets = lines.octets if lines.octets.flags.writeable else lines.octets.copy()
    holes = [np.array(each)[rows] + lines.offsets[:-1] for each in zip(*(one.holes for one in templates), strict=True)]
    _fill(octets, holes, page, columns)
    return pa.BinaryArray.from_buffers(pa.binary(), len(laid), [None, laid.buffers()[1], pa.py_buffer(octets)])


@dataclass(frozen=True, slots=True)
class _Columns:
    """What a page has as texts: numbers, and command ids as they stand between quotation marks in JSON."""

    commands: Ragged
    has_command: Flags
    effective: Ragged
    recorded: Ragged
    seqs: Ragged


def _columns_of(page: RowPage) -> _Columns:
    numbers = (ragged_of(pa.array(each).cast(pa.string())) for each in (page.effective, page.recorded, page.seqs))
    return _Columns(_in_json(page.commands), present(page.commands), *numbers)


def _in_json(texts: pa.Array) -> Ragged:
    """
    Texts as JSON without the quotation marks around them; an absent one has no width.

    Raises:
        ArrowInvalid: one is no UTF-8.
    """
    texts.validate(full=True)
    # Below an absent value the driver may leave something.
    texts = texts.fill_null("") if texts.null_count else texts
    plain = ragged_of(texts)
    odd = (plain.octets < ord(" ")) | (plain.octets == ord('"')) | (plain.octets == ord("\\"))
    if not odd.any():
        return plain
    return ragged_of(pa.array([orjson.dumps(text)[1:-1] for text in texts.to_pylist()]))


@dataclass(slots=True)
class _Template:
    """The bytes of rows alike, and where in them the holes of `_fill` begin; one that they have not is at 0."""

    text: bytearray = field(default_factory=bytearray)
    holes: list[int] = field(default_factory=list)

    def add(self, text: str, width: int, mark: bytes = b"") -> None:
        """Add a text, and a hole behind it between marks."""
        self.text += text.encode() + mark
        self.holes.append(len(self.text))
        self.text += bytes(width) + mark

    def add_optional(self, text: str, width: int) -> None:
        """Add a text, and behind it a hole in quotation marks whose width is one less, or null where it is 0."""
        if width > 0:
            self.add(text, width - 1, b'"')
            return
        self.text += text.encode() + b"null"
        self.holes.append(0)


def _templates(page: RowPage, columns: _Columns) -> tuple[Numbers, list[_Template]]:
    """Which template each row has, and the templates."""
    effect, effects = coded(page.effects)
    told = (page.kind, effect, *_widths(page, columns))
    which = _numbered(told)
    rows, keys = coded(pa.array(which))
    one_of_each = np.empty(len(keys), dtype=np.int64)
    one_of_each[rows] = np.arange(len(rows))
    written = [orjson.dumps(each).decode() for each in effects]
    alike = zip(*(each[one_of_each].tolist() for each in told), strict=True)
    return rows, [_template(page.kinds[kind][0], written[of], widths) for kind, of, *widths in alike]


def _widths(page: RowPage, columns: _Columns) -> tuple[Numbers, ...]:
    """How wide the holes of a row are that have not the same width in all; of what may be absent one more, or 0."""
    commands = np.where(columns.has_command, columns.commands.widths + 1, 0)
    inputs, runs = page.has_inputs * (_HASH + 1), page.has_run * (_ID + 1)
    return commands, columns.effective.widths, inputs, columns.recorded.widths, runs, columns.seqs.widths


def _numbered(told: tuple[Numbers, ...]) -> Numbers:
    """One number for each row, the same where all that is told is the same."""
    number, size = np.zeros(len(told[0]), dtype=np.int64), 1
    for each in told:
        most = int(each.max()) + 1
        size *= most
        demand(size < _MOST_KINDS, "too many kinds of rows")
        number = number * most + each
    return number


def _template(pieces: Pieces, effects: str, widths: Sequence[int]) -> _Template:
    to_id, to_command, to_at, to_effects, to_inputs, to_recorded, to_run, to_seq, end = pieces
    template = _Template()
    command, effective, inputs, recorded, run, seq = widths
    template.add("\x00", _PREVIOUS)
    template.add(to_id, _ID)
    template.add_optional(to_command, command)
    template.add(to_at, effective)
    template.add_optional(f"{to_effects}{effects}{to_inputs}", inputs)
    template.add(to_recorded, recorded)
    template.add_optional(to_run, run)
    template.add(to_seq, seq)
    template.text += end.encode()
    return template


def _fill(octets: Octets, holes: list[Numbers], page: RowPage, columns: _Columns) -> None:
    """Write the values of each column into its holes, whose places in `octets` are by column and row."""
    previous, account, command, effective, inputs, recorded, run, seq = holes
    _put(octets, previous, page.previous)
    _put(octets, account, _account_texts(page.accounts))
    _put_ragged(octets, command, columns.commands)
    _put_ragged(octets, effective, columns.effective)
    _put(octets, inputs[page.has_inputs], hexadecimal(page.inputs))
    _put_ragged(octets, recorded, columns.recorded)
    _put(octets, run[page.has_run], id_texts(page.runs))
    _put_ragged(octets, seq, columns.seqs)


def _account_texts(accounts: Octets) -> Octets:
    """Ids as text, each written once for all rows of its account, which stand together."""
    begins = np.concatenate(([True], differ(accounts[1:], accounts[:-1])))
    texts: NDArray[np.void] = id_texts(accounts[begins]).view(f"V{_ID}").reshape(-1)
    return np.asarray(texts[np.cumsum(begins) - 1]).view(np.uint8).reshape(-1, _ID)


def _put(octets: Octets, places: Numbers, values: Octets) -> None:
    """Write values of one width, of the shape (n, width), to n places."""
    if len(values):
        width = values.shape[1]
        _pieces(octets, width)[places] = _pieces(values.reshape(-1), width)[::width]


def _put_ragged(octets: Octets, places: Numbers, values: Ragged) -> None:
    """Write values to as many places, those of one width after the other."""
    widths = values.widths
    for width in np.flatnonzero(np.bincount(widths)).tolist():
        if width > 0:
            rows = np.flatnonzero(widths == width)
            _pieces(octets, width)[places[rows]] = _pieces(values.octets, width)[values.offsets[rows]]


def _pieces(octets: Octets, width: int) -> NDArray[np.void]:
    """The piece of this width from each place on; as one value each, they are copied three times as fast."""
    return np.ndarray((len(octets) - width + 1,), dtype=f"V{width}", buffer=octets, strides=(1,))
