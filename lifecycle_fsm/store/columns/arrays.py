"""Columns as arrays of numbers: what the drivers give, held to the one type that each column should have."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped] # it has no stubs
from numpy.typing import NDArray

from lifecycle_fsm.store.columns.doubt import demand

Octets = NDArray[np.uint8]
Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Ragged:
    """Texts one behind the other; text i goes from `offsets[i]` to `offsets[i + 1]`, an absent one has no width."""

    offsets: Numbers
    octets: Octets

    @property
    def widths(self) -> Numbers:
        """How many bytes each has."""
        return np.diff(self.offsets)


def present(column: pa.Array) -> Flags:
    """Which values are there."""
    return np.asarray(column.is_valid())


def octets_of(column: pa.Array, width: int) -> Octets:
    """
    The values that are there, each of so many bytes: shape (values, width).

    Raises:
        Doubt: one is of another width, or the column has no bytes.
    """
    stored = column.storage if isinstance(column, pa.ExtensionArray) else column
    there = stored.drop_null()
    if len(there) == 0:
        return np.empty((0, width), dtype=np.uint8)
    demand(pa.types.is_binary(there.type) or there.type == pa.binary(width), "bytes")
    ragged = ragged_of(there.cast(pa.binary()))
    demand((ragged.widths == width).all(), "the width of bytes")
    return ragged.octets.reshape(-1, width)


def ragged_of(column: pa.Array) -> Ragged:
    """The bytes of texts or of bytes, of which some may be absent; nobody looked whether a text is one."""
    _, offsets, octets = column.buffers()
    places = np.frombuffer(offsets, dtype=np.int32)[column.offset : column.offset + len(column) + 1].astype(np.int64)
    everything = np.frombuffer(octets, dtype=np.uint8) if octets is not None else np.empty(0, dtype=np.uint8)
    return Ragged(places - places[0], everything[places[0] : places[-1]])


def numbers_of(column: pa.Array) -> Numbers:
    """
    Whole numbers, of which none is absent.

    Raises:
        Doubt: something else is among them.
    """
    demand(column.type == pa.int64() and column.null_count == 0, "whole numbers")
    return np.asarray(column.to_numpy())


def texts_of(column: pa.Array) -> pa.Array:
    """
    Texts, of which some may be absent.

    Raises:
        Doubt: something else is among them.
    """
    if column.null_count == len(column):
        return pa.nulls(len(column), pa.string())
    demand(column.type == pa.string(), "texts")
    return column


def coded(column: pa.Array) -> tuple[Numbers, list[Any]]:
    """Which of the different values each is, and these in the order in which they come first."""
    encoded = column.dictionary_encode(null_encoding="encode")
    return encoded.indices.to_numpy().astype(np.int64), encoded.dictionary.to_pylist()


def differ(some: Octets, others: Octets) -> Flags:
    """Where values of the shape (n, width) are not the same; the width is a multiple of eight."""
    ours, theirs = (np.ascontiguousarray(each).view(np.uint64) for each in (some, others))
    return np.asarray((ours != theirs).any(axis=1))
