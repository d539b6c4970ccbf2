"""Reads of one form that are asked for at the same time, answered together."""

from asyncio import CancelledError, Future, get_running_loop, sleep
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

Wish = TypeVar("Wish")
Answer = TypeVar("Answer")

_MOST = 64
_LEAD = object()
"""Tells whoever waits that it is its turn to read, for itself and for those behind it."""


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting(Generic[Wish]):
    """One that waits: what it wants, and where it is told."""

    wish: Wish
    told: "Future[object]"


class Together(Generic[Wish, Answer]):
    """
    Let one read answer all that wait for reads of its form, at most 64 at once; of each form one read runs at a time.

    A read begins after everybody asked whom it answers. So nobody sees less than what was
    committed when it asked, which is all that a read of its own could promise.
    """

    def __init__(self) -> None:
        self._waiting: dict[Hashable, list[_Waiting[Wish]]] = {}

    async def ask(self, form: Hashable, wish: Wish, read: Callable[[list[Wish]], Awaitable[Answer]]) -> Answer:
        """
        Give what a read for a list of wishes gives, where this wish is one of them.

        What a read raises, all raise whom it was to answer. Where its reader is cancelled,
        another of them reads.
        """
        waiting = self._waiting.get(form)
        if waiting is None:
            waiting = await self._first(form)
        else:
            found = await self._told(form, waiting, wish)
            if found is not _LEAD:
                return cast("Answer", found)
        return await self._lead(form, waiting, wish, read)

    async def _lead(
        self, form: Hashable, waiting: list[_Waiting[Wish]], wish: Wish, read: Callable[[list[Wish]], Awaitable[Answer]]
    ) -> Answer:
        """Read for oneself and for those that wait, then let the next one."""
        others = waiting[: _MOST - 1]
        del waiting[: _MOST - 1]
        try:
            answer = await read([wish, *(each.wish for each in others)])
        except Exception as error:
            for told in _open(others):
                told.set_exception(error)
            raise
        except BaseException:
            waiting[:0] = others
            raise
        else:
            for told in _open(others):
                told.set_result(answer)
            return answer
        finally:
            self._go_on(form, waiting)

    async def _first(self, form: Hashable) -> list[_Waiting[Wish]]:
        """Begin to lead, after those that ask in the same turn of the event loop have joined."""
        waiting = self._waiting[form] = []
        try:
            await sleep(0)
        except CancelledError:
            self._go_on(form, waiting)
            raise
        return waiting

    async def _told(self, form: Hashable, waiting: list[_Waiting[Wish]], wish: Wish) -> object:
        """Wait for the answer, or for one's turn."""
        own: _Waiting[Wish] = _Waiting(wish, get_running_loop().create_future())
        waiting.append(own)
        try:
            return await own.told
        except CancelledError:
            if not own.told.cancelled() and own.told.exception() is None and own.told.result() is _LEAD:
                self._go_on(form, waiting)
            raise

    def _go_on(self, form: Hashable, waiting: list[_Waiting[Wish]]) -> None:
        """Let the next one read that still waits."""
        while waiting:
            told = waiting.pop(0).told
            if not told.done():
                told.set_result(_LEAD)
                return
        self._waiting.pop(form, None)


def _open(others: list[_Waiting[Wish]]) -> "list[Future[object]]":
    """Those that were not given up meanwhile."""
    return [each.told for each in others if not each.told.done()]
