"""Every number of every dashboard, in its file, its table and its chart, is the one that the API answers."""

import csv
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import told
from tests.browser.server import Served
from tests.browser.told import FIGURES, Line, Told
from tests.usual import first

BEHIND = """query ($f: AccountFilter!) { accounts(filter: $f, first: 1) { totalCount } }"""
SEVERAL = ("times", "moves", "compliance", "ctas", "alerts", "opened", "achieved")
"""Reports whose numbers count visits, moves and CTAs, of which an account may have several."""
REACHED = re.compile("(.+) reached in time")
LINKED: dict[str | None, int] = {None: 150, "onboarding": 20, "adoption": 20}
"""How many numbers lead on at least; nobody stands in the other stages of so small a portfolio."""
STAGES = (
    None,
    "new_customer",
    "kicked_off",
    "onboarding",
    "launched",
    "adoption",
    "renewal",
    "will_churn",
    "churned",
)


def test_every_stage_of_the_machines_has_its_board_compared(site: Served) -> None:
    machines = [each["machine"]["stages"] for each in Told(site).journeys]

    assert {stage["key"] for stages in machines for stage in stages} == set(STAGES) - {None}


def opened(page: Page, site: Served, stage: str | None) -> list[str]:
    """Open a dashboard whole, and name its figures."""
    page.goto(site.page("/" if stage is None else f"/stages/{stage}"))
    expect(page.locator(".figures-grid").first).to_be_visible()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    last = "Rules that fire" if stage is None else "Health" if stage == "churned" else "Ways between stages"
    expect(page.locator(".figure:not(.waiting) h2").get_by_text(last, exact=True)).to_be_visible()
    expect(page.locator("main [aria-busy=true], main .waiting, main .ahead")).to_have_count(0)
    return page.locator(".figure h2").all_inner_texts()


@pytest.mark.parametrize("stage", first(2, STAGES))
def test_files_and_tables_have_the_numbers_of_the_api(
    page: Page, site: Served, tmp_path: Path, stage: str | None
) -> None:
    names = opened(page, site, stage)
    assert len(names) >= (18 if stage is None else 2)
    for name in names:
        figure = page.get_by_role("region", name=name, exact=True)
        shown = figure.get_by_role("button", name="as a table")
        if shown.is_disabled():
            assert lines(expected(page, Told(site, stage), name, "")) == [], name
            continue
        file, rows = taken(page, figure, tmp_path)
        assert lines(rows) == lines(expected(page, Told(site, stage), name, file)), name
        shown.click()
        drawn = [row.locator("td").all_inner_texts() for row in figure.locator("tbody tr").all()]
        assert len(drawn) == len(rows)
        assert [
            pair for row in zip(drawn, rows, strict=True) for pair in zip(*row, strict=True) if not agree(*pair)
        ] == []
        shown.click()


def taken(page: Page, figure: Locator, folder: Path) -> tuple[str, list[list[str]]]:
    """The name and the rows of a figure's file."""
    with page.expect_download() as download:
        figure.get_by_role("button", name="as a CSV file").click()
    name = download.value.suggested_filename.removesuffix(".csv")
    download.value.save_as(folder / name)
    return name, list(csv.reader((folder / name).read_text().splitlines()))[1:]


def expected(page: Page, api: Told, name: str, file: str) -> Iterator[Line]:
    """The rows of the figure by the API; days and choices are those that the figure shows."""
    if name in FIGURES:
        return FIGURES[name](api)
    figure = page.get_by_role("region", name=name, exact=True)
    if figure.get_by_label("Within days").count() == 0:
        return told.measure(api, next((key for key, title in api.measures.items() if title == name), name))
    days = figure.get_by_label("Within days").input_value()
    if name == "Left in time":
        return told.compliance(api, days, api.stage or figure.get_by_role("combobox", name="Stage").input_value())
    if REACHED.fullmatch(name) and api.stage is not None:
        return told.milestone(api, days, file.removeprefix("milestone-") or api.stage, api.stage)
    return told.milestone(api, days, figure.get_by_role("combobox", name="Milestone").input_value())


def lines(rows: Iterator[Line] | list[list[str]]) -> list[tuple[str, ...]]:
    """Rows of a file or of an answer, in one order and one spelling."""
    return sorted(tuple(spelled(cell) for cell in row) for row in rows)


def spelled(cell: str | float | None) -> str:
    """A number to nine digits, an instant as seconds, all else as it is."""
    text = "" if cell is None else str(cell)
    if re.fullmatch(r"-?\d+(\.\d+)?(e-?\d+)?", text):
        return f"{float(text):.9g}"
    return f"{datetime.fromisoformat(text).timestamp():.9g}" if re.match(r"\d{4}-\d\d-\d\dT", text) else text


def agree(shown: str, written: str) -> bool:
    """Whether a cell of a table says what the file says, to the digits that a reader of English is shown."""
    text = shown.strip()
    if re.match(r"\d{4}-\d\d(-|$)", written):
        dated = datetime.fromisoformat(f"{written}-01" if len(written) == 7 else written)
        return text.replace("Sept", "Sep") in (dated.strftime("%-d %b %Y"), dated.strftime("%b %y"))
    if not re.fullmatch(r"-?\d+(\.\d+)?(e-?\d+)?", written):
        return text == written or (written == "" and text in ("", "\N{EN DASH}"))
    number = float(written)
    if text.endswith("%"):
        return float(text[:-1]) == pytest.approx(number * 100, abs=0.5)
    found = re.fullmatch(r"(?:[A-Z]{2}\$)?(-?[\d,]+(?:\.\d+)?)([km]?)", text)
    assert found is not None, (shown, written)
    value = float(found[1].replace(",", "")) * {"": 1, "k": 1_000, "m": 1_000_000}[found[2]]
    return value == pytest.approx(number, rel=0.005 if "$" in text else 0, abs=0.005)


@pytest.mark.parametrize("stage", first(2, STAGES))
def test_charts_have_the_numbers_of_the_accounts_to_which_they_lead(
    page: Page, site: Served, stage: str | None
) -> None:
    opened(page, site, stage)
    links = page.locator("main a[href*='behind=']").filter(has_not_text="$")
    found = {(number_in(link), link.get_attribute("href") or "") for link in links.all()}
    assert len(found) >= LINKED.get(stage, 0)
    for number, href in found:
        (address,) = parse_qs(urlsplit(href).query)["behind"]
        total = site.ask(BEHIND, f={"behind": address})["accounts"]["totalCount"]
        assert total <= number, (number, total, address)
        if address.partition("?")[0] not in SEVERAL:
            assert total == number, (number, total, address)


def number_in(link: Locator) -> int:
    """The number that a link says: `2 of 3` says 2, `Healthy: 12 accounts` says 12, and `3 still there` 3."""
    text = (link.get_attribute("aria-label") or link.text_content() or "").rpartition(": ")[2]
    return int(re.findall(r"\d[\d,]*", text)[0].replace(",", ""))
