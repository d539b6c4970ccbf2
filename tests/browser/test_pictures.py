"""Every number that a picture says, and where it draws it, is the one that the API answers."""

import math
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import told
from tests.browser.server import Served
from tests.browser.test_numbers import STAGES, opened
from tests.browser.told import Told
from tests.usual import first

VISITS = "timeInStage { segment stage completed medianDays expected stuckAfter }"
PASSAGES = 'stageMatrix(since: "%s") { fromSegment fromStage toSegment toStage count }'
RUNNING = [stage for stage in STAGES if stage != "churned"]
Said = dict[str, list[str]]


def days(value: float) -> str:
    """A number of days as a reader of English is shown it."""
    whole = math.floor(value + 0.5)
    return f"{whole} day{'' if whole == 1 else 's'}"


def decimal(value: float) -> str:
    """A number with at most two digits after the point."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def figure(page: Page, name: str) -> Locator:
    """A figure by its title."""
    return page.get_by_role("region", name=name, exact=True)


def said(pictures: Locator, texts: str) -> Said:
    """What pictures say inside of them, by their labels."""
    return {each.get_attribute("aria-label") or "": each.locator(texts).all_text_contents() for each in pictures.all()}


@pytest.mark.parametrize("stage", first(1, RUNNING))
def test_curves_say_the_medians_and_the_limits(page: Page, site: Served, stage: str | None) -> None:
    opened(page, site, stage)

    drawn = said(figure(page, "Time in stage").locator(".survival svg"), ".limit text, .median text")

    assert drawn == dict(curves(Told(site, stage)))
    assert len(drawn) >= (6 if stage is None else 0)


def curves(api: Told) -> Iterator[tuple[str, list[str]]]:
    for row in filter(api.runs, api.report(VISITS)):
        if row["completed"] == 0:
            continue
        limits = [("expected", row["expected"]), ("stuck", row["stuckAfter"])]
        marks = [f"{name} {days(float(span[1:-1]))}" for name, span in limits if span is not None]
        place, median = ", ".join(str(each) for each in api.place(row["segment"], row["stage"])), row["medianDays"]
        if median is None:
            yield f"{place}: fewer than half of the visits were seen to end", marks
        else:
            yield f"{place}: half of the visits end within {days(median)}", [*marks, f"half within {days(median)}"]


def test_trends_end_with_the_newest_median(page: Page, site: Served) -> None:
    opened(page, site, None)

    groups = figure(page, "Health over time").locator(".group").all()
    drawn = {
        (group.locator("h3").inner_text(), label.split(":")[0]): texts
        for group in groups
        for label, texts in said(group.locator(".trend svg"), ".median text").items()
    }

    newest: dict[tuple[object, object], list[str]] = {}
    for segment, stage, _, _, _, median, _ in sorted(told.trend(Told(site)), key=lambda line: float(line[2] or 0)):
        before = newest.setdefault((segment, stage), [])
        newest[segment, stage] = before if median is None else [decimal(float(median))]
    assert drawn == {place: texts for place, texts in newest.items() if texts}
    assert len(drawn) >= 6


def test_passages_say_how_many_stood_in_each_stage(page: Page, site: Served) -> None:
    opened(page, site, None)
    api = Told(site)

    groups = figure(page, "From then to now").locator(".group").all()
    drawn = {
        group.locator("h3").inner_text(): sorted(group.locator("svg text").all_text_contents()) for group in groups
    }

    sums: dict[str, dict[tuple[str, str], int]] = {}
    for row in api.report(PASSAGES % api.since):
        segment = row["toSegment"] or row["fromSegment"]
        for side, nowhere in (("from", "Not begun"), ("to", "Gone")):
            stage = row[f"{side}Stage"]
            title = nowhere if stage is None else str(api.place(segment, stage)[1])
            own = sums.setdefault(api.segment(segment), {})
            own[side, title] = own.get((side, title), 0) + row["count"]
    assert drawn == {
        segment: sorted(f"{title} {count}" for (_, title), count in own.items()) for segment, own in sums.items()
    }


@pytest.mark.parametrize("stage", first(1, (stage for stage in STAGES if stage is not None)))
def test_strips_stand_where_the_quartiles_are(page: Page, site: Served, stage: str) -> None:
    opened(page, site, stage)
    api = Told(site, stage)
    for key, title in api.measures.items():
        lines = {line[0]: line[3:] for line in told.measure(api, key)}
        if figure(page, title).count() == 0:
            assert lines == {}, title
            continue
        for strip in figure(page, title).locator(".strip svg").all():
            name, _, shown = (strip.get_attribute("aria-label") or "").rpartition(": ")
            lower, median, upper = (float(each or 0) for each in lines.pop(name))
            assert shown == decimal(median)
            left, right = (float(strip.locator(".half").get_attribute(side) or 0) for side in ("x1", "x2"))
            dot = float(strip.locator(".dot").get_attribute("cx") or 0)
            share = (median - lower) / (upper - lower) if upper > lower else 0
            assert dot == pytest.approx(left + share * (right - left), abs=0.3)
        expect(figure(page, title).locator(".strips .value").filter(has_text="\N{EN DASH}")).to_have_count(len(lines))
