"""Time zones that are not known are among the data gaps, and lead to their accounts."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from lifecycle_fsm.domain.intake import Outside
from lifecycle_fsm.services.publish import Published, publish
from lifecycle_fsm.services.register import AccountRow
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.database import Database
from tests.api.conftest import register
from tests.api.definitions import FILES, in_zones
from tests.browser import told
from tests.browser.server import Served, serving
from tests.browser.test_numbers import lines, taken
from tests.databases import sqlite_database
from tests.worlds import ADMIN


@pytest.fixture
def site(tmp_path: Path, migrated_file: Path) -> Iterator[Served]:
    """
    A server of three accounts: one of a time zone, one of none, and one of a zone that does not exist.

    It ends once no page is open: tests name it before their page.
    """
    with sqlite_database(tmp_path, migrated_file) as url:
        world = World(Database(url), lambda: datetime.now(UTC))
        assert isinstance(publish(world, ADMIN, in_zones(FILES, b"{fact: zone}")), Published)
        zones: dict[str, dict[str, Outside]] = {"Berlin": {"zone": "Europe/Berlin"}, "Bavaria": {"zone": "Bavaria"}}
        for name in ("Berlin", "Bavaria", "Nowhere"):
            register(world, AccountRow(name.upper(), name, facts={"arr": 1, **zones.get(name, {})}))
        with serving(world, url) as server:
            yield server


def test_time_zones_that_are_not_known_are_data_gaps(site: Served, page: Page, tmp_path: Path) -> None:
    page.goto(site.page())
    expect(page.locator(".figures-grid").first).to_be_visible()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    figure = page.get_by_role("region", name="Data gaps", exact=True)
    expect(figure.get_by_text("Time zone (zone)")).to_be_visible()
    _, rows = taken(page, figure, tmp_path)

    assert lines(rows) == lines(told.gaps(told.Told(site)))
    assert ["Starter lifecycle", "Time zone (zone)", "3", "1", "0", "1"] in rows
    figure.get_by_role("link", name="No such zone: 1").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text("Bavaria")


def test_time_zones_of_today_say_so_where_another_date_is_chosen(site: Served, page: Page) -> None:
    page.goto(site.page("/?asOf=2026-01-01"))
    expect(page.locator(".figures-grid").first).to_be_visible()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")

    figure = page.get_by_role("region", name="Data gaps", exact=True)

    expect(figure).to_contain_text("Time zones are those of today, not of the date.")
