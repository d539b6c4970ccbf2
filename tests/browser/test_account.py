"""Everything about one account: why it does not move, what it was on a day, and what people may set by hand."""

import re
from datetime import timedelta

from playwright.sync_api import Page, expect

from lifecycle_fsm.domain.access import Role
from tests.browser.server import Served


def open_account(page: Page, site: Served, stage: str, role: Role = Role.ADMIN) -> str:
    """Open the first account of a stage; gives its name."""
    page.goto(site.page(f"/accounts?stage={stage}&order=longest", role))
    link = page.locator("tbody a").first
    name = link.inner_text()
    link.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    return name


def test_says_of_each_way_what_is_what_it_needs_and_how_far_that_is(page: Page, site: Served) -> None:
    open_account(page, site, "adoption")

    expect(page.locator(".machine .current text").first).to_have_text("Adoption")
    row = page.get_by_role("region", name="Conditions of Renewal").locator("tbody tr").first
    expect(row).to_contain_text("days until Renewal date")
    expect(row).to_contain_text("at most")
    expect(row).to_contain_text("fails")
    expect(row.locator("time")).to_have_text(re.compile("day|hour"))


def test_the_slider_shows_the_account_as_it_stood(page: Page, site: Served) -> None:
    open_account(page, site, "adoption")
    slider = page.get_by_role("slider")
    slider.focus()
    slider.press("Home")
    expect(page.get_by_role("heading", name="What could have happened next")).to_be_visible()
    first = page.locator(".visits li").first.inner_text()
    expect(page.locator(".standing .big").first).to_have_text(first)
    expect(page.locator(".machine .walked")).to_have_count(0)
    day = page.url.partition("asOf=")[2]
    assert day < (site.world.clock() - timedelta(days=1)).date().isoformat()
    page.get_by_role("button", name="Back to today").click()

    expect(page.locator(".standing .big").first).to_have_text("Adoption")


def test_a_csm_sets_the_score_by_hand_and_takes_it_back(page: Page, site: Served) -> None:
    open_account(page, site, "adoption", Role.CSM)
    page.get_by_text("Set health by hand").click()
    form = page.locator("form", has=page.get_by_role("button", name="Set", exact=True))
    form.get_by_label("Value").fill("12")
    form.get_by_label("Reason").fill("the sponsor has left")
    form.get_by_role("button", name="Set", exact=True).click()
    remark = page.locator(".remark", has_text="set by hand")
    expect(remark).to_contain_text("the sponsor has left")
    expect(page.locator(".standing")).to_contain_text("At risk 12")
    remark.get_by_label("Reason").fill("a new sponsor is there")
    remark.get_by_role("button", name="Take it back").click()

    expect(remark).to_have_count(0)


def test_pauses_the_clock_and_lets_it_go_on(page: Page, site: Served) -> None:
    open_account(page, site, "adoption", Role.CSM)
    page.get_by_text("Pause the clock of the stage").click()
    clock = page.locator(".clock")
    clock.get_by_label("Reason").fill("their office moves")
    clock.get_by_role("button", name="Pause").click()
    expect(clock).to_contain_text("their office moves")
    clock.get_by_label("Reason").fill("they are back")
    clock.get_by_role("button", name="Let it go on").click()

    expect(clock).not_to_contain_text("their office moves")
    expect(page.get_by_role("region", name="History").locator(".record").first).to_contain_text("Resumed")


def test_opens_and_abandons_a_success_plan(page: Page, site: Served) -> None:
    open_account(page, site, "adoption", Role.CSM)
    plans = page.get_by_role("region", name="Success plans")
    plans.get_by_text("Open a plan").click()
    plans.get_by_role("button", name="Open", exact=True).click()
    plan = plans.locator(".plan", has_text="Active")
    expect(plan).to_have_count(1)
    plan.get_by_role("button", name="Abandon").click()

    expect(plan).to_have_count(0)
    expect(plans.locator(".plan", has_text="Abandoned").first).to_be_visible()


def test_does_not_offer_what_the_reader_may_not_do(page: Page, site: Served) -> None:
    open_account(page, site, "adoption", Role.VIEWER)

    expect(page.get_by_text("Set health by hand")).to_have_count(0)
    expect(page.get_by_text("Pause the clock")).to_have_count(0)
    expect(page.get_by_text("against the rules")).to_have_count(0)


def test_tells_history_in_words_page_by_page(page: Page, site: Served) -> None:
    open_account(page, site, "adoption")
    history = page.get_by_role("region", name="History")
    expect(history.locator(".record").first).to_be_visible()
    total = int(history.locator(".hint").first.inner_text().split(" of ")[1])
    while history.get_by_role("button", name="Show more").count():
        before = history.locator(".record").count()
        history.get_by_role("button", name="Show more").click()
        expect(history.locator(".record").nth(before)).to_be_visible()

    expect(history.locator(".record")).to_have_count(total)
    expect(history.locator(".record").last).to_contain_text("put the account into the segment")


ALERT = """{ alerts(first: 1, filter: {isOn: true}) { nodes { alert account { id name alerts { key title isOn
  verdict { summary } } openCtas { title opening { sentence } } } } } }"""


def test_tells_which_alerts_are_on_and_why_work_is_there(page: Page, site: Served) -> None:
    (episode,) = site.ask(ALERT)["alerts"]["nodes"]
    account = episode["account"]
    on = [alert for alert in account["alerts"] if alert["isOn"]]
    page.goto(site.page(f"/accounts/{account['id']}", Role.CSM))
    alerts = page.get_by_role("region", name="Alerts", exact=True)

    shown = alerts.locator(".alerts").first.get_by_role("listitem")
    expect(shown).to_have_count(len(on))
    for row, alert in zip(shown.all(), on, strict=True):
        expect(row).to_contain_text(alert["title"])
        expect(row).to_contain_text(alert["verdict"]["summary"])
    for cta in account["openCtas"]:
        expect(page.get_by_role("region", name="Calls to action")).to_contain_text(cta["opening"]["sentence"])
    record = page.get_by_role("region", name="History").locator(".record").first
    expect(record.get_by_role("link")).to_have_accessible_name(re.compile(rf"of {re.escape(account['name'])}$"))
