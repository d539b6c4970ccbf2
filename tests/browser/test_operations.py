"""An operator sees what runs by itself, and asks for a sweep."""

from playwright.sync_api import Page, expect

from tests.browser.server import Served


def test_shows_what_waits_and_takes_a_sweep(page: Page, site: Served) -> None:
    page.goto(site.page("/operations"))
    expect(page.get_by_role("heading", name="Waiting")).to_be_visible()
    expect(page.locator(".figures dt").first).to_have_text("Accounts to evaluate")
    page.get_by_role("button", name="Sweep all accounts").click()

    expect(page.get_by_role("status").filter(has_text="A worker takes it up")).to_be_visible()
