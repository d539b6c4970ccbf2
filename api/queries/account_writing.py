"""Accounts and pages of them written at once, where rows say all that is asked for."""

from collections.abc import Sequence
from uuid import UUID

from api.asked import Asked, Slots, Writing
from api.context import Info
from api.ids import account_of
from api.pagination import page_request
from api.types.account_text import account_text
from api.types.filters import AccountFilterInput, AccountOrderInput
from api.types.page_text import page_text
from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.services.account_lines import read_lines

LONGEST_KEY = 500


def write_account(asked: tuple[Asked, ...]) -> Writing | None:
    """Write one account."""
    text = account_text(asked)
    if text is None:
        return None

    async def written(
        info: Info, _: Sequence[object], slots: Slots, given_id: str | None = None, key: str | None = None
    ) -> Sequence[str] | None:
        account_id, reader = chosen_account(given_id, key), info.context.reader
        if reader is None:
            return None
        wanted = text.wanted(slots)
        lines = await read_lines(reader, [account_id], wanted)
        if lines is None:
            return None
        line = lines.get(account_id)
        return ["null" if line is None else text.writer(wanted)(line)]

    return written


def write_accounts(asked: tuple[Asked, ...]) -> Writing | None:
    """Write a page of accounts."""
    page_of = page_text(asked)
    text = None if page_of is None else account_text(page_of.nodes)
    if page_of is None or text is None:
        return None

    async def written(  # noqa: PLR0913, PLR0917 # Relay has four, a list two
        info: Info,
        _: Sequence[object],
        slots: Slots,
        choose: AccountFilterInput | None = None,
        order: AccountOrderInput | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Sequence[str] | None:
        page, reader = page_request(first, after, last, before, with_total=False), info.context.reader
        if reader is None:
            return None
        chosen, sorted_by = (choose or AccountFilterInput()).to_domain(), (order or AccountOrderInput()).to_domain()
        if chosen.behind is not None:
            return None
        ids = await reader.page_of_ids(chosen, sorted_by, page)
        wanted = text.wanted(slots)
        lines = await read_lines(reader, ids.items, wanted)
        if lines is None or len(lines) < len(ids.items):
            return None
        write = text.writer(wanted)
        return [page_of.text(ids, ",".join([write(lines[account_id]) for account_id in ids.items]))]

    return written


def chosen_account(given_id: str | None, key: str | None) -> UUID:
    """
    The id of the account that is asked for in one of two ways.

    Raises:
        InvalidInput: neither or both are given, or one is none.
    """
    if (given_id is None) == (key is None):
        given = "neither" if key is None else "both"
        raise InvalidInput(f"`id` or `key` is needed; you gave {given}", path="id")
    if given_id is not None:
        return account_of(given_id, "id")
    assert key is not None
    if not 0 < len(key) <= LONGEST_KEY:
        raise InvalidInput(f"`key` has {len(key)} characters; expected 1 to {LONGEST_KEY}", path="key")
    return account_id_for(key)
