/** How health went over time, and which accounts moved it most. */
import { HealthTrendDocument, MoversDocument } from "../../../generated/documents/portfolio";
import type { HealthTrendQuery, MoversQuery } from "../../../generated/operations";
import { change, count, date, decimal } from "../../../formats";
import type { Choices } from "../../../parts/address";
import { Figure, type Column } from "../../../parts/charts/figure";
import { Trend } from "../../../parts/charts/trend";
import { words } from "../../../words";
import { counting } from "../counted";
import { bySegment, segmentTitle, stageOf, stageTitle, useJourneys, type Journeys } from "../journeys";
import { Report, useReport } from "../report";
import { countedBy, monthsBefore, scopeOf, sinceOf } from "../scope";

type Point = HealthTrendQuery["reports"]["healthTrend"][number];
type Mover = MoversQuery["reports"]["movers"][number];
const text = words.reports.trend;
const MONTHS = 12;

export function TrendFigure({ choices }: { choices: Choices }) {
  const journeys = useJourneys();
  const isRunning = (point: Point) => stageOf(journeys, point.segment, point.stage)?.isFinal === false;
  return (
    <Report title={text.title} document={HealthTrendDocument} variables={{ scope: scopeOf(choices), dates: monthsBefore(choices, MONTHS) }} isWide>
      {({ reports }) => <Courses points={reports.healthTrend.filter(isRunning)} journeys={journeys} />}
    </Report>
  );
}

const VALUES: Column<Point>[] = [
  counting(words.portfolio.accounts, (point) => point.count, (point) => point.address),
  { title: words.reports.health.lower, value: (point) => point.scores.lower, isNumber: true },
  { title: words.reports.health.median, value: (point) => point.scores.median, isNumber: true },
  { title: words.reports.health.upper, value: (point) => point.scores.upper, isNumber: true },
];

function Courses({ points, journeys }: { points: readonly Point[]; journeys: Journeys }) {
  const columns: Column<Point>[] = [
    { title: words.portfolio.segment, value: (point) => segmentTitle(journeys, point.segment) },
    { title: words.portfolio.stage, value: (point) => stageTitle(journeys, point.segment, point.stage) },
    { title: text.at, value: (point) => point.at, shown: (point) => date(point.at) },
    ...VALUES,
  ];
  return (
    <Figure title={text.title} about={text.about} name="health-trend" rows={points} columns={columns} isWide>
      {bySegment(journeys, points).map(([segment, own]) => (
        <div class="group" key={segment}>
          <h3>{segmentTitle(journeys, segment)}</h3>
          <div class="multiples">
            {[...new Set(own.map((point) => point.stage))].map((stage) => <Course key={stage} title={stageTitle(journeys, segment, stage)} points={own.filter((point) => point.stage === stage)} />)}
          </div>
        </div>
      ))}
    </Figure>
  );
}

function Course({ title, points }: { title: string; points: readonly Point[] }) {
  const sorted = [...points].sort((one, other) => one.at.localeCompare(other.at));
  const last = sorted.at(-1);
  const drawn = sorted.map((point) => ({ at: Date.parse(point.at), value: point.scores.median, lower: point.scores.lower, upper: point.scores.upper }));
  return (
    <div>
      <h4>{title} <span class="hint">{last && <a href={countedBy(last.address)}>{words.charts.n(count(last.count))}</a>}</span></h4>
      {drawn.every((point) => point.value === null) ? <p class="hint">{text.noScore}</p> : <Trend label={text.labelOf(title)} points={drawn} domain={[0, 100]} bounds={[50]} height={120} dated={(at) => date(new Date(at).toISOString())} />}
    </div>
  );
}

export function MoversFigure({ choices }: { choices: Choices }) {
  const since = sinceOf(choices);
  const asked = { scope: scopeOf(choices), since };
  const [rising] = useReport(MoversDocument, { ...asked, rising: true });
  return (
    <Report title={words.reports.movers.title} document={MoversDocument} variables={{ ...asked, rising: false }}>
      {({ reports }) => <Moved falling={reports.movers} rising={rising.data?.reports.movers ?? []} since={since} />}
    </Report>
  );
}

function Moved({ falling, rising, since }: { falling: readonly Mover[]; rising: readonly Mover[]; since: string }) {
  const journeys = useJourneys();
  const said = words.reports.movers;
  const columns: Column<Mover>[] = [
    { title: words.portfolio.columns.name, value: (mover) => mover.account?.name ?? null, shown: (mover) => <MoverLink mover={mover} /> },
    { title: words.portfolio.stage, value: (mover) => stageTitle(journeys, mover.segment, mover.stage) },
    { title: said.before, value: (mover) => mover.before, isNumber: true },
    { title: said.after, value: (mover) => mover.after, isNumber: true },
    { title: said.change, value: (mover) => mover.change, isNumber: true },
  ];
  return (
    <Figure title={said.title} about={said.about(date(since))} name="movers" rows={[...falling, ...rising]} columns={columns}>
      {([[said.falling, falling, "worsening"], [said.rising, rising, "improving"]] as const).map(([title, movers, tone]) => (
        <div class="group" key={title}>
          <h3>{title}</h3>
          <ul class="bars">
            {movers.map((mover) => (
              <li key={mover.accountId} class="mover">
                <span class="name"><MoverLink mover={mover} /></span>
                <span class="hint">{stageTitle(journeys, mover.segment, mover.stage)} · {said.from(decimal(mover.before), decimal(mover.after))}</span>
                <strong class={`trend-word ${tone}`}>{change(mover.change)}</strong>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </Figure>
  );
}

function MoverLink({ mover }: { mover: Mover }) {
  return <a href={`/accounts/${encodeURIComponent(mover.accountId)}`}>{mover.account?.name ?? mover.accountId}</a>;
}
