/** The measures that count in a stage: the middle half of their values, against what is healthy there. */
import { StageMeasureDocument, StageScorecardsDocument } from "../../../generated/documents/portfolio";
import type { StageMeasureQuery, StageScorecardsQuery } from "../../../generated/operations";
import { count, decimal } from "../../../formats";
import type { Choices } from "../../../parts/address";
import { QuartileStrip } from "../../../parts/charts/quartiles";
import { Figure, type Column } from "../../../parts/charts/figure";
import { words } from "../../../words";
import { counting } from "../counted";
import { segmentTitle, useJourneys, type Journeys } from "../journeys";
import { Report } from "../report";
import { countedBy, scopeOf } from "../scope";

type Card = StageScorecardsQuery["segments"][number];
type Value = StageMeasureQuery["reports"]["measure"][number];
interface Scored {
  readonly key: string;
  readonly title: string;
  readonly unit: string | null;
  readonly limits: ReadonlyMap<string, { healthy: number; neutral: number }>;
}
const text = words.reports.measures;

export function StageMeasures({ choices, stage }: { choices: Choices; stage: string }) {
  return (
    <Report title={text.title} document={StageScorecardsDocument} variables={{}} isWide>
      {({ segments }) => (
        <div class="figures-grid inner">
          {scoredIn(segments, stage, choices.segment).map((each) => (
            <Measure key={each.key} measure={each} stage={stage} choices={choices} />
          ))}
        </div>
      )}
    </Report>
  );
}

/** The measures with weight in the stage, of one segment or of all, with their limits by segment. */
function scoredIn(segments: readonly Card[], stage: string, chosen: string | undefined): Scored[] {
  const found = new Map<string, Scored>();
  for (const { key: segment, machine } of segments) {
    if ((chosen && segment !== chosen) || !machine.stages.some((each) => each.key === stage)) continue;
    const own = machine.scorecard.byStage.find((each) => each.stage === stage)?.measures ?? machine.scorecard.measures;
    for (const each of own.filter((measure) => measure.weight > 0)) {
      const { key, title, unit, healthy, neutral } = each;
      const limits = found.get(key)?.limits ?? new Map();
      found.set(key, { key, title, unit, limits: new Map([...limits, [segment, { healthy, neutral }]]) });
    }
  }
  return [...found.values()];
}

function Measure({ measure, stage, choices }: { measure: Scored; stage: string; choices: Choices }) {
  const isOwn = (row: Value) => row.stage === stage && measure.limits.has(row.segment);
  return (
    <Report title={measure.title} document={StageMeasureDocument} variables={{ scope: scopeOf(choices), key: measure.key }}>
      {({ reports }) => <Values rows={reports.measure.filter(isOwn)} measure={measure} />}
    </Report>
  );
}

function Values({ rows, measure }: { rows: readonly Value[]; measure: Scored }) {
  const journeys = useJourneys();
  const columns = columnsOf(journeys);
  const sample = text.sample(count(rows.reduce((sum, row) => sum + row.values.n, 0)), count(rows.reduce((sum, row) => sum + row.count, 0)));
  return (
    <Figure title={measure.title} about={text.about(measure.unit)} sample={sample} name={`measure-${measure.key}`} rows={rows} columns={columns}>
      <Strips rows={rows} measure={measure} journeys={journeys} />
    </Figure>
  );
}

function columnsOf(journeys: Journeys): Column<Value>[] {
  return [
    { title: words.portfolio.segment, value: (row) => segmentTitle(journeys, row.segment) },
    counting(words.portfolio.accounts, (row) => row.count, (row) => row.address),
    counting(text.known, (row) => row.values.n, (row) => row.knownAddress),
    { title: words.reports.health.lower, value: (row) => row.values.lower, isNumber: true },
    { title: text.median, value: (row) => row.values.median, isNumber: true },
    { title: words.reports.health.upper, value: (row) => row.values.upper, isNumber: true },
  ];
}

function Strips({ rows, measure, journeys }: { rows: readonly Value[]; measure: Scored; journeys: Journeys }) {
  const limits = [...measure.limits.values()].flatMap((each) => [each.healthy, each.neutral]);
  const to = Math.max(...limits.map((limit) => limit * 1.15), ...rows.map((row) => row.values.upper ?? 0), 0.01);
  return (
    <ul class="strips">
      {rows.map((row) => {
        const bounds = measure.limits.get(row.segment);
        const name = segmentTitle(journeys, row.segment);
        const shown = row.values.median === null ? "–" : decimal(row.values.median);
        return (
          <li key={row.segment}>
            <span class="name">{name} <a class="hint" href={countedBy(row.knownAddress)}>{words.charts.n(count(row.values.n))}</a></span>
            <QuartileStrip spread={row.values} from={0} to={to} bounds={bounds === undefined ? [] : [bounds.neutral, bounds.healthy]} label={`${name}: ${shown}`} />
            <span class="value">{shown} <span class="hint">{bounds && (bounds.healthy < bounds.neutral ? text.healthyTo : text.healthyFrom)(decimal(bounds.healthy))}</span></span>
          </li>
        );
      })}
    </ul>
  );
}
