"""A CSM works through the day: sees why each CTA was opened, ticks a task, closes one, and sees what that moved."""

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from lifecycle_fsm.domain.access import Role
from tests.browser.server import Served


def test_shows_open_work_with_its_reason(page: Page, site: Served) -> None:
    page.goto(site.page("/my-day", Role.CSM))

    card = page.locator(".card").first
    expect(card).to_contain_text("Opened by:")
    expect(card.get_by_role("link")).to_be_visible()


def test_ticks_a_task_and_snoozes(page: Page, site: Served) -> None:
    page.goto(site.page("/my-day", Role.CSM))
    card = page.locator(".card", has=page.get_by_role("checkbox")).first
    title = card.get_by_role("heading").inner_text()
    box = card.get_by_role("checkbox").first
    box.click()
    expect(box).to_be_checked()
    account = card.get_by_role("link").inner_text()
    card.get_by_role("button", name="Snooze for a week").click()

    expect(page.locator(".card", has_text=account).filter(has_text=title)).to_have_count(0)


def test_closes_a_cta_and_tells_what_followed(page: Page, site: Served) -> None:
    page.goto(site.page("/my-day?type=LIFECYCLE", Role.CSM))
    cards = page.locator(".card")
    expect(cards.first).to_be_visible()
    before = cards.count()
    title = cards.first.get_by_role("heading").inner_text().partition(" ")[2]
    cards.first.get_by_label("Comment").fill("done on the phone")
    cards.first.get_by_role("button", name="Close").click()

    expect(page.get_by_role("status").get_by_role("listitem").first).to_have_text(f"{title}: Success")
    expect(cards).not_to_have_count(before)


OPEN = """mutation ($input: OpenCtaInput!) { openCta(input: $input) { __typename ... on Problem { message } } }"""


@pytest.fixture
def risks(site: Served) -> None:
    """Two more risks to work on, whatever other tests have closed."""
    for number in range(2):
        wish = {"accountId": site.account, "title": f"Look into it {number}", "type": "RISK", "reason": "churn"}
        given = {**wish, "priority": "HIGH", "owner": "ada", "identity": str(number), "idempotencyKey": str(number)}
        due = (site.world.clock() + timedelta(days=3)).isoformat()
        opened = site.ask(OPEN, input={**given, "dueAt": due})["openCta"]
        assert opened == {"__typename": "CtaChanged"}


@pytest.mark.usefixtures("risks")
def test_two_browsers_see_each_others_changes_live(page: Page, site: Served, browser: Browser) -> None:
    page.goto(site.page("/my-day?type=RISK", Role.CSM))
    mine = page.locator(".card")
    expect(mine.first).to_be_visible()
    count = mine.count()
    other = browser.new_context(locale="en-GB").new_page()
    other.goto(site.page("/my-day?type=RISK", Role.ADMIN))
    other.locator(".card").first.get_by_role("button", name="Close").click()
    expect(other.get_by_role("status").get_by_role("listitem").first).to_be_visible()

    expect(mine).to_have_count(count - 1)
    other.context.close()
