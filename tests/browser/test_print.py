"""A dashboard on paper: all figures with their text, nothing that is pressed, as Chromium prints it."""

import re
import zlib
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.server import Served
from tests.browser.test_numbers import opened
from tests.usual import first

IS_SHOWN = "(all) => all.filter((each) => each.getClientRects().length > 0).length"
LEAST_LINES = {None: 200, "adoption": 60}
"""How many strokes and fills the charts put on paper at least."""


def drawn(pdf: bytes) -> str:
    """What the pages of a PDF are drawn with, in its own language."""
    streams = re.findall(rb"FlateDecode.*?stream\r?\n(.*?)endstream", pdf, re.DOTALL)
    plain = [zlib.decompressobj().decompress(stream) for stream in streams if stream[:1] == b"\x78"]
    return b"\n".join(plain).decode("latin-1")


@pytest.mark.parametrize("stage", first(1, [None, "adoption"]))
def test_prints_text_and_charts_without_what_is_pressed(
    page: Page, site: Served, tmp_path: Path, stage: str | None
) -> None:
    names = opened(page, site, stage)
    page.emulate_media(media="print")
    for pressed in (".bar", ".filters", ".boards", ".tools", ".controls", "main button", "main input", "main select"):
        assert page.locator(pressed).evaluate_all(IS_SHOWN) == 0, pressed
    assert page.locator(".figure h2").evaluate_all(IS_SHOWN) == len(names)
    expect(page.locator(".headline" if stage is None else ".board-head")).to_be_visible()
    charts = page.locator(".figure").locator(":is(svg, .track, .columns-chart, table.matrix, .chips, .mover)")
    assert charts.evaluate_all(IS_SHOWN) >= 20
    pdf = page.pdf(path=tmp_path / "portfolio.pdf", format="A4", print_background=True)

    strokes = drawn(pdf)
    assert pdf.startswith(b"%PDF")
    assert strokes.count(" Tf") >= len(names)
    assert len(re.findall(r"(?m)^[fS]\*?$", strokes)) >= LEAST_LINES[stage]


def test_nothing_reaches_beyond_the_paper(page: Page, site: Served) -> None:
    opened(page, site, None)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 718, "height": 1047})
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    wide = """() => [...document.querySelectorAll("main *")].filter((each) => each.getClientRects().length > 0
      && each.getBoundingClientRect().right > innerWidth + 1).map((each) => each.tagName + "." + each.className)"""
    assert page.evaluate(wide) == []


def test_nothing_that_breaks_across_pages_is_in_a_grid_and_charts_shrink_to_the_paper(page: Page, site: Served) -> None:
    opened(page, site, None)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 500, "height": 1047})

    grids = """() => [...document.querySelectorAll("main *")].filter((each) => getComputedStyle(each).display === "grid"
      && each.querySelector(".figure, .multiples, .bars")).map((each) => each.className)"""
    charts = """(all) => all.map((each) => [each.viewBox.baseVal.width, each.getBoundingClientRect()])
      .map(([drawn, { width, height }]) => drawn > 0 && width > 0 && height > 0)"""
    assert page.evaluate(grids) == []
    assert set(page.locator("svg").evaluate_all(charts)) == {True}
