"""GraphiQL comes from our own server and asks as whoever is signed in."""

import re
from pathlib import Path
from typing import Any

import pytest
from graphql import OperationDefinitionNode, build_schema, parse
from graphql.execution.values import VariableValues, get_variable_values
from playwright.sync_api import Locator, Page, Route, expect

import api
from lifecycle_fsm.domain.access import Role
from tests.browser.server import Served
from tests.browser.work import open_work
from tests.usual import first

API = Path(api.__file__).parent
SOURCES = API / "console" / "src"
SCHEMA = (API / "schema.graphql").read_text()


def test_runs_one_of_the_consoles_own_operations(page: Page, site: Served) -> None:
    page.goto(site.page("/graphiql?example=Viewer"))
    expect(page.locator(".graphiql-query-editor")).to_contain_text("viewer")
    page.get_by_role("button", name="Execute query").click()

    expect(page.locator(".graphiql-response")).to_contain_text("demo-admin")


def test_lists_the_operations_of_the_console(page: Page, site: Served) -> None:
    page.goto(site.page("/graphiql"))
    page.get_by_role("button", name="Examples").click()

    expect(page.get_by_role("link", name="AccountPage")).to_be_visible()


@pytest.mark.parametrize("example", first(2, ["AccountPage", "WhyNotThen", "PlanPage", "StageMatrix", "AuditHistory"]))
def test_an_example_runs_with_what_is_in_the_store(page: Page, site: Served, example: str) -> None:
    assert site.plan
    page.goto(site.page(f"/graphiql?example={example}"))
    expect(page.locator(".graphiql-query-editor")).to_contain_text(example)
    page.get_by_role("button", name="Execute query").click()

    expect(page.locator(".graphiql-response")).to_contain_text('"data"')
    expect(page.locator(".graphiql-response")).not_to_contain_text('"errors"')
    expect(page.locator(".graphiql-response")).not_to_contain_text(": null}")


RUN = {
    "MarkReviewed": "ReviewMarked",
    "RaiseQuestion": "ReviewMarked",
    "AnswerQuestion": "ReviewMarked",
    "StartVerification": "VerificationStarted",
    "EndOverride": "NotOverridden",
    "Resume": "NotPaused",
    "SnoozeWork": "CtaChanged",
    "SetTask": "CtaChanged",
    "CloseWork": "CtaClosed",
    "Rehearse": "SweepRehearsed",
    "Undo": "__typename",
    "MakePlan": "ConfigurationPlanned",
    "IssueToken": "TokenIssued",
}
"""Examples that change little, and what they answer with."""

RAISE = "mutation ($input: RaiseQuestionInput!) { raiseQuestion(input: $input) { __typename } }"
MUTATION = re.compile(r"^mutation (\w+)", re.MULTILINE)
MUTATIONS = sorted(name for file in SOURCES.rglob("*.graphql") for name in MUTATION.findall(file.read_text()))


@pytest.mark.parametrize("example", first(1, RUN))
def test_an_example_that_changes_something_runs_with_its_input(page: Page, site: Served, example: str) -> None:
    question = {"accountId": site.account, "seq": 1, "comment": "Why?", "idempotencyKey": f"question for {example}"}
    assert site.ask(RAISE, input=question)["raiseQuestion"] == {"__typename": "ReviewMarked"}
    page.goto(site.page(f"/graphiql?example={example}"))
    expect(page.locator(".graphiql-query-editor")).to_contain_text(example)
    page.get_by_role("button", name="Execute query").click()

    answer = page.locator(".graphiql-response")
    expect(answer).to_contain_text('"data"')
    expect(answer).not_to_contain_text('"errors"')
    expect(answer).to_contain_text(RUN[example])


@pytest.mark.parametrize("example", first(1, (name for name in MUTATIONS if name not in RUN)))
def test_an_example_that_changes_much_says_so_and_has_its_input(page: Page, site: Served, example: str) -> None:
    """It is asked for and held back before the server hears of it."""
    asked = list[dict[str, Any]]()

    def withhold(route: Route) -> None:
        body: dict[str, Any] = route.request.post_data_json or {}
        if MUTATION.search(body["query"]) is None:
            route.continue_()
            return
        asked.append(body)
        route.fulfill(json={"data": {}})

    page.route("**/graphql", withhold)
    page.goto(site.page(f"/graphiql?example={example}"))
    expect(page.locator(".graphiql-query-editor")).to_contain_text(
        re.compile(r"look\sat\sthe\svariables|not\sto\sbe\srun")
    )
    page.get_by_role("button", name="Execute query").click()
    expect(page.locator(".graphiql-response")).to_contain_text('"data"')

    (body,) = asked
    operation = parse(body["query"]).definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    coerced = get_variable_values(build_schema(SCHEMA), operation.variable_definitions or (), body["variables"])
    assert isinstance(coerced, VariableValues), coerced


def test_an_example_has_its_variables_for_whoever_may_not_see_everything(page: Page, site: Served) -> None:
    page.goto(site.page("/graphiql?example=AccountPage", Role.VIEWER))
    expect(page.locator(".graphiql-query-editor")).to_contain_text("AccountPage")
    page.get_by_role("button", name="Execute query").click()

    expect(page.locator(".graphiql-response")).to_contain_text('"account"')


def test_an_example_hears_of_changes(page: Page, site: Served) -> None:
    page.goto(site.page("/graphiql?example=WorkChanged"))
    expect(page.locator(".graphiql-query-editor")).to_contain_text("ctaChanged")
    page.get_by_role("button", name="Execute query").click()

    # When the server began to listen is not told, so that changes come until one is heard.
    for _ in range(20):
        open_work(site, "While somebody listens")
        if is_seen(page.locator(".graphiql-response"), '"ctaChanged"'):
            return
    pytest.fail("no change was heard")


def is_seen(part: Locator, words: str) -> bool:
    """Whether a part of the page comes to have the words within a second."""
    try:
        expect(part).to_contain_text(words, timeout=1_000)
    except AssertionError:
        return False
    return True


def test_shows_question_and_answer_on_a_telephone(page: Page, site: Served) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(site.page("/graphiql?example=Viewer"))
    expect(page.locator(".graphiql-query-editor")).to_contain_text("viewer")
    page.get_by_role("button", name="Execute query").click()

    expect(page.locator(".graphiql-response")).to_contain_text("demo-admin")
    box = page.locator(".graphiql-response").bounding_box()
    assert box is not None
    assert (box["x"] >= 0, box["x"] + box["width"] <= 360, box["width"] >= 200) == (True, True, True)


def test_leads_whoever_is_not_signed_in_to_the_door(page: Page, site: Served) -> None:
    page.goto(f"{site.address}/graphiql")
    page.get_by_role("link", name="Sign in").click()

    expect(page.get_by_label("Token")).to_be_focused()
