"""A store in which there is nothing yet: every page says so, and none fails."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from lifecycle_fsm.services.demo.tokens import issue_demo_tokens
from lifecycle_fsm.services.world import World
from lifecycle_fsm.settings import Settings
from lifecycle_fsm.store.database import Database
from tests.browser.server import Served, listening
from tests.databases import sqlite_database
from tests.worlds import ADMIN

EMPTY = {
    "/": "Portfolio",
    "/accounts": "No account fits these filters.",
    "/my-day": "Nothing to do.",
    "/machines": "Nothing has been published yet.",
    "/machines/edit": "there is no segment",
    "/audit": "No record fits these filters.",
    "/audit/verification": "No checkpoint has been signed yet.",
    "/operations": "No worker has signed in.",
}
"""What each page says of a store in which there is nothing."""


@pytest.fixture
def site(tmp_path: Path, migrated_file: Path) -> Iterator[Served]:
    """A server of a store without anything but tokens."""
    with sqlite_database(tmp_path, migrated_file) as url:
        world = World(Database(url), lambda: datetime.now(UTC))
        tokens = {role: issued.token for role, issued in issue_demo_tokens(world, ADMIN).items()}
        with listening(world, Settings()) as port:
            yield Served(f"http://127.0.0.1:{port}", tokens, world)


@pytest.mark.parametrize("path", EMPTY)
def test_every_page_says_that_there_is_nothing(site: Served, page: Page, path: str) -> None:
    page.goto(site.page(path))

    expect(page.locator("main")).to_contain_text(EMPTY[path])
    expect(page.get_by_role("alert")).to_have_count(0)


def test_the_first_rules_are_written_and_applied_here(site: Served, page: Page) -> None:
    page.goto(site.page("/machines/edit"))
    page.get_by_label("Key of a new segment").fill("partners")
    page.get_by_role("button", name="Begin its file").click()
    expect(page.get_by_role("status")).to_have_text("No mistake found.")
    page.get_by_role("button", name="Plan", exact=True).click()
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("status").filter(has_text="Applied")).to_be_visible()
    page.goto(f"{site.address}/machines/partners")

    expect(page.locator(".machine .stage text:first-of-type")).to_have_text(["First", "Last"])
