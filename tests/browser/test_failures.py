"""What a page says when the server is gone, no longer takes the token, or has had enough; nothing fails in silence."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect

from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.settings import Settings
from tests.browser.server import Served, listening
from tests.browser.work import open_work


@pytest.fixture
def failing(browser: Browser) -> Iterator[Page]:
    """A window whose browser may report that requests failed."""
    with browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB", timezone_id="UTC") as context:
        yield context.new_page()


def test_says_that_the_server_is_gone_and_goes_on_when_it_is_back(failing: Page, site: Served) -> None:
    open_work(site, "Before it went away")
    failing.goto(site.page("/my-day?type=RISK", Role.CSM))
    cards = failing.locator(".card")
    expect(cards.first).to_be_visible()
    before = cards.count()
    failing.context.set_offline(True)
    cards.first.get_by_role("button", name="Close").click()
    expect(failing.get_by_role("alert")).to_contain_text("The server cannot be reached")
    expect(failing.get_by_role("alert")).to_contain_text("The server did not say whether it did this")
    expect(cards).to_have_count(before)
    open_work(site, "While it was away")
    failing.context.set_offline(False)

    expect(cards.filter(has_text="While it was away")).to_have_count(1)
    failing.get_by_role("button", name="Understood").click()
    expect(failing.get_by_role("alert")).to_have_count(0)


def test_says_that_a_token_is_no_longer_taken(failing: Page, site: Served) -> None:
    failing.goto(site.page("/my-day", Role.CSM))
    expect(failing.locator(".card").first).to_be_visible()
    failing.evaluate("sessionStorage.setItem('lifecycle.token', 'one that nobody issued')")
    failing.locator(".card").first.get_by_role("button", name="Close").click()

    expect(failing.get_by_role("alert").first).to_contain_text("This token is not valid, or it has ended.")
    failing.get_by_role("alert").first.get_by_role("button", name="Sign in").click()
    expect(failing.get_by_label("Token")).to_be_focused()


def test_says_how_long_to_wait_when_too_much_was_asked(failing: Page, site: Served) -> None:
    settings = Settings(rate=1, rate_burst=1)
    with listening(site.world, settings) as port:
        failing.goto(replace(site, address=f"http://127.0.0.1:{port}").page("/my-day", Role.CSM))

        expect(failing.get_by_role("alert").first).to_contain_text("wait")
        failing.close()
