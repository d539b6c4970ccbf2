/** How well accounts do, by stage: the bands of their scores, and the middle half of the scores. */
import { HealthTrendDocument, PortfolioHealthDocument } from "../../../generated/documents/portfolio";
import type { Band, HealthTrendQuery, PortfolioHealthQuery } from "../../../generated/operations";
import { count, decimal, percent } from "../../../formats";
import type { Choices } from "../../../parts/address";
import { BarRow, Key, type Part } from "../../../parts/charts/bars";
import { Figure, type Column } from "../../../parts/charts/figure";
import { QuartileStrip } from "../../../parts/charts/quartiles";
import { words } from "../../../words";
import { counting } from "../counted";
import { bySegment, segmentTitle, stageTitle, useJourneys, type Journeys } from "../journeys";
import { Report } from "../report";
import { accountsOf, countedBy, scopeOf } from "../scope";

type Row = PortfolioHealthQuery["reports"]["health"][number];
type Share = Row["bands"][number];
type Point = HealthTrendQuery["reports"]["healthTrend"][number];
const text = words.reports.health;
const ORDER: (Band | null)[] = ["HEALTHY", "NEUTRAL", "AT_RISK", null];

export function HealthFigure({ choices, stage }: { choices: Choices; stage?: string }) {
  const journeys = useJourneys();
  const scope = scopeOf(choices);
  if (scope.asOf != null) return <HealthThen asOf={scope.asOf} choices={choices} stage={stage} />;
  return (
    <Report key="now" title={text.title} document={PortfolioHealthDocument} variables={{ scope }}>
      {({ reports }) => <Bands rows={reports.health.filter((row) => stage === undefined || row.stage === stage)} journeys={journeys} choices={choices} />}
    </Report>
  );
}

/** Of a date before today scores are known, and bands are not: thresholds were others then. */
function HealthThen({ asOf, choices, stage }: { asOf: string; choices: Choices; stage: string | undefined }) {
  return (
    <Report key="then" title={text.title} document={HealthTrendDocument} variables={{ scope: scopeOf(choices), dates: [asOf] }}>
      {({ reports }) => <Scores points={reports.healthTrend.filter((point) => stage === undefined || point.stage === stage)} />}
    </Report>
  );
}

function Scores({ points }: { points: readonly Point[] }) {
  const journeys = useJourneys();
  const columns: Column<Point>[] = [
    { title: words.portfolio.segment, value: (point) => segmentTitle(journeys, point.segment) },
    { title: words.portfolio.stage, value: (point) => stageTitle(journeys, point.segment, point.stage) },
    counting(words.portfolio.accounts, (point) => point.count, (point) => point.address),
    { title: text.lower, value: (point) => point.scores.lower, isNumber: true },
    { title: text.median, value: (point) => point.scores.median, isNumber: true },
    { title: text.upper, value: (point) => point.scores.upper, isNumber: true },
  ];
  const total = points.reduce((sum, point) => sum + point.count, 0);
  return (
    <Figure title={text.title} about={text.aboutThen} sample={words.charts.n(count(total))} note={text.noBands} name="health" rows={points} columns={columns}>
      {bySegment(journeys, points).map(([segment, stages]) => (
        <div class="group" key={segment}>
          <h3>{segmentTitle(journeys, segment)}</h3>
          <ul class="strips">
            {stages.map((point) => {
              const name = stageTitle(journeys, point.segment, point.stage);
              const median = point.scores.median === null ? "–" : decimal(point.scores.median);
              return (
                <li key={point.stage}>
                  <span class="name">{name}</span>
                  <QuartileStrip spread={point.scores} from={0} to={100} bounds={[50]} label={`${name}: ${median}`} />
                  <span class="value">{median} <a class="hint" href={countedBy(point.address)}>{words.charts.n(count(point.count))}</a></span>
                </li>
              );
            })}
          </ul>
        </div>
      ))}
    </Figure>
  );
}

function Bands({ rows, journeys, choices }: { rows: readonly Row[]; journeys: Journeys; choices: Choices }) {
  const total = rows.reduce((sum, row) => sum + sizeOf(row), 0);
  const counted = (band: Band | null): Column<Row> => ({
    title: bandTitle(band),
    value: (row) => shareOf(row, band)?.count ?? 0,
    shown: (row) => <Behind share={shareOf(row, band)} choices={choices} />,
    isNumber: true,
  });
  const columns: Column<Row>[] = [
    { title: words.portfolio.segment, value: (row) => segmentTitle(journeys, row.segment) },
    { title: words.portfolio.stage, value: (row) => stageTitle(journeys, row.segment, row.stage) },
    ...ORDER.map(counted),
    { title: text.lower, value: (row) => row.scores.lower, isNumber: true },
    { title: text.median, value: (row) => row.scores.median, isNumber: true },
    { title: text.upper, value: (row) => row.scores.upper, isNumber: true },
  ];
  return (
    <Figure title={text.title} about={text.about} sample={words.charts.n(count(total))} name="health" rows={rows} columns={columns}>
      <Key entries={ORDER.map((band) => [toneOf(band), bandTitle(band)] as const)} />
      {bySegment(journeys, rows).map(([segment, stages]) => (
        <div class="group" key={segment}>
          <h3>{segmentTitle(journeys, segment)}</h3>
          <ul class="bars">
            {stages.map((row) => (
              <BarRow
                key={row.stage}
                name={stageTitle(journeys, row.segment, row.stage)}
                parts={partsOf(row, choices)}
                most={sizeOf(row)}
                value={row.scores.median === null ? "–" : decimal(row.scores.median)}
                note={<a href={accountsOf({ segments: [row.segment], stages: [row.stage] }, choices)}>{words.charts.n(count(sizeOf(row)))}</a>}
              />
            ))}
          </ul>
        </div>
      ))}
      <p class="footnote">{text.footnote}</p>
    </Figure>
  );
}

function Behind({ share, choices }: { share: Share | undefined; choices: Choices }) {
  return share === undefined ? <>{count(0)}</> : <a href={listOf(share, choices)}>{count(share.count)}</a>;
}

/** Accounts of a band are a filter; those without a score are only behind an address. */
function listOf(share: Share, choices: Choices): string {
  return share.accounts === null ? countedBy(share.address) : accountsOf(share.accounts, choices);
}

function partsOf(row: Row, choices: Choices): Part[] {
  const size = sizeOf(row);
  return ORDER.map((band) => {
    const share = shareOf(row, band);
    const value = share?.count ?? 0;
    return {
      key: String(band),
      value,
      tone: toneOf(band),
      title: text.part(bandTitle(band), count(value), percent(size === 0 ? 0 : value / size)),
      label: count(value),
      href: share && listOf(share, choices),
    };
  });
}

function sizeOf(row: Row): number {
  return row.bands.reduce((sum, share) => sum + share.count, 0);
}

function shareOf(row: Row, band: Band | null): Share | undefined {
  return row.bands.find((share) => share.band === band);
}

export function toneOf(band: Band | null): string {
  return band === null ? "unknown" : band.toLowerCase().replace("_", "-");
}

export function bandTitle(band: Band | null): string {
  return band === null ? words.noBand : words.bands[band];
}
