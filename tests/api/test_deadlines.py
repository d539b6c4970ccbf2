"""One timer ends what takes too long, as a timer of its own would."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

import pytest

from api.deadlines import Deadlines

SHORT, LONG = 0.02, 60.0
Timed = Callable[[float], AbstractAsyncContextManager[object]]


def ours(seconds: float) -> AbstractAsyncContextManager[None]:
    @asynccontextmanager
    async def block() -> AsyncIterator[None]:
        with Deadlines(seconds).within():
            yield

    return block()


async def ends(timed: Timed) -> str:
    async with timed(LONG):
        return "done"


async def takes_too_long(timed: Timed) -> str:
    async with timed(SHORT):
        await asyncio.Event().wait()
    return "never"


async def is_cancelled(timed: Timed) -> str:
    async with timed(LONG):
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        await asyncio.Event().wait()
    return "never"


async def is_cancelled_and_takes_too_long(timed: Timed) -> str:
    """Somebody cancels while the time runs out: that is who is heard."""
    async with timed(SHORT):
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            task = asyncio.current_task()
            assert task is not None
            task.cancel()
            await asyncio.Event().wait()
    return "never"


async def fails(timed: Timed) -> str:
    async with timed(LONG):
        raise LookupError


async def fails_when_its_time_is_over(timed: Timed) -> str:
    async with timed(SHORT):
        try:
            await asyncio.Event().wait()
        finally:
            raise LookupError


async def does_not_mind(timed: Timed) -> str:
    async with timed(SHORT):
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
    return "went on"


async def is_inside_another(timed: Timed) -> str:
    try:
        async with timed(SHORT), timed(LONG):
            await asyncio.Event().wait()
    except TimeoutError:
        return "the outer one"
    return "never"


async def outcome(work: Callable[[Timed], Awaitable[str]], timed: Timed) -> tuple[object, int]:
    """What became of it, and how often its task is still to be cancelled."""

    async def run() -> tuple[object, int]:
        task = asyncio.current_task()
        assert task is not None
        try:
            found: object = await work(timed)
        except (LookupError, TimeoutError, asyncio.CancelledError) as error:
            found = type(error)
        return found, task.cancelling()

    return await asyncio.create_task(run())


@pytest.mark.parametrize(
    "work",
    [
        ends,
        takes_too_long,
        is_cancelled,
        is_cancelled_and_takes_too_long,
        fails,
        fails_when_its_time_is_over,
        does_not_mind,
        is_inside_another,
    ],
)
def test_a_block_ends_as_under_the_librarys_own_timer(work: Callable[[Timed], Awaitable[str]]) -> None:
    assert asyncio.run(outcome(work, ours)) == asyncio.run(outcome(work, asyncio.timeout))


def test_each_of_many_gets_its_time_and_those_that_ended_are_left_alone() -> None:
    deadlines = Deadlines(SHORT)
    ended = list[int]()

    async def run(number: int, gate: asyncio.Event) -> str:
        try:
            with deadlines.within():
                if number % 2:
                    await gate.wait()
        except TimeoutError:
            ended.append(number)
            return "late"
        return "done"

    async def all_of_them() -> list[str]:
        never = asyncio.Event()
        first = await asyncio.gather(*(run(number, never) for number in range(6)))
        return first + await asyncio.gather(*(run(number, never) for number in range(6, 9)))

    assert asyncio.run(all_of_them()) == ["done", "late"] * 3 + ["done", "late", "done"]
    assert ended == [1, 3, 5, 7]


def test_another_loop_begins_anew() -> None:
    deadlines = Deadlines(SHORT)

    async def left() -> None:
        with deadlines.within():
            return

    async def waits() -> None:
        with deadlines.within():
            await asyncio.Event().wait()

    asyncio.run(left())

    with pytest.raises(TimeoutError):
        asyncio.run(waits())
