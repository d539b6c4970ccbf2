"""Notifications that did not arrive, from the command line."""

from datetime import timedelta

from lifecycle_fsm.domain.notification import Notifications, Route, WebhookChannel
from lifecycle_fsm.services.notifying import route_page
from lifecycle_fsm.store.deliveries import Attempt, claim, settle
from tests.builders import MONDAY
from tests.cli.conftest import Run
from tests.worlds import a_stage


def test_dead_letters_are_listed_replayed_and_purged(run: Run, store: str) -> None:
    with a_stage(store) as stage:
        for key in ("A", "B", "C"):
            stage.sign(key, arr=5_000)
        route_page(
            stage.world, Notifications({"crm": WebhookChannel("crm", "https://x.example", ())}, (Route(("crm",)),))
        )
        with stage.world.database.writing() as connection:
            claimed = claim(connection, "crm", MONDAY, MONDAY + timedelta(minutes=1), 10)
            settle(connection, [Attempt(each, "the answer was 410", MONDAY, is_dead=True) for each in claimed], MONDAY)
    ids = [str(each.key.message_id) for each in claimed]

    listed = run("outbox", "list", database_url=store)
    replayed = run("outbox", "replay", ids[0], database_url=store)
    neither = run("outbox", "purge", database_url=store)
    purged = run("outbox", "purge", "--all", "--yes", "--channel", "crm", database_url=store)
    left = run("outbox", "list", database_url=store)
    status = run("status", database_url=store)

    assert sorted(line.split("  ")[0] for line in listed.out.splitlines()) == sorted(ids)
    assert "  crm  " in listed.out
    assert "1 attempt, 2026-03-02T09:00:00+00:00: the answer was 410" in listed.out
    assert (replayed.out, purged.out, left.out) == (
        "1 notification is due again.\n",
        "2 notifications are deleted.\n",
        "",
    )
    assert (neither.status, "name the messages, or give --all" in neither.err) == (1, True)
    assert "Channel crm: " in status.out
