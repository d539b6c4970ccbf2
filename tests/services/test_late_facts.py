"""Values that come late and at the same time: the newest one is shown, every one is kept."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from random import Random

from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.services.intake.batch import Batch, take_batch
from lifecycle_fsm.services.intake.rows import Kind
from lifecycle_fsm.store.series import fact_series
from tests.builders import MONDAY
from tests.worlds import FEED, Stage

SENDERS = 6
BATCHES = 8


def test_batches_about_the_same_accounts_do_not_stop_each_other(stage: Stage) -> None:
    keys = [f"K{number}" for number in range(120)]

    def send(turn: int) -> None:
        for step in range(3):
            order = keys if (turn + step) % 2 else keys[::-1]
            rows = [
                {"key": key, "name": f"{key} {turn} {step}", "facts": {"account.arr": turn + step}} for key in order
            ]
            taken = take_batch(stage.world, FEED, Batch(Kind.ACCOUNTS, rows, "feed"))
            assert taken.problems == ()

    world = stage.world
    stage.world = replace(world, small_batch=0)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(send, range(4)))

    seen = [stage.see(account_id_for(key)) for key in keys]
    assert [each.profile.key for each in seen] == keys
    assert all(each.facts.values["fact.account.arr"] in (0.0, 1.0, 2.0, 3.0, 4.0, 5.0) for each in seen)


def test_the_newest_value_is_shown_whoever_writes_at_the_same_time(stage: Stage) -> None:
    accounts = {key: stage.sign(key) for key in ("A", "B", "C")}
    minutes = list(range(SENDERS * BATCHES))
    Random(7).shuffle(minutes)

    def send(sender: int) -> None:
        for minute in minutes[sender::SENDERS]:
            at = (MONDAY - timedelta(minutes=minute)).isoformat()
            rows = [
                {"account": key, "measure": "usage.wau_ratio", "value": minute / 100, "observedAt": at}
                for key in accounts
            ]
            taken = take_batch(stage.world, FEED, Batch(Kind.MEASURES, rows, "feed"))
            assert taken.problems == ()

    with ThreadPoolExecutor(SENDERS) as pool:
        list(pool.map(send, range(SENDERS)))

    for account in accounts.values():
        measure = "measure.usage.wau_ratio"
        with stage.world.database.reading() as connection:
            kept = fact_series(connection, account, measure, MONDAY - timedelta(days=1), MONDAY)
        assert stage.see(account).facts.values[measure] == 0.0
        assert sorted(each.value for each in kept if isinstance(each.value, float)) == [
            m / 100 for m in sorted(minutes)
        ]
