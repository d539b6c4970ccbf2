"""A page of the log in columns."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pyarrow as pa  # type: ignore[import-untyped] # it has no stubs

from lifecycle_fsm.store.audit_rows import Text
from lifecycle_fsm.store.canonical_rows import Shared, shared_of
from lifecycle_fsm.store.columns.arrays import (
    Flags,
    Numbers,
    Octets,
    coded,
    numbers_of,
    octets_of,
    present,
    texts_of,
)
from lifecycle_fsm.store.columns.doubt import demand


@dataclass(frozen=True, slots=True)
class RowPage:
    """
    Rows by account and number, column by column.

    Ids have the shape (n, 16), hashes (n, 32). Of `inputs` and `runs` only those are there that rows have, which
    `has_inputs` and `has_run` tell. `kind` says which of `kinds` a row shares its other values with.
    """

    accounts: Octets
    seqs: Numbers
    previous: Octets
    own: Octets
    commands: pa.Array
    effective: Numbers
    effects: pa.Array
    inputs: Octets
    has_inputs: Flags
    recorded: Numbers
    runs: Octets
    has_run: Flags
    kind: Numbers
    kinds: list[Shared]


def row_page(read: pa.RecordBatch, values: Callable[[str], Sequence[Text]]) -> RowPage:
    """
    Take what was read; `values` tells what a text stands for that rows share.

    Raises:
        Doubt: something is absent that must not be, or has another type or width.
        ValueError: a text is none.
    """
    for column in ("account_id", "prev_hash", "hash", "effects", "shared"):
        demand(read[column].null_count == 0, f"absent: {column}")
    kind, shared = coded(texts_of(read["shared"]))
    return RowPage(
        accounts=octets_of(read["account_id"], 16),
        seqs=numbers_of(read["seq"]),
        previous=octets_of(read["prev_hash"], 32),
        own=octets_of(read["hash"], 32),
        commands=texts_of(read["command_id"]),
        effective=numbers_of(read["effective_at"]),
        effects=texts_of(read["effects"]),
        inputs=octets_of(read["inputs_hash"], 32),
        has_inputs=present(read["inputs_hash"]),
        recorded=numbers_of(read["recorded_at"]),
        runs=octets_of(read["run_id"], 16),
        has_run=present(read["run_id"]),
        kind=kind,
        kinds=[shared_of(values(text)) for text in shared],
    )
