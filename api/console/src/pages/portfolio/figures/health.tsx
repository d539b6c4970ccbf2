/** How well accounts do, by stage: the bands of their scores, and the middle half of the scores. */
import { PortfolioHealthDocument } from "../../../generated/documents/portfolio";
import type { Band, PortfolioHealthQuery } from "../../../generated/operations";
import { count, decimal, percent } from "../../../formats";
import type { Choices } from "../../../parts/address";
import { BarRow, Key, type Part } from "../../../parts/charts/bars";
import { Figure, type Column } from "../../../parts/charts/figure";
import { words } from "../../../words";
import { bySegment, segmentTitle, stageTitle, useJourneys, type Journeys } from "../journeys";
import { Report } from "../report";
import { accountsOf, countedBy, isPast, scopeOf, widened } from "../scope";

type Row = PortfolioHealthQuery["reports"]["health"][number];
type Share = Row["bands"][number];
const text = words.reports.health;
const ORDER: (Band | null)[] = ["HEALTHY", "NEUTRAL", "AT_RISK", null];

export function HealthFigure({ choices, stage }: { choices: Choices; stage?: string }) {
  const journeys = useJourneys();
  return (
    <Report title={text.title} document={PortfolioHealthDocument} variables={{ scope: scopeOf(choices) }}>
      {({ reports }) => <Bands rows={reports.health.filter((row) => stage === undefined || row.stage === stage)} journeys={journeys} choices={choices} />}
    </Report>
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
                note={<a href={allOf(row, choices)}>{words.charts.n(count(sizeOf(row)))}</a>}
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

/** Accounts of a band are a filter today; those without a score, and those of another date, are only behind an address. */
function listOf(share: Share, choices: Choices): string {
  return share.accounts === null || isPast(choices) ? countedBy(share.address) : accountsOf(share.accounts, choices);
}

function allOf(row: Row, choices: Choices): string {
  const [first] = row.bands;
  return first === undefined || !isPast(choices) ? accountsOf({ segments: [row.segment], stages: [row.stage] }, choices) : countedBy(widened(first.address, "band"));
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
