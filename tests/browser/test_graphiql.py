"""GraphiQL comes from our own server and asks as whoever is signed in."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.server import Served
from tests.browser.work import open_risk


def test_runs_one_of_the_consoles_own_operations(page: Page, site: Served) -> None:
    page.goto(site.page("/graphiql?example=Viewer"))
    expect(page.locator(".graphiql-query-editor")).to_contain_text("viewer")
    page.get_by_role("button", name="Execute query").click()

    expect(page.locator(".graphiql-response")).to_contain_text("demo-admin")


def test_lists_the_operations_of_the_console(page: Page, site: Served) -> None:
    page.goto(site.page("/graphiql"))
    page.get_by_role("button", name="Examples").click()

    expect(page.get_by_role("link", name="AccountPage")).to_be_visible()


@pytest.mark.parametrize("example", ["AccountPage", "WhyNotThen", "PlanPage", "StageMatrix", "AuditHistory"])
def test_an_example_runs_with_what_is_in_the_store(page: Page, site: Served, example: str) -> None:
    assert site.plan
    page.goto(site.page(f"/graphiql?example={example}"))
    expect(page.locator(".graphiql-query-editor")).to_contain_text(example)
    page.get_by_role("button", name="Execute query").click()

    expect(page.locator(".graphiql-response")).to_contain_text('"data"')
    expect(page.locator(".graphiql-response")).not_to_contain_text('"errors"')
    expect(page.locator(".graphiql-response")).not_to_contain_text(": null}")


def test_an_example_hears_of_changes(page: Page, site: Served) -> None:
    page.goto(site.page("/graphiql?example=WorkChanged"))
    expect(page.locator(".graphiql-query-editor")).to_contain_text("ctaChanged")
    with page.expect_websocket() as socket:
        page.get_by_role("button", name="Execute query").click()
    socket.value.wait_for_event("framereceived")
    open_risk(site, "While somebody listens")

    expect(page.locator(".graphiql-response")).to_contain_text('"ctaChanged"')


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
