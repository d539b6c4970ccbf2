"""What is asked for by one key is asked for once, also by many at the same time."""

from collections.abc import Callable
from threading import Barrier, Thread
from uuid import UUID, uuid4

import pytest

from lifecycle_fsm.services.audit.verification import start_verification
from lifecycle_fsm.services.audit.verify import Extent
from lifecycle_fsm.services.commands import Started
from lifecycle_fsm.services.sweeping.back_fill import Period, ask_for_back_fill
from lifecycle_fsm.services.sweeping.sweep import ask_for_sweep
from tests.builders import MONDAY, day
from tests.worlds import ADMIN, Stage

_ASK: dict[str, Callable[[Stage, UUID], Started[object]]] = {
    "a sweep": lambda stage, key: ask_for_sweep(stage.world, ADMIN, run_id=key),
    "a back-fill": lambda stage, key: ask_for_back_fill(stage.world, ADMIN, Period(MONDAY, day(3)), series_id=key),
    "a verification": lambda stage, key: start_verification(stage.world, ADMIN, Extent(), key),
}
_MANY = 8


@pytest.mark.parametrize("ask", _ASK.values(), ids=_ASK)
def test_one_of_many_starts_it_and_the_others_are_told_so(
    stage: Stage, ask: Callable[[Stage, UUID], Started[object]]
) -> None:
    stage.clock.turn(days=10)
    key, barrier = uuid4(), Barrier(_MANY)
    outcomes = list[Started[object]]()

    def start() -> None:
        barrier.wait()
        outcomes.append(ask(stage, key))

    threads = [Thread(target=start) for _ in range(_MANY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcome.replayed for outcome in outcomes) == [False] + [True] * (_MANY - 1)
    assert [outcome.what for outcome in outcomes] == [outcomes[0].what] * _MANY
