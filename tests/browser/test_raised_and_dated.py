"""A CTA that time made graver and one that is due by a date, as the day's work and on the page of their account."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.services.publish import Published, publish
from lifecycle_fsm.services.register import AccountRow
from lifecycle_fsm.services.sweeping.sweep import sweep
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.database import Database
from tests.api.conftest import register
from tests.api.definitions import CATALOG, SEGMENT
from tests.browser.server import Served, serving
from tests.databases import sqlite_database
from tests.fakes import Clock
from tests.worlds import ADMIN

DATED = b"due_in: 14d\n    due_after: {fact: renewal_on, by: 20d}\n    owner"
OVERDUE = b"  overdue: {title: Stage overdue, type: risk, reason: kickoff, priority: medium, due_in: 3d, owner: csm}\n"
RAISED = b"""    stuck: 60d
    on_behind: [{open_cta: overdue}]
    on_stuck: [{escalate_cta: overdue, priority: high}]
"""
FILES = {
    "catalog.yaml": CATALOG.replace(b"due_in: 14d\n    owner", DATED) + OVERDUE,
    "segments/starter.yaml": SEGMENT.replace(b"    stuck: 60d\n", RAISED),
}
BEGAN = 70
"""How many days ago the account began: past the day on which it is stuck."""


@pytest.fixture
def site(tmp_path: Path, migrated_file: Path) -> Iterator[Served]:
    """A server of one account that was behind after 30 days and stuck after 60; tests name it before their page."""
    now = datetime.now(UTC)
    clock = Clock(now - timedelta(days=BEGAN))
    with sqlite_database(tmp_path, migrated_file) as url:
        world = World(Database(url), clock)
        assert isinstance(publish(world, ADMIN, FILES), Published)
        renewal = (now + timedelta(days=30)).date().isoformat()
        register(world, AccountRow("ACME", "Acme", csm="ada", facts={"arr": 5_000, "renewal_on": renewal}))
        for days in (31, 30, BEGAN - 61):
            clock.turn(days=days)
            sweep(world, ADMIN)
        with serving(world, url) as server:
            yield server


def dated(days: int) -> str:
    """A day as a reader of English is shown it, so many days from today."""
    day = datetime.now(UTC) + timedelta(days=days)
    return f"{day.day} {day:%b %Y}"


def test_my_day_shows_the_raised_one_first_and_by_which_rule_the_other_is_due(site: Served, page: Page) -> None:
    page.goto(site.page("/my-day", Role.CSM))
    cards = page.locator(".card")
    expect(cards).to_have_count(2)
    raised, kickoff = cards.filter(has_text="Stage overdue"), cards.filter(has_text="Hold the kickoff")

    expect(raised.locator(".badge").first).to_have_text("High")
    raised.locator("summary").click()
    expect(raised.locator(".history")).to_contain_text("Stage overdue rose to high")
    expect(kickoff).to_contain_text(f"Due {dated(50)}")
    kickoff.locator("summary").click()
    expect(kickoff).to_contain_text("Due 14d from the opening, or 20d after renewal_on where that lies ahead.")


def test_the_page_of_the_account_shows_both(site: Served, page: Page) -> None:
    page.goto(site.page("/my-day", Role.CSM))
    page.locator(".card").first.get_by_role("link", name="Acme").click()
    listed = page.locator("section[aria-labelledby=ctas] li")
    expect(listed).to_have_count(2)
    raised, kickoff = listed.filter(has_text="Stage overdue"), listed.filter(has_text="Hold the kickoff")

    expect(raised.locator(".badge").first).to_have_text("High")
    expect(raised.locator(".badge").last).to_contain_text("overdue")
    expect(kickoff).to_contain_text(re.compile(f"due {dated(50)}", re.IGNORECASE))
    expect(page.get_by_role("region", name="History")).to_contain_text("Stage overdue rose to high")
