"""Pages of accounts and of history hold every row once, in order, in either direction."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.domain.paging import PageRequest
from lifecycle_fsm.domain.portfolio import AccountFilter, AccountOrder, AccountOrderField
from lifecycle_fsm.domain.scorecard import Band
from lifecycle_fsm.store.accounts import NewAccount, Profile, create_accounts, load_accounts
from lifecycle_fsm.store.browse import page_accounts, page_history
from lifecycle_fsm.store.change import AccountChange, Health
from lifecycle_fsm.store.cursors import write_cursor
from lifecycle_fsm.store.database import Connection
from lifecycle_fsm.store.transitions import save, save_many
from tests.store.builders import NO_SLOTS, NOON, a_move, a_record, a_stored_account, opened

NAMES = ("alpha", "Beta", "beta", "delta", "Émile", "gamma", "gamma")


def populate(connection: Connection) -> list[UUID]:
    """Accounts a0..a6, each an hour later, with health 0, 20, none, 60, 80, none, 40."""
    new = [
        NewAccount(
            Profile(f"a{place}", name, NOON),
            "enterprise" if place % 2 else "tech_touch",
            "digest-1",
            "onboarding",
            NOON + timedelta(hours=place),
            csm="dana" if place < 3 else None,
        )
        for place, name in enumerate(NAMES)
    ]
    create_accounts(connection, new)
    ids = [account.profile.account_id for account in new]
    stored = load_accounts(connection, ids, NO_SLOTS)
    scores = (0.0, 20.0, None, 60.0, 80.0, None, 40.0)
    bands = (Band.AT_RISK, Band.AT_RISK, None, Band.NEUTRAL, Band.HEALTHY, None, Band.AT_RISK)
    changes = [
        AccountChange(
            stored[each].lifecycle, stored[each].head, NOON, records=(a_record(),), health=Health(score, band)
        )
        for each, score, band in zip(ids, scores, bands, strict=True)
    ]
    save_many(connection, changes, NO_SLOTS)
    return ids


def walk(connection: Connection, order: AccountOrder, size: int, *, backwards: bool) -> list[UUID]:
    """Every id that the pages give, in the order of the list."""
    found: list[UUID] = []
    page = PageRequest(size, backwards=backwards)
    while True:
        got = page_accounts(connection, AccountFilter(), order, page)
        found = [*got.items, *found] if backwards else [*found, *got.items]
        if backwards and got.has_previous:
            page = replace(page, before=got.cursors[0])
        elif not backwards and got.has_next:
            page = replace(page, after=got.cursors[-1])
        else:
            return found


@pytest.mark.parametrize("backwards", [False, True], ids=["forwards", "backwards"])
@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
@pytest.mark.parametrize(
    "order", [AccountOrder(field, falls) for field in AccountOrderField for falls in (False, True)]
)
def test_pages_of_any_size_give_the_same_list(
    database_url: str, order: AccountOrder, size: int, backwards: bool
) -> None:
    with opened(database_url) as database, database.writing() as connection:
        ids = populate(connection)
        whole = page_accounts(connection, AccountFilter(), order, PageRequest(100)).items
        found = walk(connection, order, size, backwards=backwards)

    assert found == list(whole)
    assert sorted(found) == sorted(ids)


def test_names_are_ordered_byte_by_byte(database_url: str) -> None:
    with opened(database_url) as database, database.writing() as connection:
        ids = populate(connection)
        page = page_accounts(connection, AccountFilter(), AccountOrder(), PageRequest(100))

    gammas = sorted((5, 6), key=lambda place: ids[place].bytes)
    assert [ids.index(found) for found in page.items] == [1, 0, 2, 3, *gammas, 4]


@pytest.mark.parametrize(("falls", "expected"), [(False, [0, 1, 6, 3, 4]), (True, [4, 3, 6, 1, 0])])
def test_accounts_without_health_come_last_in_either_direction(
    database_url: str, falls: bool, expected: list[int]
) -> None:
    order = AccountOrder(AccountOrderField.HEALTH_SCORE, descending=falls)

    with opened(database_url) as database, database.writing() as connection:
        ids = populate(connection)
        page = page_accounts(connection, AccountFilter(), order, PageRequest(100))

    places = [ids.index(found) for found in page.items]
    assert places[:5] == expected
    assert sorted(places[5:]) == [2, 5]


@pytest.mark.parametrize(
    ("choose", "expected"),
    [
        (AccountFilter(), {0, 1, 2, 3, 4, 5, 6}),
        (AccountFilter(segments=("enterprise",)), {1, 3, 5}),
        (AccountFilter(stages=("adoption",)), set()),
        (AccountFilter(bands=(Band.AT_RISK, Band.HEALTHY)), {0, 1, 4, 6}),
        (AccountFilter(csms=("dana",), segments=("tech_touch",)), {0, 2}),
        (AccountFilter(search="BET"), {1, 2}),
        (AccountFilter(search="a3"), {3}),
        (AccountFilter(search="%"), set()),
    ],
)
def test_a_filter_chooses_and_counts(database_url: str, choose: AccountFilter, expected: set[int]) -> None:
    with opened(database_url) as database, database.writing() as connection:
        ids = populate(connection)
        page = page_accounts(connection, choose, AccountOrder(), PageRequest(1, with_total=True))
        everything = page_accounts(connection, choose, AccountOrder(), PageRequest(100))

    assert page.total == len(expected)
    assert page.has_next is (len(expected) > 1)
    assert {ids.index(found) for found in everything.items} == expected
    assert everything.total is None


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "nonsense!",
        "AAAA",
        write_cursor("history", 3),
        write_cursor("name", True, "x", account_id_for("a1").hex),
        write_cursor("health_score", False, 5.0, account_id_for("a1").hex),
        write_cursor("name", False, 7, account_id_for("a1").hex),
        write_cursor("name", False, "x", "not an id"),
        write_cursor("name", False, "a\x00", account_id_for("a1").hex),
        write_cursor("entered_at", False, 2**64 - 1, account_id_for("a1").hex),
    ],
)
def test_a_cursor_of_another_list_is_refused(database_url: str, cursor: str) -> None:
    page = PageRequest(1, after=cursor)

    with opened(database_url) as database, database.reading() as connection, pytest.raises(InvalidInput) as refused:
        page_accounts(connection, AccountFilter(), AccountOrder(), page)

    assert refused.value.path == "after"


def test_history_is_read_newest_first_for_several_accounts_at_once(database_url: str) -> None:
    with opened(database_url) as database, database.writing() as connection:
        long = a_stored_account(connection, "long")
        short = a_stored_account(connection, "short")
        save(connection, replace(a_move(long), records=(a_record(),) * 5), NO_SLOTS)
        save(connection, a_move(short), NO_SLOTS)
        ids = [long.lifecycle.account_id, short.lifecycle.account_id, account_id_for("nobody")]
        first = page_history(connection, ids, PageRequest(3, with_total=True))
        second = page_history(connection, ids[:1], PageRequest(3, after=first[ids[0]].cursors[-1]))
        last = page_history(connection, ids[:1], PageRequest(2, backwards=True))
        before = page_history(connection, ids[:1], PageRequest(2, before=last[ids[0]].cursors[0], backwards=True))

    assert [[link.seq for link in first[each].items] for each in ids] == [[5, 4, 3], [1], []]
    assert [(first[each].total, first[each].has_next) for each in ids] == [(5, True), (1, False), (0, False)]
    assert [link.seq for link in second[ids[0]].items] == [2, 1]
    assert (second[ids[0]].has_previous, second[ids[0]].has_next) == (True, False)
    assert [link.seq for link in last[ids[0]].items] == [2, 1]
    assert (last[ids[0]].has_previous, last[ids[0]].has_next) == (True, False)
    assert [link.seq for link in before[ids[0]].items] == [4, 3]
