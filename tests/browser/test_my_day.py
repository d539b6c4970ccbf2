"""A CSM works through the day: sees why each CTA was opened, ticks a task, closes one, and sees what that moved."""

from datetime import datetime, timedelta
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

from lifecycle_fsm.domain.access import Role
from tests.browser.server import Served
from tests.browser.work import open_work

WHY = """{ ctas(first: 50, filter: {isOpen: true, isSnoozed: false}) { nodes { id title account { name }
  opening { sentence because { verdict { leaves { subject actual } } } } } } }"""
"""The CTAs of the first page, and on what each was opened."""


def first_card(page: Page, site: Served) -> tuple[Locator, dict[str, Any]]:
    """The first card of a CTA that a condition opened, and what the API says of it."""
    page.goto(site.page("/my-day", Role.CSM))
    cta = next(each for each in site.ask(WHY, Role.CSM)["ctas"]["nodes"] if each["opening"]["because"] is not None)
    card = page.locator(".card").filter(has_text=cta["title"]).filter(has_text=cta["account"]["name"]).first
    return card, cta


def test_says_why_work_is_there_and_on_what_evidence(page: Page, site: Served) -> None:
    card, cta = first_card(page, site)
    expect(card).to_contain_text(cta["opening"]["sentence"])
    card.locator("summary").click()

    leaves = cta["opening"]["because"]["verdict"]["leaves"]
    rows = card.locator("tbody tr")
    expect(rows).to_have_count(len(leaves))
    assert [row.locator("th, td").first.inner_text() for row in rows.all()] == [leaf["subject"] for leaf in leaves]
    expect(rows.first).to_contain_text("holds")
    expect(card).to_contain_text("from the opening")
    card.get_by_role("link", name="The record of the opening").click()
    expect(page.get_by_role("heading", name="On what it was decided")).to_be_visible()


def test_says_in_words_which_reason_was_chosen(page: Page, site: Served) -> None:
    open_work(site, "Ask what is wrong")
    page.goto(site.page("/my-day?reason=churn", Role.CSM))

    expect(page.locator(".chosen")).to_have_text("Reason: Churn risk All reasons")
    expect(page.locator(".card").first).to_contain_text("· Churn risk ·")
    page.get_by_role("button", name="All reasons").click()
    expect(page.locator(".chosen")).to_have_count(0)


UPDATE = """mutation ($input: UpdateCtaInput!) { updateCta(input: $input) { __typename ... on Problem { message } } }"""


def test_tells_that_work_was_put_off_and_what_else_became_of_it(page: Page, site: Served) -> None:
    asked = "{ ctas(first: 1, filter: {isOpen: true}, order: {field: DUE_AT, descending: true}) "
    (cta,) = site.ask(asked + "{ nodes { id dueAt firstDueAt title } } }", Role.CSM)["ctas"]["nodes"]
    later = (datetime.fromisoformat(cta["firstDueAt"]) + timedelta(days=400)).isoformat()
    given = {"ctaId": cta["id"], "dueAt": later, "comment": "they are away", "idempotencyKey": "put off"}
    assert site.ask(UPDATE, Role.CSM, input=given)["updateCta"]["__typename"] == "CtaChanged"
    page.goto(site.page("/my-day", Role.CSM))
    card = page.locator(".card").last
    card.locator("summary").click()

    expect(card).to_contain_text("Put off by 400 days since")
    expect(card.get_by_role("heading", name="What became of it since")).to_be_visible()
    expect(card.locator(".history li").last).to_contain_text(cta["title"])


def test_ticks_a_task_and_snoozes(page: Page, site: Served) -> None:
    page.goto(site.page("/my-day", Role.CSM))
    card = page.locator(".card", has=page.get_by_role("checkbox")).first
    title = card.get_by_role("heading").inner_text()
    box = card.get_by_role("checkbox").first
    box.click()
    expect(box).to_be_checked()
    account = card.get_by_role("link").first.inner_text()
    card.get_by_role("button", name="Snooze for a week").click()

    expect(page.locator(".card", has_text=account).filter(has_text=title)).to_have_count(0)
    expect(page.get_by_role("heading", name="snoozed until")).to_be_visible()


def test_closes_a_cta_and_tells_what_followed(page: Page, site: Served) -> None:
    open_work(site, "Onboard the account", kind="LIFECYCLE")
    page.goto(site.page("/my-day?type=LIFECYCLE", Role.CSM))
    cards = page.locator(".card")
    expect(cards.first).to_be_visible()
    card = cards.filter(has_text="Onboard the account").first
    account = card.get_by_role("link").first.inner_text()
    title = card.get_by_role("heading").inner_text().partition(" ")[2]
    left = cards.filter(has_text=title).filter(has_text=account)
    card.get_by_label("Comment").fill("done on the phone")
    card.get_by_role("button", name="Close").click()

    news = page.get_by_role("region", name=f"{title}: Success")
    expect(news).to_be_focused()
    expect(news.get_by_role("link")).to_have_text(account)
    expect(left).to_have_count(0)


def test_lists_the_alerts_that_are_on(page: Page, site: Served) -> None:
    page.goto(site.page("/my-day", Role.CSM))
    asked = "{ alerts(first: 20, filter: {isOn: true}) { totalCount nodes { account { name } opening { sentence } } } }"
    told = site.ask(asked, Role.CSM)["alerts"]
    section = page.get_by_role("region", name="Alerts that are on")

    rows = section.get_by_role("listitem")
    expect(rows).to_have_count(len(told["nodes"]))
    expect(section.get_by_role("heading")).to_contain_text(f"{len(told['nodes'])} of {told['totalCount']}")
    for row, alert in zip(rows.all(), told["nodes"], strict=True):
        expect(row).to_contain_text(alert["account"]["name"])
        expect(row).to_contain_text(alert["opening"]["sentence"])


def test_says_that_nothing_is_to_be_done(page: Page, site: Served) -> None:
    page.goto(site.page("/my-day?owner=nobody", Role.CSM))

    expect(page.get_by_text("Nothing to do.")).to_be_visible()


def test_two_browsers_see_each_others_changes_live(page: Page, site: Served, browser: Browser) -> None:
    for number in range(2):
        open_work(site, f"Look into it {number}")
    page.goto(site.page("/my-day?type=RISK", Role.CSM))
    mine = page.locator(".card")
    expect(mine.first).to_be_visible()
    count = mine.count()
    other = browser.new_context(locale="en-GB").new_page()
    other.goto(site.page("/my-day?type=RISK", Role.ADMIN))
    other.locator(".card").first.get_by_role("button", name="Close").click()
    expect(other.get_by_role("heading", name="Success")).to_be_visible()

    expect(mine).to_have_count(count - 1)
    other.context.close()
