"""Somebody signs in, sees where accounts stand, and opens one."""

from playwright.sync_api import Page, expect

from lifecycle_fsm.domain.access import Role
from tests.browser.server import ACCOUNTS, Served


def test_asks_for_a_token_and_shows_the_portfolio(page: Page, site: Served) -> None:
    page.goto(site.address)
    page.get_by_label("Token").fill(site.tokens[Role.CSM])
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("heading", name="Portfolio")).to_be_visible()
    expect(page.locator(".headline dd a").first).to_have_text(str(ACCOUNTS))


def test_takes_the_token_out_of_the_address(page: Page, site: Served) -> None:
    page.goto(site.page())
    expect(page.get_by_role("heading", name="Portfolio")).to_be_visible()

    assert page.url == f"{site.address}/"


def test_keeps_filters_in_the_address(page: Page, site: Served) -> None:
    page.goto(site.page("/accounts"))
    page.get_by_label("Health").select_option("AT_RISK")
    expect(page).to_have_url(f"{site.address}/accounts?band=AT_RISK")
    found = page.locator("tbody tr")
    expect(found.first).to_contain_text("At risk")
    shown = found.count()
    page.reload()

    expect(found).to_have_count(shown)
    expect(page.get_by_label("Health")).to_have_value("AT_RISK")


def test_shows_on_a_telephone_which_page_it_is(page: Page, site: Served) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(site.page("/tokens"))

    expect(page.get_by_role("navigation").get_by_role("link", name="Tokens")).to_be_in_viewport(ratio=1)
