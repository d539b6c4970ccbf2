"""A lead reads the dashboards: the numbers are those of the API, each leads to its accounts, and they stay current."""

import csv
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from lifecycle_fsm.domain.access import Role
from tests.browser.server import ACCOUNTS, Served

FIRST_LOAD_BYTES = 60_000
"""What the portfolio's page, styles and scripts may take over the wire before it is read."""

STANDING = """query ($scope: ReportScope) { reports(scope: $scope) {
  stageDistribution { segment stage count revenue } } }"""
SEGMENT = "mid_market"
TOLD = ".list > header [role=status]"
"""How many accounts a list shows, of how many."""


def table_of(page: Page, title: str) -> list[list[str]]:
    """The rows of a figure's table, as they are shown."""
    figure = page.get_by_role("region", name=title, exact=True)
    figure.get_by_role("button", name="as a table").click()
    rows = figure.locator("tbody tr")
    expect(rows.first).to_be_visible()
    return [row.locator("td").all_inner_texts() for row in rows.all()]


def test_shows_the_numbers_of_the_api_with_the_same_filters(page: Page, site: Served) -> None:
    scope = {"segment": SEGMENT, "asOf": f"{site.day}T00:00:00Z"}
    told = site.ask(STANDING, scope=scope)["reports"]["stageDistribution"]
    day_before = date.fromisoformat(site.day) - timedelta(days=1)
    page.goto(site.page(f"/?segment={SEGMENT}&asOf={day_before}"))

    shown = table_of(page, "Where accounts stand")
    assert sorted(int(row[2]) for row in shown) == sorted(each["count"] for each in told)
    assert sum(int(row[2]) for row in shown) == int(page.locator(".headline dd .big").first.inner_text())


def test_a_number_leads_to_the_accounts_behind_it(page: Page, site: Served) -> None:
    page.goto(site.page(f"/?segment={SEGMENT}"))
    link = page.get_by_role("region", name="Where accounts stand").locator("a.value").first
    number = link.inner_text()
    link.click()

    expect(page.locator(TOLD)).to_have_text(f"{number} of {number}")
    assert f"segment={SEGMENT}" in page.url


def test_every_figure_has_its_table_and_its_file(page: Page, site: Served, tmp_path: Path) -> None:
    page.goto(site.page())
    expect(page.locator(".headline dd a").first).to_have_text(str(ACCOUNTS))
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.get_by_role("heading", name="Rules that fire")).to_be_visible()
    expect(page.locator(".figure.waiting")).to_have_count(0)
    names = page.locator(".figure h2").all_inner_texts()
    assert len(names) >= 11
    for name in names:
        figure = page.get_by_role("region", name=name, exact=True)
        if figure.locator(".nothing").count() == 1:
            expect(figure.get_by_role("button", name="as a CSV file")).to_be_disabled()
            continue
        with page.expect_download() as download:
            figure.get_by_role("button", name="as a CSV file").click()
        download.value.save_as(tmp_path / f"{name}.csv")
        rows = list(csv.reader((tmp_path / f"{name}.csv").read_text().splitlines()))
        figure.get_by_role("button", name="as a table").click()
        assert figure.locator("tbody tr").count() == len(rows) - 1, name
        assert figure.locator("thead th").all_inner_texts() == rows[0], name


def test_a_stage_has_a_board_with_the_measures_that_count_there(page: Page, site: Served) -> None:
    page.goto(site.page(f"/?segment={SEGMENT}"))
    page.get_by_role("navigation", name="Boards").get_by_role("link", name="Onboarding").click()
    expect(page).to_have_url(f"{site.address}/stages/onboarding?segment={SEGMENT}")

    expect(page.get_by_role("heading", name="Setup completion")).to_be_visible()
    expect(page.get_by_role("heading", name="Left in time")).to_be_visible()


def test_filters_live_in_the_address_and_the_back_button_undoes_them(page: Page, site: Served) -> None:
    page.goto(site.page())
    page.get_by_role("search").get_by_label("Segment").select_option(SEGMENT)
    page.get_by_role("search").get_by_label("Period").select_option("90d")
    expect(page).to_have_url(f"{site.address}/?segment={SEGMENT}&period=90d")
    page.go_back()

    expect(page.get_by_role("search").get_by_label("Period")).to_have_value("")
    expect(page.get_by_role("search").get_by_label("Segment")).to_have_value(SEGMENT)


