"""An admin edits a machine, sees a mistake as it is made, sees what the change would do, and applies it."""

from playwright.sync_api import Page, expect

from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.services.configure import published_files
from tests.browser.server import Served
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
