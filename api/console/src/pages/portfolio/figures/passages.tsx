/** Where accounts stood at a date and where they stand at another; and how far each cohort came. */
import { CohortFunnelDocument, StageMatrixDocument } from "../../../generated/documents/portfolio";
import type { CohortFunnelQuery, StageMatrixQuery } from "../../../generated/operations";
import { count, date, percent } from "../../../formats";
import type { Choices } from "../../../parts/address";
import { Alluvial } from "../../../parts/charts/alluvial";
import { BarRow } from "../../../parts/charts/bars";
import { Figure, type Column } from "../../../parts/charts/figure";
import { words } from "../../../words";
import { segmentTitle, stageTitle, stagesOf, useJourneys, type Journeys } from "../journeys";
import { Report } from "../report";
import { countedBy, scopeOf, sinceOf } from "../scope";

type Passage = StageMatrixQuery["reports"]["stageMatrix"][number];
type Cohort = CohortFunnelQuery["reports"]["funnel"][number];
interface Reached {
  readonly cohort: Cohort;
  readonly stage: Cohort["stages"][number];
}
const NOWHERE = "";
const WITHIN_DAYS = 90;

export function PassageFigure({ choices }: { choices: Choices }) {
  const since = sinceOf(choices);
  const text = words.reports.passages;
  return (
    <Report title={text.title} document={StageMatrixDocument} variables={{ scope: scopeOf(choices), since }} isWide>
      {({ reports }) => <Passages rows={reports.stageMatrix} since={since} />}
    </Report>
  );
}

function Passages({ rows, since }: { rows: readonly Passage[]; since: string }) {
  const journeys = useJourneys();
  const text = words.reports.passages;
  const place = (segment: string | null, stage: string | null) => (segment === null || stage === null ? text.nowhere : `${segmentTitle(journeys, segment)}: ${stageTitle(journeys, segment, stage)}`);
  const columns: Column<Passage>[] = [
    { title: words.machines.from, value: (row) => place(row.fromSegment, row.fromStage) },
    { title: words.machines.to, value: (row) => place(row.toSegment, row.toStage) },
    { title: words.portfolio.accounts, value: (row) => row.count, shown: (row) => <a href={countedBy(row.address)}>{count(row.count)}</a>, isNumber: true },
  ];
  const total = rows.reduce((sum, row) => sum + row.count, 0);
  return (
    <Figure title={text.title} about={text.about(date(since))} sample={words.charts.n(count(total))} name="stage-to-stage" rows={rows} columns={columns} isWide>
      <div class="groups">
        {journeys.segments.map((segment) => <OneJourney key={segment.key} journeys={journeys} segment={segment.key} rows={rows.filter((row) => (row.toSegment ?? row.fromSegment) === segment.key)} />)}
      </div>
    </Figure>
  );
}

function OneJourney({ journeys, segment, rows }: { journeys: Journeys; segment: string; rows: readonly Passage[] }) {
  if (rows.length === 0) return null;
  const text = words.reports.passages;
  const flows = rows.map((row) => ({ from: row.fromStage ?? NOWHERE, to: row.toStage ?? NOWHERE, count: row.count }));
  const order = [...new Set([...stagesOf(journeys, segment).map((stage) => stage.key), ...flows.flatMap((flow) => [flow.from, flow.to])])];
  return (
    <div class="group">
      <h3>{segmentTitle(journeys, segment)}</h3>
      <Alluvial label={text.labelOf(segmentTitle(journeys, segment))} flows={flows} order={order} titleOf={(key) => (key === NOWHERE ? text.nowhere : stageTitle(journeys, segment, key))} />
    </div>
  );
}

export function FunnelFigure({ choices }: { choices: Choices }) {
  const text = words.reports.funnel;
  return (
    <Report title={text.title} document={CohortFunnelDocument} variables={{ scope: scopeOf(choices), withinDays: WITHIN_DAYS }} isWide>
      {({ reports }) => <Cohorts cohorts={reports.funnel} />}
    </Report>
  );
}

function Cohorts({ cohorts }: { cohorts: readonly Cohort[] }) {
  const journeys = useJourneys();
  const text = words.reports.funnel;
  const rows: Reached[] = cohorts.flatMap((cohort) => cohort.stages.map((stage) => ({ cohort, stage })));
  const columns: Column<Reached>[] = [
    { title: words.portfolio.segment, value: (row) => segmentTitle(journeys, row.cohort.segment) },
    { title: text.cohort, value: (row) => row.cohort.cohort },
    { title: words.portfolio.stage, value: (row) => stageTitle(journeys, row.cohort.segment, row.stage.stage) },
    { title: text.began, value: (row) => row.cohort.n, isNumber: true },
    { title: text.judged, value: (row) => row.cohort.judged, isNumber: true },
    { title: text.ever, value: (row) => row.stage.reached, shown: (row) => <a href={countedBy(row.stage.address)}>{count(row.stage.reached)}</a>, isNumber: true },
    { title: text.within, value: (row) => row.stage.within, shown: (row) => <a href={countedBy(row.stage.withinAddress)}>{count(row.stage.within)}</a>, isNumber: true },
    { title: text.share, value: (row) => row.stage.withinShare, shown: (row) => (row.stage.withinShare === null ? "" : percent(row.stage.withinShare)), isNumber: true },
  ];
  return (
    <Figure title={text.title} about={text.about(count(WITHIN_DAYS))} sample={words.charts.n(count(cohorts.reduce((sum, each) => sum + each.n, 0)))} name="funnel" rows={rows} columns={columns} isWide>
      <div class="groups">
        {cohorts.map((cohort) => (
          <div class="group" key={`${cohort.segment} ${cohort.cohort}`}>
            <h3>{cohort.cohort} <span class="hint">{segmentTitle(journeys, cohort.segment)}, {words.charts.n(count(cohort.judged))}</span></h3>
            <ul class="bars">
              {cohort.stages.map((stage) => (
                <BarRow
                  key={stage.stage}
                  name={stageTitle(journeys, cohort.segment, stage.stage)}
                  parts={[{ key: "within", value: stage.within, tone: "data", title: "" }]}
                  most={cohort.judged}
                  value={stage.withinShare === null ? "–" : percent(stage.withinShare)}
                  note={<a href={countedBy(stage.withinAddress)}>{words.charts.outOf(count(stage.within), count(cohort.judged))}</a>}
                />
              ))}
            </ul>
          </div>
        ))}
      </div>
    </Figure>
  );
}
