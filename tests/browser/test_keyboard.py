"""Each page's main task with the keyboard alone: nothing is clicked."""

from playwright.sync_api import Page, expect

from lifecycle_fsm.domain.access import Role
from tests.browser.pages import show
from tests.browser.server import Served
from tests.browser.walking import walk_to


def test_signs_in(page: Page, site: Served) -> None:
    page.goto(site.address)
    expect(page.get_by_label("Token")).to_be_focused()
    page.keyboard.type(site.tokens[Role.VIEWER])
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Portfolio")).to_be_visible()


def test_skips_to_the_page_and_goes_from_a_number_to_its_accounts(page: Page, site: Served) -> None:
    show(page, site, "portfolio")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    walk_to(page, page.locator(".headline .is-at-risk a"))
    page.keyboard.press("Enter")

    expect(page).to_have_url(f"{site.address}/accounts?band=AT_RISK")


def test_turns_a_chart_into_its_table(page: Page, site: Served) -> None:
    show(page, site, "portfolio")
    walk_to(page, page.get_by_role("button", name="Where accounts stand as a table"))
    page.keyboard.press("Space")

    expect(page.get_by_role("region", name="Where accounts stand as a table").locator("tbody tr").first).to_be_visible()


def test_opens_an_account_and_goes_back_in_time(page: Page, site: Served) -> None:
    show(page, site, "accounts")
    walk_to(page, page.locator("tbody a").first)
    page.keyboard.press("Enter")
    expect(page.get_by_role("slider")).to_be_visible()
    walk_to(page, page.get_by_role("slider"))
    page.keyboard.press("Home")

    expect(page.get_by_role("heading", name="What could have happened next")).to_be_visible()


def test_closes_a_cta(page: Page, site: Served) -> None:
    show(page, site, "my day")
    walk_to(page, page.locator(".card").first.get_by_label("Comment"))
    page.keyboard.type("done on the phone")
    page.keyboard.press("Enter")

    expect(page.get_by_role("region", name="Success")).to_be_focused()


def test_opens_the_evidence_of_a_decision(page: Page, site: Served) -> None:
    show(page, site, "audit")
    walk_to(page, page.locator(".record").first.get_by_role("link", name="Evidence"))
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="On what it was decided")).to_be_visible()


def test_verifies_history(page: Page, site: Served) -> None:
    show(page, site, "verification")
    walk_to(page, page.get_by_role("button", name="Verify all history"))
    page.keyboard.press("Enter")

    expect(page.locator(".outcome")).to_have_text("Everything holds.")


def test_leaves_the_editor_by_keyboard_and_plans(page: Page, site: Served) -> None:
    show(page, site, "editor")
    walk_to(page, page.locator(".editor"))
    page.keyboard.press("Control+Home")
    page.keyboard.type("# A remark.\n")
    page.keyboard.press("Escape")
    walk_to(page, page.get_by_role("button", name="Plan", exact=True))
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Plan")


def test_rehearses_a_sweep(page: Page, site: Served) -> None:
    show(page, site, "operations")
    walk_to(page, page.get_by_role("button", name="Rehearse"))
    page.keyboard.press("Enter")

    expect(page.get_by_role("status").filter(has_text="Of 40 accounts")).to_be_visible()


def test_takes_the_whole_history_along(page: Page, site: Served) -> None:
    show(page, site, "audit")
    walk_to(page, page.locator(".deed summary"))
    page.keyboard.press("Enter")
    walk_to(page, page.get_by_role("button", name="Download"))
    with page.expect_download() as download:
        page.keyboard.press("Enter")

    assert download.value.suggested_filename == "history.ndjson"


def test_asks_for_a_back_fill(page: Page, site: Served) -> None:
    show(page, site, "operations")
    walk_to(page, page.locator(".deed summary"))
    page.keyboard.press("Enter")
    walk_to(page, page.get_by_label("First date"))
    page.keyboard.type("01012020")
    walk_to(page, page.get_by_label("Last date"))
    page.keyboard.type("01022020")
    page.keyboard.press("Enter")

    expect(page.get_by_role("alert")).to_contain_text("history only grows")
