"""Relay paging: arguments checked once, pages turned into connections."""

from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.paging import LARGEST_PAGE, PageRequest

LONGEST_CURSOR = 1_000


def page_request(
    first: int | None, after: str | None, last: int | None, before: str | None, *, with_total: bool
) -> PageRequest:
    """
    Turn Relay's four arguments into a page: `first` goes on from `after`, `last` goes back from `before`.

    Raises:
        InvalidInput: neither or both sizes are given, one is not 1 to 100, or a cursor goes with the other size.
    """
    if (first is None) == (last is None):
        given = "neither" if first is None else "both"
        raise InvalidInput(f"`first` or `last` is needed, 1 to {LARGEST_PAGE}; you gave {given}", path="first")
    if last is None:
        _refuse_cursor(before, "before", "last")
        return PageRequest(_size(first, "first"), after=_cursor(after, "after"), with_total=with_total)
    _refuse_cursor(after, "after", "first")
    size = _size(last, "last")
    return PageRequest(size, before=_cursor(before, "before"), backwards=True, with_total=with_total)


def _size(given: int | None, name: str) -> int:
    if given is None or not 1 <= given <= LARGEST_PAGE:
        raise InvalidInput(f"`{name}` is {given}; expected 1 to {LARGEST_PAGE}", path=name)
    return given


def _cursor(given: str | None, name: str) -> str | None:
    if given is not None and len(given) > LONGEST_CURSOR:
        raise InvalidInput(f"`{name}` is too long for a cursor; give one that `pageInfo` or an edge gave", path=name)
    return given


def _refuse_cursor(given: str | None, cursor: str, size: str) -> None:
    if given is not None:
        raise InvalidInput(f"`{cursor}` goes with `{size}` only; leave it out or page the other way", path=cursor)
