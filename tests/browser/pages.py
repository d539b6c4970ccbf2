"""Every page of the console, with what is there once it is shown."""

from collections.abc import Mapping
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from lifecycle_fsm.domain.access import Role
from tests.browser.server import Served


@dataclass(frozen=True, slots=True)
class Shown:
    """A page's address, who opens it, and a place on it that is there when it is done."""

    path: str
    done: str
    role: Role = Role.ADMIN
    last: str = ""
    """A heading that comes last, when more is shown than one sees at first."""


PAGES: Mapping[str, Shown] = {
    "portfolio": Shown("/", ".figure .bars", last="Rules that fire"),
    "stage board": Shown("/stages/onboarding", ".strips"),
    "accounts": Shown("/accounts", "tbody tr"),
    "account": Shown("/accounts/{site.account}", ".record"),
    "account of a day": Shown("/accounts/{site.account}?asOf={site.day}", ".record"),
    "my day": Shown("/my-day", ".card", Role.CSM),
    "machines": Shown("/machines", "section li"),
    "machine": Shown("/machines/enterprise", ".machine"),
    "editor": Shown("/machines/edit?file=segments/enterprise.yaml", ".cm-content"),
    "plan": Shown("/plans/{site.plan}", "#agreement"),
    "audit": Shown("/audit", ".record", Role.AUDITOR),
    "decision": Shown("/audit/records/{site.account}/2", ".record", Role.AUDITOR),
    "reviews": Shown("/audit/reviews", "#said", Role.AUDITOR),
    "verification": Shown("/audit/verification", "#checkpoints", Role.AUDITOR),
    "duties": Shown("/audit/duties", "#overrides", Role.AUDITOR),
    "operations": Shown("/operations", "#dead"),
    "ingest errors": Shown("/operations/ingest-errors", ".refused-row"),
    "tokens": Shown("/tokens", "#issued"),
    "nowhere": Shown("/nowhere", "main p"),
}


def show(page: Page, site: Served, name: str) -> None:
    """Open a page as somebody who is signed in, and wait until nothing on it waits."""
    shown = PAGES[name]
    path = shown.path.format(site=site)
    page.goto(site.page(path, shown.role))
    expect(page.locator(shown.done).first).to_be_visible()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    if shown.last:
        expect(page.get_by_role("heading", name=shown.last)).to_be_visible()
    expect(page.locator("main [aria-busy=true]")).to_have_count(0)
