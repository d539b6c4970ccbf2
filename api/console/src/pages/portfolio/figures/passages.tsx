/** Where accounts stood at a date and where they stand at another; and how far each cohort came. */
import { CohortFunnelDocument, StageMatrixDocument } from "../../../generated/documents/portfolio";
import type { CohortFunnelQuery, StageMatrixQuery } from "../../../generated/operations";
import { count, date, percent } from "../../../formats";
import type { Choices } from "../../../parts/address";
import { Alluvial } from "../../../parts/charts/alluvial";
import { BarRow } from "../../../parts/charts/bars";
import { Figure, type Column } from "../../../parts/charts/figure";
import { words } from "../../../words";
import { counting } from "../counted";
import { segmentTitle, stageTitle, stagesOf, useJourneys, type Journeys } from "../journeys";
import { Report } from "../report";
import { countedBy, scopeOf, sinceOf, widened } from "../scope";

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
  const place = (segment: string | null, stage: string | null, nowhere: string) => (segment === null || stage === null ? nowhere : `${segmentTitle(journeys, segment)}: ${stageTitle(journeys, segment, stage)}`);
  const columns: Column<Passage>[] = [
    { title: words.machines.from, value: (row) => place(row.fromSegment, row.fromStage, text.before) },
    { title: words.machines.to, value: (row) => place(row.toSegment, row.toStage, text.after) },
    counting(words.portfolio.accounts, (row) => row.count, (row) => row.address),
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
  const flows = rows.map((row) => ({ from: row.fromStage ?? NOWHERE, to: row.toStage ?? NOWHERE, count: row.count, href: countedBy(row.address) }));
  const order = [...new Set([...stagesOf(journeys, segment).map((stage) => stage.key), ...flows.flatMap((flow) => [flow.from, flow.to])])];
  return (
    <div class="group">
      <h3>{segmentTitle(journeys, segment)}</h3>
      <Alluvial label={text.labelOf(segmentTitle(journeys, segment))} flows={flows} order={order} hrefOf={(key, side) => sumOf(rows, key, side)} titleOf={(key, side) => (key !== NOWHERE ? stageTitle(journeys, segment, key) : side === "from" ? text.before : text.after)} />
    </div>
  );
}

/** The accounts of all ways from or to one place; undefined where ways of several segments meet there, which no address tells apart. */
function sumOf(rows: readonly Passage[], key: string, side: "from" | "to"): string | undefined {
  const [first, ...others] = rows.filter((row) => (row[`${side}Stage`] ?? NOWHERE) === key);
  if (first === undefined || (side === "from" && others.some((row) => row.fromSegment !== first.fromSegment || row.toSegment !== first.toSegment))) return undefined;
  return countedBy(side === "to" ? widened(first.address, "from_segment", "from_stage") : widened(first.address, "to_stage"));
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
    counting(text.began, (row) => row.cohort.n, (row) => row.cohort.address),
    counting(text.judged, (row) => row.cohort.judged, (row) => row.cohort.judgedAddress),
    counting(text.ever, (row) => row.stage.reached, (row) => row.stage.address),
    counting(text.within, (row) => row.stage.within, (row) => row.stage.withinAddress),
    { title: text.share, value: (row) => row.stage.withinShare, shown: (row) => (row.stage.withinShare === null ? "" : percent(row.stage.withinShare)), isNumber: true },
  ];
  return (
    <Figure title={text.title} about={text.about(count(WITHIN_DAYS))} sample={words.charts.n(count(cohorts.reduce((sum, each) => sum + each.n, 0)))} name="funnel" rows={rows} columns={columns} isWide>
      <div class="groups">
        {cohorts.map((cohort) => (
          <div class="group" key={`${cohort.segment} ${cohort.cohort}`}>
            <h3>{cohort.cohort} <span class="hint">{segmentTitle(journeys, cohort.segment)}, {cohort.judged === 0 ? words.charts.n(count(0)) : <a href={countedBy(cohort.judgedAddress)}>{words.charts.n(count(cohort.judged))}</a>}</span></h3>
            {cohort.judged === 0 ? <p class="hint">{text.tooYoung}</p> : <ul class="bars">{cohort.stages.map((stage) => <Within key={stage.stage} cohort={cohort} stage={stage} journeys={journeys} />)}</ul>}
          </div>
        ))}
      </div>
    </Figure>
  );
}

/** How many of a cohort reached a stage in time; none is written without a link. */
function Within({ cohort, stage, journeys }: { cohort: Cohort; stage: Cohort["stages"][number]; journeys: Journeys }) {
  const title = stageTitle(journeys, cohort.segment, stage.stage);
  const told = words.charts.outOf(count(stage.within), count(cohort.judged));
  return (
    <BarRow
      name={title}
      parts={[{ key: "within", value: stage.within, tone: "data", title: words.reports.funnel.part(count(stage.within), title), href: countedBy(stage.withinAddress) }]}
      most={cohort.judged}
      value={stage.withinShare === null ? "–" : percent(stage.withinShare)}
      note={stage.within === 0 ? told : <a href={countedBy(stage.withinAddress)}>{told}</a>}
    />
  );
}