def test_follows_the_cursor_to_the_last_account(page: Page, site: Served) -> None:
    page.goto(site.page("/accounts"))
    rows = page.locator("table.accounts tbody tr")
    expect(rows).to_have_count(ACCOUNTS)

    expect(page.get_by_role("button", name="Show more")).to_have_count(0)


def test_two_leads_see_the_same_when_an_account_is_moved(page: Page, site: Served, browser: Browser) -> None:
    page.goto(site.page("/accounts?stage=churned"))
    told = page.locator(TOLD)
    expect(told).to_contain_text(" of ")
    before = int(told.inner_text().split(" of ")[1])
    other = browser.new_page()
    other.goto(site.page("/accounts?stage=adoption"))
    other.locator("tbody a").first.click()
    other.get_by_text("Do churn against the rules").click()
    deed = other.locator("details[open]")
    deed.get_by_label("Reason").fill("they told us")
    deed.get_by_role("button", name="Do it anyway").click()
    expect(other.locator(".standing .big").first).to_have_text("Churned")

    expect(told).to_have_text(f"{before + 1} of {before + 1}")
    other.close()


def test_the_first_load_is_small(
    browser: Browser, site: Served, record_property: Callable[[str, object], None]
) -> None:
    page = browser.new_page()
    addresses: dict[str, str] = {}
    wire: dict[str, float] = {}
    session = page.context.new_cdp_session(page)
    session.on(
        "Network.requestWillBeSent", lambda event: addresses.update({event["requestId"]: event["request"]["url"]})
    )
    session.on("Network.loadingFinished", lambda event: wire.update({event["requestId"]: event["encodedDataLength"]}))
    session.send("Network.enable")
    page.goto(site.page())
    expect(page.locator(".headline dd a").first).to_have_text(str(ACCOUNTS))
    expect(page.locator(".figure .bars").first).to_be_visible()
    page.close()

    files = [size for request, size in wire.items() if "/graphql" not in addresses[request]]
    record_property("bytes of files", sum(files))
    record_property("bytes with the answers", sum(wire.values()))
    assert len(files) > 3
    assert sum(files) <= FIRST_LOAD_BYTES


def figures_in(browser: Browser, site: Served, locale: str) -> tuple[str, str]:
    """Since when the account has been where it is, and the points of its first measure, as a reader is told them."""
    context = browser.new_context(locale=locale, timezone_id="UTC")
    page = context.new_page()
    page.goto(site.page(f"/accounts/{site.account}"))
    points = page.locator(".contributions .points").first
    expect(points).to_contain_text("points")
    told = (page.locator(".standing .hint").first.inner_text(), points.inner_text())
    context.close()
    return told


def test_says_dates_and_numbers_as_the_reader_does(browser: Browser, site: Served) -> None:
    american, german = (figures_in(browser, site, locale) for locale in ("en-US", "de-DE"))

    assert american[0] != german[0]
    assert (american[1].replace(".", ","), "," in german[1]) == (german[1], True)


THEN = """query ($scope: ReportScope) { reports(scope: $scope) {
  health { bands { band count } scores { median } } } }"""


def test_shows_a_past_date_and_says_what_is_of_today(page: Page, site: Served) -> None:
    at = f"{date.fromisoformat(site.day) + timedelta(days=1)}T00:00:00Z"
    then = site.ask(THEN, scope={"asOf": at})["reports"]["health"]
    medians = sorted(each["scores"]["median"] for each in then if each["scores"]["median"] is not None)
    bands = [(share["band"], share["count"]) for each in then for share in each["bands"] if share["band"]]
    healthy = sum(size for band, size in bands if band == "HEALTHY")
    page.goto(site.page(f"/?asOf={site.day}", Role.VIEWER))

    expect(page.get_by_role("note").first).to_contain_text("as of the end of that day")
    expect(page.get_by_role("region", name="Pace").get_by_role("note")).to_contain_text("Of today")
    expect(page.locator(".headline .is-healthy .hint")).to_have_text(f"{healthy} of {sum(size for _, size in bands)}")
    paces = site.ask("{ reports { pace { stuck } } }")["reports"]["pace"]
    expect(page.locator(".headline .is-stuck .big")).to_have_text(str(sum(each["stuck"] for each in paces)))
    shown = [float(row[7]) for row in table_of(page, "Health") if row[7]]
    assert len(medians) > 3
    assert sorted(shown) == medians
