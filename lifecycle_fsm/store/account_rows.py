"""Accounts as PostgreSQL's rows, for readers who write them down without making objects of them."""

from collections.abc import Sequence
from enum import IntEnum
from functools import lru_cache
from uuid import UUID

from lifecycle_fsm.store import together
from lifecycle_fsm.store.direct import Direct, Values
from lifecycle_fsm.store.log_text import Shape, newest_as_json


class Place(IntEnum):
    """Where a column stands in a row; `IS_ODD` says that the account is or was paused, or that people overrode it."""

    ID = 0
    KEY = 1
    NAME = 2
    CSM = 3
    CSM_NAME = 4
    MACHINE = 5
    STAGE = 6
    ENTERED_AT = 7
    CAME_FROM = 8
    REVISION = 9
    IS_ODD = 10
    SLOTS = 11


FIRST_SLOT = len(Place)

_COLUMNS = (
    "s.account_id, p.key, p.name, s.csm, p.csm_name, s.machine, s.stage, s.entered_at, s.came_from, s.state_version, "
    "s.overrides IS NOT NULL OR s.pause_from IS NOT NULL OR s.paused_ms IS NOT NULL"
)


_FEW = 10
"""Reads of so many accounts go together with others of their form; a longer list is worth a statement of its own."""

Together = together.Together[Sequence[UUID], dict[UUID, Values]]
"""Where reads of accounts meet."""


async def read_rows(
    direct: Direct,
    meeting: Together,
    ids: Sequence[UUID],
    columns: tuple[str, ...] | None,
    histories: Sequence[tuple[Shape, int]],
) -> Sequence[Values]:
    """
    Read accounts in one statement, which other requests may share; ids without an account are absent.

    After the columns of `Place` come those asked for, then the newest rows of history in
    each shape as the inside of a JSON list. Without columns, `SLOTS` is 0; otherwise it is
    how many slots are laid out.
    """
    text = _statement(columns, tuple(shape for shape, _ in histories))
    counts = tuple(count for _, count in histories)
    if len(ids) > _FEW:
        return await direct.fetch(text, ids, *counts)

    async def read(wishes: Sequence[Sequence[UUID]]) -> dict[UUID, Values]:
        wanted = wishes[0] if len(wishes) == 1 else list({each for wish in wishes for each in wish})
        return {row[0]: row for row in await direct.fetch(text, wanted, *counts)}  # type: ignore[misc] # the id comes first

    found = await meeting.ask((text, counts), ids, read)
    return [found[each] for each in ids if each in found]


@lru_cache(maxsize=256)
def _statement(columns: tuple[str, ...] | None, shapes: tuple[Shape, ...]) -> str:
    laid_out = "0" if columns is None else "(SELECT count(*) FROM field_slot)"
    chosen = [_COLUMNS, laid_out, *(f"s.{name}" for name in columns or ())]
    chosen += [newest_as_json(shape, f"${number}::bigint") for number, shape in enumerate(shapes, 2)]
    return (
        f"SELECT {', '.join(chosen)} FROM account_state s "  # noqa: S608 - our own names
        "JOIN account_profile p ON p.account_id = s.account_id WHERE s.account_id = ANY($1::uuid[])"
    )


async def read_histories(direct: Direct, ids: Sequence[UUID], shape: Shape, count: int) -> dict[UUID, tuple[int, str]]:
    """The revision of each account, and its newest rows of history as the inside of a JSON list."""
    rows = await direct.fetch(_histories(shape), ids, count)
    return {row[0]: (row[1], row[2]) for row in rows}  # type: ignore[misc] # the columns say so


@lru_cache(maxsize=256)
def _histories(shape: Shape) -> str:
    text = newest_as_json(shape, "$2::bigint")
    return f"SELECT s.account_id, s.state_version, {text} FROM account_state s WHERE s.account_id = ANY($1::uuid[])"  # noqa: S608 - our own names
