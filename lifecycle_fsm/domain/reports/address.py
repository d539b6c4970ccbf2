"""The address of a number: which report it is of, what was asked, and which of the report's rows it counts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from urllib.parse import parse_qsl, urlencode

from lifecycle_fsm.domain.errors import InvalidInput
from lifecycle_fsm.domain.moments import EARLIEST, LATEST, from_ms, to_ms
from lifecycle_fsm.domain.reports.scope import ReportScope

LONGEST_ADDRESS = 2_000
_INSTANTS = ("asOf", "from", "to", "knownAt")


class ReportName(StrEnum):
    """The reports whose numbers have addresses."""

    STAGES = "stages"
    TIMES = "times"
    MOVES = "moves"
    COMPLIANCE = "compliance"
    HEALTH = "health"
    PACE = "pace"
    MEASURE = "measure"
    CTAS = "ctas"
    RENEWALS = "renewals"
    GAPS = "gaps"
    ZONES = "zones"
    ALERTS = "alerts"
    COHORT = "cohort"
    FUNNEL = "funnel"
    MATRIX = "matrix"
    MILESTONE = "milestone"
    SCORES = "scores"
    HELD = "held"
    OPENED = "opened"
    ACHIEVED = "achieved"


@dataclass(frozen=True, slots=True)
class Address:
    """
    Name the accounts behind a number.

    `asked` are what the report was asked beside its scope; `counted` the values of the
    rows that the number counts, None for rows without one.
    """

    report: ReportName
    scope: ReportScope
    asked: Mapping[str, str] = field(default_factory=dict)
    counted: Mapping[str, str | None] = field(default_factory=dict)

    def of(self, **counted: str | int | None) -> str:
        """The text of the address of those rows that have these values, too."""
        more = {key: None if value is None else str(value) for key, value in counted.items()}
        return write_address(Address(self.report, self.scope, self.asked, {**self.counted, **more}))


def write_address(address: Address) -> str:
    """An address as a text that can stand in a link: the report, `?`, and pairs."""
    scope = address.scope
    instants = zip(_INSTANTS, (scope.as_of, scope.since, scope.until, scope.known_at), strict=True)
    pairs = [(key, str(to_ms(instant))) for key, instant in instants if instant is not None]
    keys = (("segment", scope.segment), ("csm", scope.csm))
    pairs += [(key, value) for key, value in keys if value is not None]
    pairs += [(f"ask.{key}", value) for key, value in address.asked.items()]
    pairs += [(f"no.{key}", "") if value is None else (f"is.{key}", value) for key, value in address.counted.items()]
    return f"{address.report.value}?{urlencode(pairs)}"


def read_address(text: str) -> Address:
    """
    Read what `write_address` wrote.

    Raises:
        InvalidInput: it is too long, of no report, or without a date.
    """
    name, _, query = text.partition("?")
    if len(text) > LONGEST_ADDRESS or not text.isprintable() or name not in [each.value for each in ReportName]:
        raise _no_address(text)
    pairs = dict(parse_qsl(query, keep_blank_values=True))
    instants = {key: _instant(pairs[key], text) for key in _INSTANTS if key in pairs}
    if "asOf" not in instants or any("\x00" in value for value in pairs.values()):
        raise _no_address(text)
    scope = ReportScope(
        instants["asOf"],
        pairs.get("segment"),
        pairs.get("csm"),
        instants.get("from"),
        instants.get("to"),
        known_at=instants.get("knownAt"),
    )
    counted: dict[str, str | None] = dict(_under("is.", pairs))
    return Address(ReportName(name), scope, _under("ask.", pairs), counted | dict.fromkeys(_under("no.", pairs)))


def _under(prefix: str, pairs: Mapping[str, str]) -> dict[str, str]:
    return {key.removeprefix(prefix): value for key, value in pairs.items() if key.startswith(prefix)}


def _instant(text: str, address: str) -> datetime:
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()) or not to_ms(EARLIEST) <= int(text) <= to_ms(LATEST):
        raise _no_address(address)
    return from_ms(int(text))


def _no_address(text: str) -> InvalidInput:
    return InvalidInput(f"{text[:60]!r} is no address of a number; give one as a report gave it", path="filter.behind")
