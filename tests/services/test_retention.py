"""Finished work is deleted once it is old; what is not finished, and history, stays."""

from datetime import timedelta

from sqlalchemy import func, select

from lifecycle_fsm.domain.notification import Notifications, Route, WebhookChannel
from lifecycle_fsm.services.notifying import route_page
from lifecycle_fsm.services.retention import retain_page
from lifecycle_fsm.store.deliveries import Attempt, claim, settle
from lifecycle_fsm.store.tables.history import transition_log
from lifecycle_fsm.store.tables.work import delivery, ingest_batch, outbox
from tests.worlds import ADMIN, Stage

KEEP = timedelta(days=30)


def counts(stage: Stage) -> list[int]:
    tables = (outbox, delivery, ingest_batch, transition_log)
    with stage.world.database.reading() as connection:
        return [connection.execute(select(func.count()).select_from(each)).scalar_one() for each in tables]


def test_old_messages_and_batches_go_and_dead_letters_stay(stage: Stage) -> None:
    accounts = [stage.sign(key, arr=150_000) for key in ("A", "B")]
    stage.send(accounts[0], setup_completion=5)
    crm = Notifications({"crm": WebhookChannel("crm", "https://x.example", ())}, (Route(("crm",)),))
    route_page(stage.world, crm)
    now = stage.clock()
    with stage.world.database.writing() as connection:
        first, second = claim(connection, "crm", now, now + timedelta(minutes=1), 10)
        settle(connection, [Attempt(first), Attempt(second, "gone", now, is_dead=True)], now)
    before = counts(stage)

    stage.clock.turn(days=29)
    assert retain_page(stage.world, ADMIN, KEEP) is None
    early = counts(stage)
    stage.clock.turn(days=2)
    assert retain_page(stage.world, ADMIN, KEEP) is None

    messages, deliveries, batches, history = before
    assert early == before
    assert counts(stage) == [messages - 1, deliveries - 1, batches - 1, history]
