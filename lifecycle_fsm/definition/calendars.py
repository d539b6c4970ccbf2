"""Business calendars of a catalog; the holidays of a country are looked up once and written out."""

import re
from collections.abc import Iterator
from datetime import date

import holidays as countries

from lifecycle_fsm.definition.codes import Code
from lifecycle_fsm.definition.diagnostics import Findings, nearest
from lifecycle_fsm.definition.document import Document, without_empty
from lifecycle_fsm.definition.nodes import Node, TableNode, TextNode, spoken, start_of
from lifecycle_fsm.definition.tables import Table, read_table
from lifecycle_fsm.definition.values import items_of, read_date, read_text, read_whole, read_word
from lifecycle_fsm.domain.calendars import WEEKDAYS, Calendar, Holiday, Weekday, calendar_with
from lifecycle_fsm.domain.moments import from_day

CALENDAR_KEYS = ("title", "working_days", "country", "years", "holidays")
YEARS = (2020, 2035)
"""The years whose holidays are looked up where a calendar names none."""
EARLIEST_YEAR, LATEST_YEAR = 1950, 2100
COUNTRY = re.compile(r"([A-Z]{2})(-[A-Za-z0-9 ]{1,40})?")


def read_calendar(key: str, node: Node, findings: Findings) -> Calendar | None:
    """A calendar, complete: what `country` and `years` stand for has become dates."""
    table = read_table(node, findings, "a calendar", CALENDAR_KEYS, required=("title",))
    if table is None:
        return None
    title, worked = table.text("title"), tuple(_working_days(table))
    own, national = tuple(_own(table.get("holidays"), findings)), tuple(_national(table))
    if title is None:
        return None
    days = tuple(day for day in Weekday if day in worked) or WEEKDAYS.working_days
    return calendar_with(Calendar(key, title, days), (*national, *own))


def calendar_document(calendar: Calendar) -> Document:
    """The calendar as `catalog.yaml` writes it, with all holidays by date."""
    return without_empty(
        {
            "title": calendar.title,
            "working_days": [day.value for day in calendar.working_days],
            "holidays": {each.on.isoformat(): each.name for each in calendar.holidays},
        }
    )


def _working_days(table: Table) -> Iterator[Weekday]:
    for node in table.items("working_days"):
        word = read_word(node, table.findings, tuple(Weekday))
        if word is not None:
            yield Weekday(word)


def _own(node: Node | None, findings: Findings) -> Iterator[Holiday]:
    if node is None:
        return
    if not isinstance(node, TableNode):
        message = f"`holidays` is a table of dates and names, not {spoken(node)}"
        findings.error(Code.WRONG_TYPE, node.span, message)
        return
    for entry in node.entries:
        day, name = read_date(entry.key, findings), read_text(entry.node, findings)
        if day is not None and name is not None:
            yield Holiday(from_day(day), name)


def _national(table: Table) -> Iterator[Holiday]:
    node, years = table.get("country"), table.read("years", _years) or range(YEARS[0], YEARS[1] + 1)
    if node is None and table.get("years") is not None:
        message = "`years` says for which years the holidays of `country` are looked up; name a country"
        table.findings.error(Code.MISSING_KEY, start_of(table.node), message)
    country = None if node is None else _country(node, table.findings)
    if country is None:
        return
    found = countries.country_holidays(country[0], subdiv=country[1], years=years, language=_language(country[0]))
    yield from (Holiday(on, name) for on, name in found.items() if isinstance(on, date))


def _language(country: str) -> str | None:
    """English names where the country has them, else its own."""
    spoken_there = countries.list_localized_countries().get(country, [])
    return next((language for language in ("en_US", "en_GB") if language in spoken_there), None)


def _country(node: Node, findings: Findings) -> tuple[str, str | None] | None:
    text = read_text(node, findings)
    if text is None:
        return None
    country, _, part = text.partition("-")
    known = countries.list_supported_countries()
    if not COUNTRY.fullmatch(text) or country not in known:
        message = f"{text!r} is no country whose holidays are known; write its two letters, such as DE or DE-BY"
        suggestion = country.upper() if country.upper() in known else None
        findings.error(Code.UNKNOWN_COUNTRY, node.span, message, suggestion=suggestion)
        return None
    if part and part not in known[country]:
        message = f"{country} has no part {part!r} with holidays of its own; it has: {', '.join(known[country])}"
        near = nearest(part, known[country])
        suggestion = None if near is None else f"{country}-{near}"
        findings.error(Code.UNKNOWN_COUNTRY, node.span, message, suggestion=suggestion)
        return None
    return country, part or None


def _years(node: Node, findings: Findings) -> range | None:
    items = items_of(node, findings)
    if len(items) != 2:  # noqa: PLR2004
        if items:
            findings.error(Code.WRONG_TYPE, node.span, "`years` has two items, the first year and the last")
        return None
    first, last = (_year(item, findings) for item in items)
    if first is None or last is None:
        return None
    if last < first:
        findings.error(Code.EMPTY_INTERVAL, node.span, "the first year comes first")
        return None
    return range(first, last + 1)


def _year(node: Node, findings: Findings) -> int | None:
    year = read_whole(node, findings)
    if year is None or EARLIEST_YEAR <= year <= LATEST_YEAR:
        return year
    assert isinstance(node, TextNode)
    message = f"holidays are known from {EARLIEST_YEAR} to {LATEST_YEAR}, not for {node.text}"
    findings.error(Code.OUTSIDE_RANGE, node.span, message)
    return None
