"""Lists of accounts: filtered, ordered, paged, and in a number of statements that does not grow."""

from datetime import timedelta

import pytest

from lifecycle_fsm.services.world import World
from tests.api.conftest import an_account, register
from tests.api.counting import counted
from tests.api.door import Door
from tests.builders import MONDAY
from tests.fakes import Clock

NAMES = """query (
    $filter: AccountFilter, $order: AccountOrder, $first: Int, $last: Int, $after: String, $before: String) {
    accounts(filter: $filter, order: $order, first: $first, last: $last, after: $after, before: $before) {
    nodes { key } edges { cursor node { key } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""

EVERYTHING = """{ accounts(first: 100) { nodes {
    id key name segment { key title } machine { digest stages { key } }
    stage { key pace timeInStage } health { score contributions { measure } } measures { key value } facts { key value }
    milestones { key reachedAt } availableTransitions { verdict { summary leaves { text } } } heldByUnknown
    openCtas { id tasks { key } } stageVisits { stage variance } stageTotals { stage cumulativeTime }
    history(first: 10) { totalCount nodes { seq toStage { key } effects { kind } } } } } }"""


@pytest.fixture
def three(world: World, clock: Clock) -> None:
    register(world, an_account("BETA", setup=80))
    clock.at = MONDAY + timedelta(days=1)
    register(world, an_account("GAMMA", setup=20))


def keys(door: Door, **variables: object) -> list[str]:
    return [node["key"] for node in door.data(NAMES, **variables)["accounts"]["nodes"]]


@pytest.mark.usefixtures("three")
def test_lists_accounts_by_name_unless_told_otherwise(door: Door) -> None:
    assert keys(door, first=10) == ["ACME", "BETA", "GAMMA"]
    assert keys(door, first=10, order={"descending": True}) == ["GAMMA", "BETA", "ACME"]
    assert keys(door, first=10, order={"field": "HEALTH_SCORE", "descending": True}) == ["BETA", "GAMMA", "ACME"]


@pytest.mark.usefixtures("three")
def test_walks_a_list_forwards_and_backwards(door: Door) -> None:
    first = door.data(NAMES, first=2)["accounts"]
    second = door.data(NAMES, first=2, after=first["pageInfo"]["endCursor"])["accounts"]
    back = door.data(NAMES, last=1, before=second["pageInfo"]["startCursor"])["accounts"]

    assert [edge["node"]["key"] for edge in first["edges"]] == ["ACME", "BETA"]
    assert first["edges"][1]["cursor"] == first["pageInfo"]["endCursor"]
    assert (first["pageInfo"]["hasNextPage"], first["pageInfo"]["hasPreviousPage"]) == (True, False)
    assert [node["key"] for node in second["nodes"]] == ["GAMMA"]
    assert (second["pageInfo"]["hasNextPage"], second["pageInfo"]["hasPreviousPage"]) == (False, True)
    assert [node["key"] for node in back["nodes"]] == ["BETA"]


@pytest.mark.usefixtures("three")
def test_filters_by_everything_that_is_given(door: Door) -> None:
    assert keys(door, first=10, filter={"bands": ["HEALTHY"]}) == ["BETA"]
    assert keys(door, first=10, filter={"bands": ["HEALTHY"], "search": "gam"}) == []
    assert keys(door, first=10, filter={"segments": ["starter"], "stages": ["onboarding"], "csms": ["ada"]}) == [
        "ACME",
        "BETA",
        "GAMMA",
    ]
    assert keys(door, first=10, filter={"csms": ["lee"]}) == []


@pytest.mark.usefixtures("three")
def test_counts_only_when_asked(door: Door) -> None:
    keys(door, first=1)

    with counted() as silent:
        door.data("{ accounts(first: 1) { nodes { key } } }")
    with counted() as counting:
        answer = door.data("{ accounts(first: 1) { ...page } } fragment page on AccountConnection { totalCount }")

    assert answer["accounts"]["totalCount"] == 3
    assert len(counting) == len(silent) + 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("", "`first` or `last` is needed, 1 to 100; you gave neither"),
        ("(first: 1, last: 1)", "`first` or `last` is needed, 1 to 100; you gave both"),
        ("(first: 0)", "`first` is 0; expected 1 to 100"),
        ("(first: 101)", "`first` is 101; expected 1 to 100"),
        ("(last: -1)", "`last` is -1; expected 1 to 100"),
        ('(first: 1, before: "x")', "`before` goes with `last` only; leave it out or page the other way"),
        ('(last: 1, after: "x")', "`after` goes with `first` only; leave it out or page the other way"),
    ],
)
def test_refuses_a_page_without_a_size_from_1_to_100(door: Door, arguments: str, message: str) -> None:
    error = door.error(f"{{ accounts{arguments} {{ nodes {{ key }} }} }}")

    assert (error["message"], error["extensions"]["code"]) == (message, "invalid_input")


@pytest.mark.parametrize("cursor", ["", "x", "é", "AAAA", "x" * 2000])
def test_refuses_a_cursor_that_no_page_gave(door: Door, cursor: str) -> None:
    error = door.error(NAMES, first=1, after=cursor)

    assert error["extensions"]["code"] == "invalid_input"


@pytest.mark.parametrize(
    ("choose", "message"),
    [
        ({"stages": ["x"] * 101}, "`stages` has 101 entries; expected at most 100"),
        ({"csms": ["ada", "a\x00"]}, "`csms` has 'a\\x00'; expected printable texts"),
        ({"search": "a\x00"}, "the search is 'a\\x00'; expected at most 200 printable characters"),
        ({"search": "x" * 201}, f"the search is {'x' * 40!r}; expected at most 200 printable characters"),
    ],
)
def test_refuses_a_filter_that_cannot_choose(door: Door, choose: dict[str, object], message: str) -> None:
    error = door.error(NAMES, first=1, filter=choose)

    assert (error["message"], error["extensions"]["code"]) == (message, "invalid_input")


def test_statements_do_not_grow_with_the_accounts(door: Door, world: World) -> None:
    door.data(EVERYTHING)
    with counted() as for_one:
        one = door.data(EVERYTHING)
    register(world, *(an_account(f"A{number:02}", setup=number) for number in range(49)))
    with counted() as for_fifty:
        fifty = door.data(EVERYTHING)

    assert (len(one["accounts"]["nodes"]), len(fifty["accounts"]["nodes"])) == (1, 50)
    assert len(for_fifty) == len(for_one)


def test_an_account_page_needs_at_most_twelve_statements(door: Door) -> None:
    page = EVERYTHING.replace("{ accounts(first: 100) { nodes {", '{ account(key: "ACME") {', 1)[:-2]
    door.data(page)

    with counted() as statements:
        door.data(page)

    assert len(statements) <= 12
