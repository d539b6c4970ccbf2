"""An operator sees what runs by itself, rehearses and asks for sweeps, and deals with what did not arrive."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from lifecycle_fsm.domain.access import Role
from lifecycle_fsm.domain.notification import Notifications, Route, WebhookChannel
from lifecycle_fsm.services.notifying import route_page
from lifecycle_fsm.services.publish import publish
from lifecycle_fsm.services.read_only import close_store, open_store
from lifecycle_fsm.services.register import AccountRow, register_accounts
from lifecycle_fsm.services.sweeping.asked import do_asked
from lifecycle_fsm.services.sweeping.sweep import ask_for_sweep, sweep
from lifecycle_fsm.services.world import World
from lifecycle_fsm.store.database import Database
from lifecycle_fsm.store.deliveries import Attempt, claim, settle
from tests.browser.server import Served, serving
from tests.databases import sqlite_database
from tests.worlds import ADMIN, definitions


@pytest.fixture
def dead(site: Served) -> int:
    """Three notifications that a channel gave up."""
    world, now = site.world, site.world.clock()
    route_page(world, Notifications({"crm": WebhookChannel("crm", "https://crm.example", ())}, (Route(("crm",)),)))
    with world.database.writing() as connection:
        claimed = claim(connection, "crm", now + timedelta(minutes=1), now, 3)
        settle(connection, [Attempt(each, "the answer was 410", now, is_dead=True) for each in claimed], now)
    return len(claimed)


def test_rehearses_a_sweep_and_asks_for_it(page: Page, site: Served) -> None:
    page.goto(site.page("/operations"))
    expect(page.locator(".headline dt").first).to_have_text("Accounts to evaluate")
    page.get_by_role("button", name="Rehearse").click()
    expect(page.get_by_role("status").filter(has_text="Of 40 accounts")).to_be_visible()
    page.get_by_role("button", name="Sweep all accounts").click()

    expect(page.get_by_role("status").filter(has_text="A worker takes it up")).to_be_visible()
    runs = page.get_by_role("region", name="Runs").locator("tbody tr")
    expect(runs.filter(has_text="Sweep").first).to_contain_text("running")


def test_has_a_sweep_gone_on_with_and_stops_it(page: Page, site: Served) -> None:
    ask_for_sweep(site.world, ADMIN)
    page.goto(site.page("/operations"))
    sweeps = page.get_by_role("region", name="Runs").locator("tbody tr").filter(has_text="Sweep")
    expect(page.get_by_role("region", name="Runs").locator("tbody tr").first).to_be_visible()
    before = sweeps.count()
    page.get_by_role("button", name="Sweep all accounts").click()
    expect(sweeps).to_have_count(before + 1)
    run = sweeps.first
    run.get_by_role("button", name="Go on").click()
    expect(run).to_contain_text("running")
    run.get_by_role("button", name="Stop").click()

    expect(run).to_contain_text("stopped")
    expect(run.get_by_role("button")).to_have_text(["Take back"])


def test_sends_again_and_lets_go_what_did_not_arrive(page: Page, site: Served, dead: int) -> None:
    page.goto(site.page("/operations"))
    letters = page.locator(".letters > li")
    expect(letters).to_have_count(dead)
    expect(letters.first).to_contain_text("the answer was 410")
    letters.first.get_by_role("checkbox").check()
    page.get_by_role("button", name="Send again (1)").click()
    expect(letters).to_have_count(dead - 1)
    page.get_by_label("Choose all shown").check()
    page.get_by_role("button", name=f"Let go ({dead - 1})").click()
    page.get_by_role("button", name=f"Let {dead - 1} go for good").click()

    expect(letters).to_have_count(0)


def test_a_viewer_sees_it_all_and_is_offered_nothing(page: Page, site: Served) -> None:
    page.goto(site.page("/operations", Role.VIEWER))
    expect(page.locator(".headline dt").first).to_have_text("Accounts to evaluate")

    expect(page.get_by_role("button", name="Sweep all accounts")).to_have_count(0)
    expect(page.get_by_role("button", name="Stop")).to_have_count(0)


def test_asks_for_a_back_fill_and_reads_why_it_may_not_be(page: Page, site: Served) -> None:
    page.goto(site.page("/operations"))
    page.get_by_text("Evaluate the past").click()
    past = page.locator("details[open]")
    past.get_by_label("First date").fill("2020-01-01")
    past.get_by_label("Last date").fill("2020-01-03")
    past.get_by_role("button", name="Start the back-fill").click()

    expect(page.get_by_role("alert")).to_contain_text("history only grows")


@pytest.fixture
def quiet(tmp_path: Path, migrated_file: Path) -> Iterator[Served]:
    """A store with one account of ten days ago, about which nothing is recorded since."""
    with sqlite_database(tmp_path, migrated_file) as url:
        world = World(Database(url), lambda: datetime.now(UTC))
        before = World(world.database, lambda: datetime.now(UTC) - timedelta(days=10))
        publish(before, ADMIN, definitions("demo"))
        register_accounts(before, ADMIN, [AccountRow("ACME", "Acme", facts={"account.arr": 150_000})], "test")
        with serving(world, url) as site:
            yield site


def test_has_the_past_evaluated(quiet: Served, page: Page) -> None:
    first, last = (datetime.now(UTC).date() - timedelta(days=days) for days in (5, 3))
    page.goto(quiet.page("/operations"))
    page.get_by_text("Evaluate the past").click()
    past = page.locator("details[open]")
    past.get_by_label("First date").fill(first.isoformat())
    past.get_by_label("Last date").fill(last.isoformat())
    past.get_by_role("button", name="Start the back-fill").click()
    expect(past.get_by_role("status")).to_have_text("3 dates were asked for; a worker takes them up within seconds.")
    rows = page.get_by_role("region", name="Runs").locator("tbody tr").filter(has_text="Back-fill")
    expect(rows.filter(has_text="running")).to_have_count(3)
    do_asked(quiet.world, ADMIN)

    expect(rows.filter(has_text="took")).to_have_count(3)
    assert [row.locator("td").first.inner_text() for row in rows.all()] == ["1", "1", "1"]


def test_foresees_and_takes_back_a_run(page: Page, site: Served) -> None:
    sweep(site.world, ADMIN)
    page.goto(site.page("/operations"))
    runs = page.get_by_role("region", name="Runs").locator("tbody tr")
    runs.filter(has_text="took").first.get_by_role("button", name="Take back").click()
    undoing = page.get_by_role("form", name="Take back")
    undoing.get_by_label("Why it is taken back").fill("it was a trial")
    undoing.get_by_role("button", name="What would happen").click()
    expect(undoing.get_by_role("status")).to_contain_text("would stand as before it")
    undoing.get_by_role("button", name="Take the run back").click()

    expect(undoing.get_by_role("status")).to_contain_text("accounts stand as before it")


@pytest.fixture
def closed(site: Served) -> Iterator[None]:
    """A store that takes no changes while the test runs."""
    close_store(site.world, ADMIN, "the disk is being changed")
    yield
    open_store(site.world, ADMIN)


@pytest.mark.usefixtures("closed")
@pytest.mark.parametrize("path", ["/", "/my-day", "/operations"])
def test_every_page_says_that_the_store_takes_no_changes(page: Page, site: Served, path: str) -> None:
    page.goto(site.page(path, Role.CSM))

    expect(page.get_by_role("alert")).to_contain_text("the disk is being changed")


def test_finds_a_refused_row_and_what_it_said(page: Page, site: Served, tmp_path: Path) -> None:
    open_rows = site.ask("{ operations { rowsRefused } }")["operations"]["rowsRefused"]
    page.goto(site.page("/operations"))
    page.locator(".headline div").filter(has_text="Refused rows").get_by_role("link", name=str(open_rows)).click()
    expect(page.get_by_role("status").first).to_have_text(f"{open_rows} of {open_rows}")
    row = page.locator(".refused-row").filter(has_text="NOBODY")
    expect(row).to_contain_text("2 times since")
    expect(row).to_contain_text("the row has 'fakt'; did you mean 'fact'?")
    row.get_by_text("What the row said").click()
    expect(row.locator("pre")).to_have_text('{"account": "NOBODY", "fakt": "x"}')
    page.get_by_label("State").select_option("Resolved")
    expect(page.locator(".refused-row")).to_have_count(1)
    expect(page.locator(".refused-row")).to_contain_text("fact 'account.arr' is 'much'; expected a finite number")
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    download.value.save_as(tmp_path / "errors.csv")

    (line,) = list(csv.DictReader((tmp_path / "errors.csv").read_text().splitlines()))
    assert (line["Source"], line["Row"], line["Where"], line["Reason"]) == ("warehouse", "1", "value", "invalid_input")
    page.reload()
    expect(page.locator(".refused-row")).to_have_count(1)
    page.locator(".refused-row").get_by_role("link").click()
    expect(page.locator(".record").first).to_be_visible()
