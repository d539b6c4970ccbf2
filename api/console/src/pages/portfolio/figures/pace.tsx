/** How many accounts keep to the time that their stage is expected to take. */
import { PortfolioPaceDocument } from "../../../generated/documents/portfolio";
import type { PortfolioPaceQuery } from "../../../generated/operations";
import { count } from "../../../formats";
import type { Choices } from "../../../parts/address";
import { BarRow, Key, type Part } from "../../../parts/charts/bars";
import { Figure, type Column } from "../../../parts/charts/figure";
import { words } from "../../../words";
import { counting } from "../counted";
import { bySegment, segmentTitle, stageOf, stageTitle, useJourneys, type Journeys } from "../journeys";
import { Report } from "../report";
import { countedBy, isPast, scopeOfToday } from "../scope";

type Row = PortfolioPaceQuery["reports"]["pace"][number];
const text = words.reports.pace;
const PACES = [["onTrack", "on-track", words.paces.ON_TRACK], ["behind", "behind", words.paces.BEHIND], ["stuck", "stuck", words.paces.STUCK]] as const;

export function PaceFigure({ choices, stage }: { choices: Choices; stage?: string }) {
  const journeys = useJourneys();
  const isRunning = (row: Row) => stageOf(journeys, row.segment, row.stage)?.isFinal !== true;
  return (
    <Report title={text.title} document={PortfolioPaceDocument} variables={{ scope: scopeOfToday(choices) }}>
      {({ reports }) => <Paces rows={reports.pace.filter((row) => isRunning(row) && (stage === undefined || row.stage === stage))} journeys={journeys} isPast={isPast(choices)} />}
    </Report>
  );
}

function Paces({ rows, journeys, isPast }: { rows: readonly Row[]; journeys: Journeys; isPast: boolean }) {
  const columns: Column<Row>[] = [
    { title: words.portfolio.segment, value: (row) => segmentTitle(journeys, row.segment) },
    { title: words.portfolio.stage, value: (row) => stageTitle(journeys, row.segment, row.stage) },
    ...PACES.map(([field, , title]) => counting<Row>(title, (row) => row[field], (row) => row[`${field}Address`])),
  ];
  const sum = (field: "onTrack" | "behind" | "stuck") => rows.reduce((all, row) => all + row[field], 0);
  return (
    <Figure title={text.title} about={text.about} sample={words.charts.n(count(sum("onTrack") + sum("behind") + sum("stuck")))} note={isPast ? words.charts.today : undefined} name="pace" rows={rows} columns={columns}>
      <Key entries={PACES.map(([, tone, title]) => [tone, title] as const)} />
      {bySegment(journeys, rows).map(([segment, stages]) => (
        <div class="group" key={segment}>
          <h3>{segmentTitle(journeys, segment)}</h3>
          <ul class="bars">
            {stages.map((row) => (
              <BarRow
                key={row.stage}
                name={stageTitle(journeys, row.segment, row.stage)}
                parts={PACES.map(([field, tone, title]): Part => ({ key: field, value: row[field], tone, title: `${title}: ${count(row[field])}`, label: count(row[field]), href: countedBy(row[`${field}Address`]) }))}
                most={row.onTrack + row.behind + row.stuck}
                value={text.late(count(row.behind + row.stuck))}
                note={words.charts.of(count(row.onTrack + row.behind + row.stuck))}
              />
            ))}
          </ul>
        </div>
      ))}
    </Figure>
  );
}
