"""GraphiQL comes from our own server and asks as whoever is signed in."""

from playwright.sync_api import Page, expect

from tests.browser.server import Served


def test_runs_one_of_the_consoles_own_operations(page: Page, site: Served) -> None:
    page.goto(site.page("/graphiql?example=Viewer"))
    expect(page.locator(".graphiql-query-editor")).to_contain_text("viewer")
    page.get_by_role("button", name="Execute query").click()

    expect(page.locator(".graphiql-response")).to_contain_text("demo-admin")


def test_lists_the_operations_of_the_console(page: Page, site: Served) -> None:
    page.goto(site.page("/graphiql"))
    page.get_by_role("button", name="Examples").click()

    expect(page.get_by_role("link", name="AccountPage")).to_be_visible()
