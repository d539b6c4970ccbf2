"""Names longer than anybody gives, and more work than fits a page."""

import pytest
from playwright.sync_api import Page, expect

from lifecycle_fsm.domain.access import Role
from tests.browser.pages import show
from tests.browser.server import Served
from tests.browser.test_every_page import NARROW, findings, overflow
from tests.browser.work import open_work


@pytest.mark.parametrize("path", ["/my-day", "/accounts/{site.account}"])
def test_a_name_without_end_stays_within_a_telephone(page: Page, site: Served, path: str) -> None:
    title = "Unbreakable" * 20
    open_work(site, title)
    page.set_viewport_size(NARROW)  # type: ignore[arg-type] # a dictionary of the right shape
    page.goto(site.page(path.format(site=site), Role.CSM))

    expect(page.get_by_text(title).first).to_be_visible()
    assert overflow(page) == []


@pytest.mark.long
def test_more_work_than_a_page_holds_comes_page_by_page(page: Page, site: Served) -> None:
    for number in range(51):
        open_work(site, f"One of many {number}")
    page.goto(site.page("/my-day?type=RISK", Role.CSM))
    cards = page.locator(".card")
    expect(cards).to_have_count(50)
    asked = "{ ctas(first: 1, filter: {isOpen: true, isSnoozed: false, types: [RISK]}) { totalCount } }"
    total = site.ask(asked, Role.CSM)["ctas"]["totalCount"]
    expect(page.get_by_text(f"50 of {total}")).to_be_visible()
    while cards.count() < total:
        before = cards.count()
        page.get_by_role("button", name="Show more").first.click()
        expect(cards.nth(before)).to_be_visible()

    expect(cards).to_have_count(total)


@pytest.mark.parametrize(("name", "told"), [("accounts", "Open CTAs"), ("tokens", "Last used")])
def test_a_row_of_a_table_is_a_card_on_a_telephone(page: Page, site: Served, name: str, told: str) -> None:
    page.set_viewport_size(NARROW)  # type: ignore[arg-type] # a dictionary of the right shape
    show(page, site, name)

    table = page.get_by_role("table").first
    last = table.get_by_role("row").nth(1).get_by_role("cell").last
    assert table.evaluate("each => each.scrollWidth <= each.closest('.scrolls').clientWidth")
    assert last.evaluate("each => each.getBoundingClientRect().right <= innerWidth")
    assert told in table.evaluate(
        "each => [...each.querySelectorAll('td')].map((cell) => getComputedStyle(cell, '::before').content).join()"
    )


@pytest.mark.long
def test_numbers_in_bars_can_be_read(page: Page, site: Served) -> None:
    for number in range(20):
        open_work(site, f"One of several {number}")
    show(page, site, "portfolio")

    expect(page.locator(".piece.data .on:visible").first).to_be_visible()
    assert findings(page) == []
