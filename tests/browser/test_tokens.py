"""An admin lets somebody in and stops the token again; others are not offered it."""

import httpx
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.services.tokens import issue_token
from lifecycle_fsm.store.tables.accounts import account_profile
from tests.browser.pages import show
from tests.browser.server import Served
from tests.browser.walking import walk_to
from tests.worlds import ADMIN


def asked_with(site: Served, secret: str) -> int:
    """The status with which the API answers whoever has a secret."""
    headers = {"Authorization": f"Bearer {secret}", "Accept": "application/graphql-response+json"}
    return httpx.post(f"{site.address}/graphql", json={"query": "{ viewer { name } }"}, headers=headers).status_code


def test_issues_a_token_shows_it_once_and_stops_it(page: Page, site: Served) -> None:
    page.goto(site.page("/tokens"))
    issue = page.get_by_role("region", name="Issue a token")
    issue.get_by_label("Name").fill("warehouse")
    issue.get_by_label("Enterprise customer lifecycle").check()
    issue.get_by_role("button", name="Issue").click()
    secret = issue.locator(".secret").inner_text()
    row = page.get_by_role("row").filter(has_text="warehouse")
    expect(row).to_contain_text("enterprise")
    assert asked_with(site, secret) == 200
    page.reload()
    expect(row).to_contain_text("Viewer")
    expect(page.locator(".secret")).to_have_count(0)
    row.get_by_role("button", name="Stop the token of warehouse").click()
    row.get_by_role("button", name="Stop warehouse for good").click()

    expect(row).to_contain_text("stopped")
    expect(row.get_by_role("button")).to_have_count(0)


def test_issues_a_token_for_several_csms_and_single_accounts(page: Page, site: Served) -> None:
    with site.world.database.reading() as connection:
        account = connection.execute(select(account_profile.c.key).order_by(account_profile.c.key)).scalars().first()
    page.goto(site.page("/tokens"))
    issue = page.get_by_role("region", name="Issue a token")
    issue.get_by_label("Name").fill("cover")
    issue.get_by_label("Only accounts of these CSMs").fill("ada, bo ,")
    issue.get_by_label("These accounts besides").fill(f"{account}")
    issue.get_by_role("button", name="Issue").click()

    expect(page.get_by_role("row").filter(has_text="cover")).to_contain_text(f"ada, bo and {account}")


def test_issues_a_token_by_keyboard(page: Page, site: Served) -> None:
    show(page, site, "tokens")
    walk_to(page, page.get_by_label("Name"))
    page.keyboard.type("by hand")
    page.keyboard.press("Enter")

    expect(page.locator(".secret")).to_have_count(1)
    expect(page.get_by_role("row").filter(has_text="by hand")).to_have_count(1)


def test_keeps_and_stops_a_token_by_keyboard(page: Page, site: Served) -> None:
    secret = issue_token(site.world, ADMIN, "to be stopped", [Role.VIEWER], None).token
    show(page, site, "tokens")
    row = page.get_by_role("row").filter(has_text="to be stopped")
    for answer in ("Keep it", "Stop to be stopped for good"):
        walk_to(page, row.get_by_role("button", name="Stop the token of to be stopped"))
        page.keyboard.press("Enter")
        walk_to(page, row.get_by_role("button", name=answer))
        page.keyboard.press("Enter")

    expect(row).to_contain_text("stopped")
    expect(row.get_by_role("button")).to_have_count(0)
    assert asked_with(site, secret) == 401


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CSM, Role.AUDITOR])
def test_others_are_not_offered_tokens(page: Page, site: Served, role: Role) -> None:
    page.goto(site.page("/tokens", role))
    expect(page.get_by_text("Only who may manage tokens sees them.")).to_be_visible()

    expect(page.get_by_role("navigation").get_by_role("link", name="Tokens")).to_have_count(0)
