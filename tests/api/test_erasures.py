"""Accounts and what reviewers wrote are erased over HTTP, and everything stays provable."""

from collections.abc import Callable
from uuid import UUID

import pytest

from api.ids import global_id, review_mark_of
from lifecycle_fsm.domain.access import Portfolio, Role
from lifecycle_fsm.domain.audit import AuditKind
from lifecycle_fsm.domain.facts import account_id_for
from lifecycle_fsm.services.audit.erase import erasure_list
from lifecycle_fsm.services.audit.verify import verify
from lifecycle_fsm.services.tokens import issue_token
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.audit_entries import all_entries
from tests.api.conftest import ADMIN
from tests.api.door import Door

ID = global_id("Account", account_id_for("ACME"))
GROUND = "GDPR article 17"
ACCOUNT = """mutation ($id: ID!, $ground: String!) { eraseAccount(input: {accountId: $id, ground: $ground}) {
  __typename ... on AccountErased { accountId already } ... on Problem { code message } } }"""
TEXTS = """mutation ($input: EraseTextsInput!) { eraseTexts(input: $input) {
  __typename ... on TextsErased { erased } ... on Problem { code message } } }"""
SAY = """mutation ($comment: String!) {
  markReviewed(input: {
    since: "2026-02-01T00:00:00Z", before: "2026-03-01T00:00:00Z", comment: $comment, idempotencyKey: $comment
  }) { ... on ReviewMarked { mark { id author } } } }"""
READ = f'{{ reviewMarks(first: 9) {{ nodes {{ comment author }} }} account(id: "{ID}") {{ name }} }}'


@pytest.fixture
def marks(door: Door) -> dict[str, str]:
    """What was said about all accounts, by the words."""
    words = ("ACME looked odd", "Ada Lovelace signed this off", "Looked at everything")
    return {each: door.data(SAY, comment=each)["markReviewed"]["mark"]["id"] for each in words}


def erase(door: Door, **given: str) -> dict[str, object]:
    answer: dict[str, object] = door.data(TEXTS, input={"ground": GROUND, **given})["eraseTexts"]
    return answer


def comments(door: Door) -> set[str]:
    return {each["comment"] for each in door.data(READ)["reviewMarks"]["nodes"]}


def test_an_account_is_erased_with_the_words_that_name_it(door: Door, world: World, marks: dict[str, str]) -> None:
    first, again = (door.data(ACCOUNT, id=ID, ground=GROUND)["eraseAccount"] for _ in range(2))

    assert [first, again] == [
        {"__typename": "AccountErased", "accountId": ID, "already": already} for already in (False, True)
    ]
    assert comments(door) == {"", "Ada Lovelace signed this off", "Looked at everything"}
    assert verify(world, ADMIN).failed == 0
    named = review_mark_of(marks["ACME looked odd"], "id")
    assert [each.key for each in erasure_list(world, ADMIN)] == [named, account_id_for("ACME")]


def test_one_text_goes_or_all_of_an_author(door: Door, world: World, marks: dict[str, str]) -> None:
    mark = marks["Ada Lovelace signed this off"]
    one, again = (erase(door, markId=mark) for _ in range(2))
    after_one = comments(door)
    all_of_them = erase(door, author=door.data(READ)["reviewMarks"]["nodes"][0]["author"])

    assert [one["erased"], again["erased"], all_of_them["erased"]] == [1, 0, 2]
    assert after_one == {"ACME looked odd", "", "Looked at everything"}
    assert comments(door) == {""}
    assert verify(world, ADMIN).failed == 0
    with world.database.reading() as connection:
        erased = [each.entry for each in all_entries(connection) if each.entry.kind is AuditKind.ERASED]
    assert [each.details["ground"] for each in erased] == [GROUND] * 3


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "say which texts: those of one mark, or of one author"),
        ({"markId": "MARK", "author": "ada"}, "say which texts: those of one mark, or of one author"),
        ({"markId": "MARK"}, "there is no review mark with this id; audit entries name it as `mark`"),
        (
            {"author": "ada", "ground": ""},
            "the ground must be 1 to 500 printable characters, such as a law's article",
        ),
    ],
)
def test_what_is_not_one_choice_is_refused(door: Door, given: dict[str, str], message: str) -> None:
    named = {name: text.replace("MARK", global_id("ReviewMark", UUID(int=1))) for name, text in given.items()}

    refused = erase(door, **named)

    assert (refused["__typename"], refused["message"]) == ("InvalidInput", message)


def test_who_may_not_erase_erases_nothing(
    door: Door, world: World, token_of: Callable[[Role], str], marks: dict[str, str]
) -> None:
    limited = issue_token(world, ADMIN, "ada", [Role.ADMIN], None, Portfolio(csms=frozenset({"ada"}))).token
    before = door.data(READ)

    for token in (token_of(Role.AUDITOR), token_of(Role.CSM), limited):
        other = door.as_token(token)
        assert other.data(ACCOUNT, id=ID, ground=GROUND)["eraseAccount"]["__typename"] == "Forbidden"
        assert erase(other, author="ada")["__typename"] == "Forbidden"

    assert door.data(READ) == before
