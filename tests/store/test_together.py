"""Reads that are asked for at the same time are answered together, and none of them sees less than it might have."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from lifecycle_fsm.store.together import Together


class Source:
    """What is read: a number that grows, by reads that take a while."""

    def __init__(self) -> None:
        self.committed = 0
        self.reads: list[list[str]] = []
        self.go_on = asyncio.Event()
        self.error: Exception | None = None

    async def read(self, wishes: list[str]) -> int:
        self.reads.append(wishes)
        seen = self.committed
        await self.go_on.wait()
        if self.error is not None:
            raise self.error
        return seen


async def settled() -> None:
    """Let everybody get as far as it can."""
    for _ in range(10):
        await asyncio.sleep(0)


def together(scene: Callable[[Together[str, int], Source], Awaitable[None]]) -> None:
    async def played() -> None:
        await scene(Together(), Source())

    asyncio.run(played())


def test_those_that_ask_at_once_are_answered_by_one_read() -> None:
    async def scene(meeting: Together[str, int], source: Source) -> None:
        source.go_on.set()

        found = await asyncio.gather(*(meeting.ask("form", name, source.read) for name in "abc"))

        assert (found, source.reads) == ([0, 0, 0], [["a", "b", "c"]])

    together(scene)


def test_who_asks_while_a_read_runs_is_answered_by_the_next_which_sees_what_was_committed_meanwhile() -> None:
    async def scene(meeting: Together[str, int], source: Source) -> None:
        early = asyncio.create_task(meeting.ask("form", "early", source.read))
        await settled()
        source.committed = 1
        late = [asyncio.create_task(meeting.ask("form", name, source.read)) for name in ("late", "later")]
        await settled()

        source.go_on.set()

        assert (await early, await late[0], await late[1]) == (0, 1, 1)
        assert source.reads == [["early"], ["late", "later"]]

    together(scene)


def test_reads_of_other_forms_do_not_wait() -> None:
    async def scene(meeting: Together[str, int], source: Source) -> None:
        held = asyncio.create_task(meeting.ask("one", "a", source.read))
        await settled()
        quick = Source()
        quick.go_on.set()

        assert await meeting.ask("other", "b", quick.read) == 0

        source.go_on.set()
        await held

    together(scene)


def test_where_the_reader_is_given_up_another_reads() -> None:
    async def scene(meeting: Together[str, int], source: Source) -> None:
        tasks = [asyncio.create_task(meeting.ask("form", name, source.read)) for name in "abc"]
        await settled()
        tasks[0].cancel()
        tasks[2].cancel()
        await settled()

        source.go_on.set()

        assert await tasks[1] == 0
        assert source.reads[0] == ["a", "b", "c"]
        assert source.reads[-1][0] == "b"
        assert await meeting.ask("form", "d", source.read) == 0

    together(scene)


def test_whoever_is_given_up_when_its_turn_comes_passes_it_on() -> None:
    async def scene(meeting: Together[str, int], source: Source) -> None:
        first = asyncio.create_task(meeting.ask("form", "a", source.read))
        await settled()
        second, third = (asyncio.create_task(meeting.ask("form", name, source.read)) for name in "bc")
        await settled()
        source.go_on.set()
        first.add_done_callback(lambda _: second.cancel())

        assert (await first, await third) == (0, 0)
        assert second.cancelled() or second.done()

    together(scene)


def test_what_a_read_raises_all_raise_and_the_next_one_is_read_anew() -> None:
    async def scene(meeting: Together[str, int], source: Source) -> None:
        source.error = ValueError("refused")
        source.go_on.set()

        found = await asyncio.gather(*(meeting.ask("form", name, source.read) for name in "ab"), return_exceptions=True)

        assert [str(each) for each in found] == ["refused", "refused"]
        source.error = None
        assert await meeting.ask("form", "c", source.read) == 0

    together(scene)


@pytest.mark.parametrize("askers", [64, 65])
def test_a_read_answers_at_most_64(askers: int) -> None:
    async def scene(meeting: Together[str, int], source: Source) -> None:
        source.go_on.set()

        await asyncio.gather(*(meeting.ask("form", str(number), source.read) for number in range(askers)))

        assert [len(each) for each in source.reads] == ([64] if askers == 64 else [64, 1])  # as the name says

    together(scene)
