/** How long visits to a stage last, completed and running ones together, against what the rules expect. */
import { TimeInStageDocument } from "../../../generated/documents/portfolio";
import type { TimeInStageQuery } from "../../../generated/operations";
import { count, daysOf, inDays } from "../../../formats";
import type { Choices } from "../../../parts/address";
import { Figure, type Column } from "../../../parts/charts/figure";
import { Survival, type Mark } from "../../../parts/charts/survival";
import { words } from "../../../words";
import { counting } from "../counted";
import { bySegment, inOrder, segmentTitle, stageOf, stageTitle, useJourneys, type Journeys } from "../journeys";
import { Report } from "../report";
import { countedBy, scopeOf } from "../scope";

type Row = TimeInStageQuery["reports"]["timeInStage"][number];
const text = words.reports.time;

export function TimeFigure({ choices, stage }: { choices: Choices; stage?: string }) {
  const journeys = useJourneys();
  const isShown = (row: Row) => row.n > 0 && stageOf(journeys, row.segment, row.stage)?.isFinal !== true && (stage === undefined || row.stage === stage);
  return (
    <Report title={text.title} document={TimeInStageDocument} variables={{ scope: scopeOf(choices) }} isWide>
      {({ reports }) => <Curves rows={reports.timeInStage.filter(isShown)} journeys={journeys} isOneStage={stage !== undefined} />}
    </Report>
  );
}

function Curves({ rows, journeys, isOneStage }: { rows: readonly Row[]; journeys: Journeys; isOneStage: boolean }) {
  const days = (title: string, of: (row: Row) => number | null): Column<Row> => ({ title, value: of, isNumber: true });
  const columns: Column<Row>[] = [
    { title: words.portfolio.segment, value: (row) => segmentTitle(journeys, row.segment) },
    { title: words.portfolio.stage, value: (row) => stageTitle(journeys, row.segment, row.stage) },
    counting(text.visits, (row) => row.n, (row) => row.address),
    counting(text.completed, (row) => row.completed, (row) => row.completedAddress),
    counting(text.running, (row) => row.running, (row) => row.runningAddress),
    days(text.quarter, (row) => row.quarterDays),
    days(text.median, (row) => row.medianDays),
    days(text.threeQuarters, (row) => row.threeQuartersDays),
    days(text.ninety, (row) => row.ninetyPercentDays),
    days(text.expectedDays, (row) => daysOf(row.expected)),
    days(text.stuckDays, (row) => daysOf(row.stuckAfter)),
  ];
  const sample = text.sample(count(rows.reduce((sum, row) => sum + row.n, 0)), count(rows.reduce((sum, row) => sum + row.running, 0)));
  return (
    <Figure title={text.title} about={text.about} sample={sample} name="time-in-stage" rows={rows} columns={columns} isWide>
      {isOneStage ? (
        <div class="multiples">
          {inOrder(journeys, rows).map((row) => <Curve key={row.segment} Head="h3" title={segmentTitle(journeys, row.segment)} row={row} journeys={journeys} />)}
        </div>
      ) : (
        bySegment(journeys, rows).map(([segment, stages]) => (
          <div class="group" key={segment}>
            <h3>{segmentTitle(journeys, segment)}</h3>
            <div class="multiples">
              {stages.map((row) => <Curve key={row.stage} Head="h4" title={stageTitle(journeys, row.segment, row.stage)} row={row} journeys={journeys} />)}
            </div>
          </div>
        ))
      )}
    </Figure>
  );
}

function Curve({ Head, title, row, journeys }: { Head: "h3" | "h4"; title: string; row: Row; journeys: Journeys }) {
  return (
    <div>
      <Head>
        {title} <span class="hint"><a href={countedBy(row.address)}>{words.charts.n(count(row.n))}</a>, {row.running === 0 ? text.stillThere(count(0)) : <a href={countedBy(row.runningAddress)}>{text.stillThere(count(row.running))}</a>}</span>
      </Head>
      {row.completed === 0 ? <p class="hint">{text.noneEnded}</p> : <Survival label={labelOf(journeys, row)} steps={row.curve} median={row.medianDays} marks={marksOf(row)} longest={longestOf(row)} />}
    </div>
  );
}

function labelOf(journeys: Journeys, row: Row): string {
  const half = row.medianDays === null ? text.noMedian : text.halfWithin(inDays(row.medianDays));
  return `${segmentTitle(journeys, row.segment)}, ${stageTitle(journeys, row.segment, row.stage)}: ${half}`;
}

function marksOf(row: Row): Mark[] {
  const limits = [[daysOf(row.expected), text.expected, "behind"], [daysOf(row.stuckAfter), text.stuck, "stuck"]] as const;
  return limits.flatMap(([days, title, tone]) => (days === null ? [] : [{ days, title: title(inDays(days, true)), tone }]));
}

function longestOf(row: Row): number {
  return row.curve.at(-1)?.days ?? 0;
}
