"""An admin edits a machine, sees a mistake as it is made, sees what the change would do, and applies it."""

from dataclasses import replace

from playwright.sync_api import Browser, Page, expect

from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.services.configure import published_files
from lifecycle_fsm.services.tokens import issue_token
from lifecycle_fsm.settings import Settings
from tests.browser.server import Served, listening
from tests.browser.walking import walk_to
from tests.worlds import ADMIN

FILE = "segments/tech_touch.yaml"
EDIT = f"/machines/edit?file={FILE}"


def type_file(page: Page, text: str) -> None:
    """Paste another text over the whole of the editor's."""
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.get_by_role("textbox", name=FILE).click()
    page.keyboard.press("Control+A")
    page.keyboard.press("Control+V")


def test_draws_a_machine_and_tells_its_rules(page: Page, site: Served) -> None:
    page.goto(site.page("/machines"))
    page.get_by_role("link", name="Tech-touch customer lifecycle").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Tech-touch customer lifecycle")
    expect(page.locator(".machine .stage text:first-of-type")).to_have_text(
        ["Onboarding", "Adoption", "Renewal", "Will Churn", "Churned"]
    )
    expect(page.get_by_role("region", name="Transitions").locator("tbody tr").first).to_be_visible()


def test_shows_a_mistake_while_it_is_made(page: Page, site: Served) -> None:
    text = published_files(site.world, ADMIN)[FILE]
    page.goto(site.page(EDIT))
    type_file(page, text.replace("initial: onboarding", "initial: onbaording"))

    expect(page.get_by_role("status")).to_have_text("Errors: 1, warnings: 0, notes: 0")
    expect(page.locator(".mistake.error")).to_contain_text("onbaording")
    expect(page.locator(".mistake.error")).to_contain_text("Perhaps onboarding?")
    expect(page.get_by_role("button", name="Plan")).to_be_disabled()


def test_plans_and_applies_a_change(page: Page, site: Served) -> None:
    text = published_files(site.world, ADMIN)[FILE]
    page.goto(site.page(EDIT))
    type_file(page, text.replace("title: Tech-touch customer lifecycle", "title: Tech-touch journey"))
    expect(page.get_by_role("tab", selected=True)).to_contain_text("(changed)")
    page.get_by_role("button", name="Plan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Plan")
    page.get_by_label("Reason").fill("a better name")
    page.get_by_role("button", name="Apply").click()

    expect(page.get_by_role("status").filter(has_text="Applied")).to_be_visible()
    assert "title: Tech-touch journey" in published_files(site.world, ADMIN)[FILE]


def test_tells_somebody_without_the_right_why_a_plan_is_refused(page: Page, site: Served) -> None:
    page.goto(site.page(EDIT, Role.VIEWER))
    page.get_by_role("button", name="Plan").click()

    expect(page.get_by_role("alert")).to_contain_text("publish")


def test_leads_from_a_mistake_to_its_place(page: Page, site: Served) -> None:
    text = published_files(site.world, ADMIN)[FILE]
    page.goto(site.page(EDIT))
    type_file(page, text.replace("initial: onboarding", "initial: onbaording"))
    page.locator(".mistake.error").get_by_role("button").click()

    expect(page.get_by_role("textbox", name=FILE)).to_be_focused()
    expect(page.locator(".cm-activeLine")).to_have_text("initial: onbaording")


def test_begins_a_new_segment(page: Page, site: Served) -> None:
    page.goto(site.page(EDIT))
    page.get_by_label("Key of a new segment").fill("partners")
    page.get_by_role("button", name="Begin its file").click()

    expect(page.get_by_role("tab", selected=True)).to_have_text("segments/partners.yaml (changed)")
    expect(page.get_by_role("status")).to_have_text("No mistake found.")
    expect(page.get_by_role("button", name="Plan", exact=True)).to_be_enabled()


def test_tells_what_a_plan_would_do_and_offers_it_to_whom_it_may(page: Page, site: Served) -> None:
    page.goto(site.page(f"/plans/{site.plan}", Role.VIEWER))

    expect(page.get_by_role("row", name="adoption.renewal_window")).to_contain_text("looser")
    expect(page.get_by_role("button", name="Apply")).to_have_count(0)
    expect(page.get_by_text("Only who may publish")).to_be_visible()
    expect(page.get_by_role("link", name="Machines")).to_have_attribute("aria-current", "page")


def press(page: Page, name: str) -> None:
    """Go to a button by keyboard and press it."""
    walk_to(page, page.get_by_role("button", name=name, exact=True))
    page.keyboard.press("Enter")


def test_two_people_change_the_rules_without_a_mouse(site: Served, browser: Browser) -> None:
    file = "segments/mid_market.yaml"
    title = published_files(site.world, ADMIN)[file].splitlines()[2]
    second = issue_token(site.world, ADMIN, "second", [Role.ADMIN], None).token
    one, other = (browser.new_context(locale="en-GB").new_page() for _ in range(2))
    with listening(replace(site.world, approval=True), Settings()) as port:
        address = f"http://127.0.0.1:{port}"
        one.goto(replace(site, address=address).page(f"/machines/edit?file={file}"))
        expect(one.get_by_role("textbox", name=file)).to_be_visible()
        walk_to(one, one.locator(".editor"))
        for key in ("Control+Home", "ArrowDown", "ArrowDown", "End"):
            one.keyboard.press(key)
        with one.expect_response(lambda answer: "anew" in (answer.request.post_data or "")):
            one.keyboard.type(" anew")
        one.keyboard.press("Escape")
        expect(one.get_by_role("status")).to_have_text("No mistake found.")
        expect(one.get_by_role("tab", selected=True)).to_contain_text("(changed)")
        expect(one.get_by_role("button", name="Plan", exact=True)).to_be_enabled()
        press(one, "Plan")
        expect(one.get_by_role("heading", level=1)).to_have_text("Plan")
        press(one, "Apply")
        expect(one.get_by_role("alert")).to_be_visible()
        other.goto(f"{one.url}#token={second}")
        press(other, "Agree")
        expect(other.get_by_text("second agreed")).to_be_visible()
        press(one, "Apply")
        expect(one.get_by_role("status").filter(has_text="Applied")).to_be_visible()
        one.goto(f"{address}/machines/mid_market")
        press(one, "What changed")
        expect(one.locator(".difference")).to_contain_text(f"+ {title} anew")
        one.context.close()
        other.context.close()
