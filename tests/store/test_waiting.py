"""Accounts wait for an evaluation once, however often they were marked."""

from datetime import timedelta

from lifecycle_fsm.domain.moments import to_ms
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.waiting import Waiting, find_waiting, forget_waiting, mark_waiting
from tests.store.builders import NOON, a_stored_account, opened


def waiting(connection: Connection, limit: int) -> tuple[Waiting, ...]:
    return find_waiting(connection, to_ms(NOON), limit)


def test_an_account_that_is_marked_again_behind_others_waits_once(database_url: str) -> None:
    with opened(database_url) as database, database.writing() as connection:
        first, second = (a_stored_account(connection, key).lifecycle.account_id for key in ("acme", "bolt"))
        for minutes, account in enumerate((first, second, second, first)):
            mark_waiting(connection, [account], "facts", NOON + timedelta(minutes=minutes))

        page = waiting(connection, limit=1)
        forget_waiting(connection, page)
        others = waiting(connection, limit=9)

    assert [(each.account_id, len(each.marks)) for each in page] == [(first, 2)]
    assert [(each.account_id, len(each.marks)) for each in others] == [(second, 2)]


def test_a_mark_that_was_set_since_then_stays(database_url: str) -> None:
    with opened(database_url) as database, database.writing() as connection:
        account = a_stored_account(connection).lifecycle.account_id
        mark_waiting(connection, [account], "facts", NOON)
        page = waiting(connection, limit=1)
        mark_waiting(connection, [account], "accounts", NOON)

        forget_waiting(connection, page)
        others = waiting(connection, limit=9)

    assert [(each.account_id, len(each.marks)) for each in others] == [(account, 1)]


def test_marks_may_be_many(database_url: str) -> None:
    with opened(database_url) as database, database.writing() as connection:
        accounts = [a_stored_account(connection, key).lifecycle.account_id for key in ("acme", "bolt")]
        mark_waiting(connection, accounts * 10_000, "facts", NOON)

        page = waiting(connection, limit=20_000)
        forget_waiting(connection, page)

        assert sorted(len(each.marks) for each in page) == [10_000, 10_000]
        assert waiting(connection, limit=9) == ()
