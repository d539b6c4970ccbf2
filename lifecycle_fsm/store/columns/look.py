"""A quick look at the chains of a span: they all hold, or somebody has to look closely."""

import pyarrow as pa  # type: ignore[import-untyped] # it has no stubs
from adbc_driver_manager import Error

from lifecycle_fsm.store.audit_rows import Span
from lifecycle_fsm.store.columns.doubt import Doubt
from lifecycle_fsm.store.columns.following import ColumnFollower
from lifecycle_fsm.store.columns.heads import Heads, Names
from lifecycle_fsm.store.columns.page import row_page
from lifecycle_fsm.store.columns.reading import Reader, opened


def look(address: str, span: Span) -> tuple[int, int] | None:
    """
    Follow every chain of a span to its head in one snapshot, and say of how many accounts and rows they all hold.

    None where only a closer look can tell.

    It names nothing: whatever is not as it should be, and whatever fails, is told by `ChainFollower` and the
    standard driver. A process that looks opens the database nowhere else; `reading` says why.
    """
    try:
        with opened(address) as reader:
            return _followed(reader, span)
    except (Doubt, Error, pa.ArrowException, ValueError, TypeError, OverflowError, OSError):
        return None


def _followed(reader: Reader, span: Span) -> tuple[int, int]:
    names = Names()
    heads = Heads(reader.heads(span), names)
    follower = ColumnFollower(heads, names)
    for page in reader.rows(span):
        follower.follow(row_page(page, reader.values))
    follower.end()
    return heads.accounts, follower.rows
