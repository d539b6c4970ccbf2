"""What the API answers to each figure of the dashboards, as the rows of the figure's file."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from tests.browser.server import Served

Cell = str | float | None
Line = Sequence[Cell]
Row = Mapping[str, Any]

SEGMENTS = """{ segments { key title machine { stages { key title isFinal } } } }"""
CARDS = """{ segments { key machine { scorecard { measures { key title weight }
  byStage { stage measures { key title weight } } } } } }"""
SCORES = "scores { lower median upper }"


@dataclass(frozen=True)
class Told:
    """The API, asked as one dashboard asks it: of one stage, or of all where `stage` is None."""

    site: Served
    stage: str | None = None
    scope: Mapping[str, str] = field(default_factory=dict)

    def report(self, selection: str) -> list[Row]:
        """The rows of one report, and of the stage alone where they have one."""
        query = "query ($scope: ReportScope) { reports(scope: $scope) { rows: " + selection + " } }"
        rows: list[Row] = self.site.ask(query, scope=self.scope)["reports"]["rows"]
        return [row for row in rows if self.stage in (None, row.get("stage", self.stage))]

    @cached_property
    def journeys(self) -> list[Row]:
        """The published segments with their stages."""
        found: list[Row] = self.site.ask(SEGMENTS)["segments"]
        return found

    @cached_property
    def cards(self) -> Mapping[str, Row]:
        """The scorecard of each segment."""
        return {each["key"]: each["machine"]["scorecard"] for each in self.site.ask(CARDS)["segments"]}

    @property
    def measures(self) -> Mapping[str, str]:
        """The titles of the measures that count somewhere."""
        lists = (each["measures"] for card in self.cards.values() for each in (card, *card["byStage"]))
        return {each["key"]: each["title"] for measures in lists for each in measures}

    def segment(self, key: str) -> str:
        """The title of a segment."""
        return next(str(each["title"]) for each in self.journeys if each["key"] == key)

    def weighed(self, segment: str) -> set[str]:
        """The measures that count in the stage, by the scorecard of a segment."""
        found = self.cards[segment]
        own = [each["measures"] for each in found["byStage"] if each["stage"] == self.stage]
        return {each["key"] for each in (own or [found["measures"]])[0] if each["weight"] > 0}

    def place(self, segment: str, stage: str) -> Line:
        """The titles of a segment and one of its stages; stages that its machine has no more keep their key."""
        stages = next(each["machine"]["stages"] for each in self.journeys if each["key"] == segment)
        return self.segment(segment), next((str(each["title"]) for each in stages if each["key"] == stage), stage)

    def runs(self, row: Row) -> bool:
        """Whether a row is of a stage that does not end the lifecycle."""
        stages = next(each["machine"]["stages"] for each in self.journeys if each["key"] == row["segment"])
        return any(each["key"] == row["stage"] and not each["isFinal"] for each in stages)

    @property
    def today(self) -> datetime:
        """The beginning of the day, in UTC."""
        return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)

    @property
    def since(self) -> str:
        """The first date of comparisons where no period is chosen."""
        return _instant(self.today - timedelta(days=90))


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _days(iso: str | None) -> float | None:
    return None if iso is None else float(iso.removeprefix("P").removesuffix("D"))


def distribution(told: Told) -> Iterator[Line]:
    """Accounts and revenue by stage."""
    for row in told.report("stageDistribution { segment stage count revenue withRevenue }"):
        yield *told.place(row["segment"], row["stage"]), row["count"], row["revenue"], row["withRevenue"]


def health(told: Told) -> Iterator[Line]:
    """Accounts by band, and the quartiles of their scores."""
    for row in told.report("health { segment stage bands { band count } " + SCORES + " }"):
        bands = {each["band"]: each["count"] for each in row["bands"]}
        counts = [bands.get(band, 0) for band in ("HEALTHY", "NEUTRAL", "AT_RISK", None)]
        yield *told.place(row["segment"], row["stage"]), *counts, *row["scores"].values()


def pace(told: Told) -> Iterator[Line]:
    """Accounts by pace."""
    for row in filter(told.runs, told.report("pace { segment stage onTrack behind stuck }")):
        yield *told.place(row["segment"], row["stage"]), row["onTrack"], row["behind"], row["stuck"]


def times(told: Told) -> Iterator[Line]:
    """Visits, and the days within which shares of them end."""
    days = "quarterDays medianDays threeQuartersDays ninetyPercentDays"
    for row in told.report("timeInStage { segment stage n completed running " + days + " expected stuckAfter }"):
        if told.runs(row) and row["n"] > 0:
            numbers = [row[name] for name in ("n", "completed", "running", *days.split())]
            yield *told.place(row["segment"], row["stage"]), *numbers, _days(row["expected"]), _days(row["stuckAfter"])


def moves(told: Told) -> Iterator[Line]:
    """Moves by way."""
    fields = "segment fromStage toStage kind transition count withHealth healthy healthyShare"
    for row in told.report("moves { " + fields + " }"):
        if row["kind"] == "MOVED" and told.stage in (None, row["fromStage"]):
            way = told.place(row["segment"], row["fromStage"]), told.place(row["segment"], row["toStage"])
            shares = [row[name] for name in ("count", "withHealth", "healthy", "healthyShare")]
            yield *way[0], way[1][1], row["transition"], *shares


def healthy(told: Told) -> Iterator[Line]:
    """The same ways, where a score is known."""
    return (line for line in moves(told) if line[5])


def trend(told: Told) -> Iterator[Line]:
    """Scores of twelve dates."""
    dates = ", ".join(f'"{_instant(told.today - timedelta(days=30 * back))}"' for back in range(11, -1, -1))
    for row in told.report(f"healthTrend(dates: [{dates}]) {{ at segment stage count {SCORES} }}"):
        if told.runs(row):
            at = datetime.fromisoformat(row["at"]).timestamp()
            yield *told.place(row["segment"], row["stage"]), at, row["count"], *row["scores"].values()


def movers(told: Told) -> Iterator[Line]:
    """Accounts whose score changed most."""
    for rising in ("false", "true"):
        asked = f'movers(since: "{told.since}", rising: {rising}, first: 8)'
        for row in told.report(asked + " { account { name } segment stage before after change }"):
            stage = told.place(row["segment"], row["stage"])[1]
            yield row["account"]["name"], stage, row["before"], row["after"], row["change"]


def passages(told: Told) -> Iterator[Line]:
    """Accounts by where they stood and stand."""

    def place(row: Row, side: str, nowhere: str) -> str:
        segment, stage = row[f"{side}Segment"], row[f"{side}Stage"]
        return nowhere if stage is None else ": ".join(str(each) for each in told.place(segment, stage))

    for row in told.report(f'stageMatrix(since: "{told.since}") {{ fromSegment fromStage toSegment toStage count }}'):
        yield place(row, "from", "Not begun"), place(row, "to", "Gone"), row["count"]


def funnel(told: Told) -> Iterator[Line]:
    """Cohorts by the stages that they reached."""
    stages = "stages { stage reached within withinShare }"
    for row in told.report("funnel(withinDays: 90, cohorts: QUARTER) { segment cohort n judged " + stages + " }"):
        for each in row["stages"]:
            title = told.place(row["segment"], each["stage"])[1]
            reached = each["reached"], each["within"], each["withinShare"]
            yield told.segment(row["segment"]), row["cohort"], title, row["n"], row["judged"], *reached


def ctas(told: Told) -> Iterator[Line]:
    """CTAs by reason and owner."""
    fields = "reasonTitle owner open overdue meanAgeDays closed closedOverdue"
    for row in told.report("ctas { " + fields + " ages { count } }"):
        ages = [band["count"] for band in row["ages"]]
        yield *(row[name] for name in fields.split()), *ages


def renewals(told: Told) -> Iterator[Line]:
    """Renewals by month."""
    return (list(row.values()) for row in told.report("renewals { month count revenue }"))


def gaps(told: Told) -> Iterator[Line]:
    """Measures that are missing or stale, and time zones that are missing or none; these only where there are rules."""
    zones = told.report("unknownTimeZones { segment fact count missing unknown }")
    for row in told.report("dataGaps { segment title count missing stale }"):
        lacking = row["missing"], row["stale"], *([0] if zones else [])
        yield told.segment(row["segment"]), row["title"], row["count"], *lacking
    for row in zones:
        name = f"Time zone ({row['fact']})"
        yield told.segment(row["segment"]), name, row["count"], row["missing"], 0, row["unknown"]


def held(told: Told) -> Iterator[Line]:
    """Accounts held by what is not known."""
    for row in told.report("heldByUnknown { segment title transition count }"):
        yield told.segment(row["segment"]), row["title"], row["transition"], row["count"]


def recipes(told: Told) -> Iterator[Line]:
    """How often each template, playbook and milestone was used."""
    kinds = {"CTA_TEMPLATE": "CTA template", "PLAYBOOK": "Playbook", "MILESTONE": "Milestone"}
    for row in told.report("recipeCoverage { segment part title key count }"):
        yield told.segment(row["segment"]), kinds[row["part"]], row["title"], row["key"], row["count"]


def coverage(told: Told) -> Iterator[Line]:
    """How often each rule fired."""
    for row in told.report("coverage { segment kind title key count }"):
        yield told.segment(row["segment"]), str(row["kind"]).capitalize(), row["title"], row["key"], row["count"]


def compliance(told: Told, days: str, stage: str) -> Iterator[Line]:
    """Visits that were left in time, by segment."""
    fields = "group inTime late pending share"
    for row in told.report(f'stageCompliance(stage: "{stage}", withinDays: {days}) {{ {fields} }}'):
        yield told.segment(row["group"]), *list(row.values())[1:]


def milestone(told: Told, days: str, key: str, start: str | None = None) -> Iterator[Line]:
    """Accounts that reached a milestone in time, by segment."""
    asked = f'milestone(key: "{key}", withinDays: {days}' + (f', startingStage: "{start}")' if start else ")")
    for row in told.report(asked + " { group inTime late pending share reached }"):
        yield told.segment(row["group"]), *list(row.values())[1:]


def measure(told: Told, key: str) -> Iterator[Line]:
    """A measure in the stage, in the segments whose scorecard weighs it there."""
    for row in told.report(f'measure(key: "{key}") {{ segment stage count values {{ n lower median upper }} }}'):
        if key in told.weighed(row["segment"]):
            yield told.segment(row["segment"]), row["count"], *row["values"].values()


FIGURES: Mapping[str, Callable[[Told], Iterator[Line]]] = {
    "Where accounts stand": distribution,
    "Health": health,
    "Pace": pace,
    "Time in stage": times,
    "Health over time": trend,
    "Ways between stages": moves,
    "From then to now": passages,
    "Renewals ahead": renewals,
    "Moves made while healthy": healthy,
    "Calls to action": ctas,
    "Movers": movers,
    "Data gaps": gaps,
    "Held by what is not known": held,
    "Funnel by cohort": funnel,
    "Templates, playbooks and milestones in use": recipes,
    "Rules that fire": coverage,
}
"""The figures without a question of their own, by title."""
