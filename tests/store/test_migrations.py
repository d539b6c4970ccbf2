"""Migrations go up, down and up again on both databases, and leave the tables that the code describes."""

from lifecycle_fsm.store.migrate import current, differences, downgrade, upgrade


def test_the_database_has_the_tables_of_this_release(database_url: str) -> None:
    assert differences(database_url) == []


def test_goes_down_to_nothing_and_up_again(database_url: str) -> None:
    downgrade(database_url, "base")
    before = current(database_url)
    upgrade(database_url)

    assert before is None
    assert current(database_url) == "0001"
    assert differences(database_url) == []
