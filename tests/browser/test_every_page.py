"""What every page promises: accessible in both schemes, no wider than a telephone, under our own policy."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

import api.console
from tests.browser.pages import PAGES, show
from tests.browser.server import Served
from tests.usual import first

AXE = Path(api.console.__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
NARROW = {"width": 360, "height": 740}
RUN = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations.map(
  (each) => ({rule: each.id, at: each.nodes.map((node) => node.target.join(" ") + ": " + node.failureSummary)}))"""


def findings(page: Page) -> list[dict[str, Any]]:
    """What axe finds on the page as it is shown; a page that was there before keeps its copy of axe."""
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(AXE.read_text())
    found: list[dict[str, Any]] = page.evaluate(RUN)
    return found


def overflow(page: Page) -> list[str]:
    """What reaches beyond the window, without what scrolls in a frame of its own, once charts are drawn to size."""
    page.evaluate(
        "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"
    )
    wide: list[str] = page.evaluate(
        """() => document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll("main *")]
          .filter((each) => !each.closest(".scrolls") && each.getBoundingClientRect().right > innerWidth)
          .map((each) => each.tagName + "." + each.className)"""
    )
    return wide


@pytest.mark.parametrize("name", first(10, PAGES))
def test_is_accessible_in_both_schemes_and_on_a_telephone(page: Page, site: Served, name: str) -> None:
    show(page, site, name)
    light = findings(page)
    page.emulate_media(color_scheme="dark")
    dark = findings(page)
    page.set_viewport_size(NARROW)  # type: ignore[arg-type] # a dictionary of the right shape

    assert (json.dumps(light, indent=1), json.dumps(dark, indent=1)) == ("[]", "[]")
    assert overflow(page) == []


def test_the_door_is_accessible(page: Page, site: Served) -> None:
    page.goto(site.address)
    expect(page.get_by_label("Token")).to_be_visible()

    assert findings(page) == []


def test_nothing_is_let_out_to_elsewhere(browser: Browser, site: Served) -> None:
    page = browser.new_page()
    answer = page.goto(site.page())
    assert answer is not None

    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert page.evaluate("fetch('https://example.com/').then(() => 'let out', () => 'kept in')") == "kept in"
    page.close()
