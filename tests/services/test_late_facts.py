"""Values that come late and at the same time: the newest one is shown, every one is kept."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random

from lifecycle_fsm.services.intake.batch import Batch, take_batch
from lifecycle_fsm.services.intake.rows import Kind
from lifecycle_fsm.store.series import fact_series
from tests.builders import MONDAY
from tests.worlds import FEED, Stage

SENDERS = 6
BATCHES = 8


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
