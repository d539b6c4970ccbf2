/** Which ways accounts took between stages: a matrix of from and to, and how many of them were healthy on the way. */
import { MovesMadeDocument } from "../../../generated/documents/portfolio";
import type { MovesMadeQuery } from "../../../generated/operations";
import { count, percent } from "../../../formats";
import type { Choices } from "../../../parts/address";
import { BarRow } from "../../../parts/charts/bars";
import { Figure, type Column } from "../../../parts/charts/figure";
import { words } from "../../../words";
import { segmentTitle, stageTitle, stagesOf, useJourneys, type Journeys, type JourneyStage } from "../journeys";
import { Report } from "../report";
import { recordsOf, scopeOf } from "../scope";

type Row = MovesMadeQuery["reports"]["moves"][number];
const text = words.reports.moves;

export function MovesFigure({ choices, stage }: { choices: Choices; stage?: string }) {
  const journeys = useJourneys();
  return (
    <Report title={text.title} document={MovesMadeDocument} variables={{ scope: scopeOf(choices) }} isWide>
      {({ reports }) => <Matrices rows={reports.moves.filter((row) => row.kind === "MOVED" && (stage === undefined || row.fromStage === stage))} journeys={journeys} choices={choices} />}
    </Report>
  );
}

function Matrices({ rows, journeys, choices }: { rows: readonly Row[]; journeys: Journeys; choices: Choices }) {
  const total = rows.reduce((sum, row) => sum + row.count, 0);
  const segments = journeys.segments.filter((each) => rows.some((row) => row.segment === each.key));
  return (
    <Figure title={text.title} about={text.about} sample={text.sample(count(total))} name="transitions" rows={rows} columns={columnsOf(journeys, choices)} isWide>
      <div class="groups broad">
        {segments.map((segment) => (
          <Matrix key={segment.key} title={segment.title} stages={stagesOf(journeys, segment.key)} rows={rows.filter((row) => row.segment === segment.key)} choices={choices} />
        ))}
      </div>
    </Figure>
  );
}

function columnsOf(journeys: Journeys, choices: Choices): Column<Row>[] {
  return [
    { title: words.portfolio.segment, value: (row) => segmentTitle(journeys, row.segment) },
    { title: words.machines.from, value: (row) => stageTitle(journeys, row.segment, row.fromStage) },
    { title: words.machines.to, value: (row) => stageTitle(journeys, row.segment, row.toStage) },
    { title: text.transition, value: (row) => row.transition },
    { title: text.count, value: (row) => row.count, shown: (row) => <a href={recordsOf(row, choices)}>{count(row.count)}</a>, isNumber: true },
    { title: text.withHealth, value: (row) => row.withHealth, isNumber: true },
    { title: text.healthy, value: (row) => row.healthy, isNumber: true },
    { title: text.share, value: (row) => row.healthyShare, shown: (row) => (row.healthyShare === null ? "" : percent(row.healthyShare)), isNumber: true },
  ];
}

/** A shade for each tenth of the largest number, so that the main ways stand out. */
function Matrix({ title, stages, rows, choices }: { title: string; stages: readonly JourneyStage[]; rows: readonly Row[]; choices: Choices }) {
  const sum = (from: string, to: string) => rows.filter((row) => row.fromStage === from && row.toStage === to).reduce((all, row) => all + row.count, 0);
  const left = (from: string) => rows.filter((row) => row.fromStage === from).reduce((all, row) => all + row.count, 0);
  const sources = stages.filter((stage) => left(stage.key) > 0);
  const targets = stages.filter((stage) => rows.some((row) => row.toStage === stage.key));
  const segment = rows[0]?.segment ?? "";
  return (
    <div class="scrolls" tabIndex={0} role="region" aria-label={text.matrixOf(title)}>
      <table class="matrix">
        <caption>{title}</caption>
        <thead>
          <tr>
            <th scope="col" class="corner">{text.corner}</th>
            {targets.map((stage) => <th key={stage.key} scope="col">{stage.title}</th>)}
          </tr>
        </thead>
        <tbody>
          {sources.map((from) => (
            <tr key={from.key}>
              <th scope="row">{from.title}</th>
              {targets.map((to) => {
                const moved = sum(from.key, to.key);
                const share = moved / left(from.key);
                return (
                  <td key={to.key} class={moved === 0 ? "none" : `shade-${Math.min(9, Math.floor(share * 10))}`}>
                    {moved > 0 && <a href={recordsOf({ segment, fromStage: from.key, toStage: to.key }, choices)}>{count(moved)}<span class="share">{percent(share)}</span></a>}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Of the moves whose decision had a score, how many were made by healthy accounts. */
export function HealthyMoves({ choices, stage }: { choices: Choices; stage?: string }) {
  const journeys = useJourneys();
  return (
    <Report title={text.healthyTitle} document={MovesMadeDocument} variables={{ scope: scopeOf(choices) }}>
      {({ reports }) => <Shares rows={reports.moves.filter((row) => row.kind === "MOVED" && row.withHealth > 0 && (stage === undefined || row.fromStage === stage))} journeys={journeys} choices={choices} />}
    </Report>
  );
}

function Shares({ rows, journeys, choices }: { rows: readonly Row[]; journeys: Journeys; choices: Choices }) {
  const known = rows.reduce((sum, row) => sum + row.withHealth, 0);
  const healthy = rows.reduce((sum, row) => sum + row.healthy, 0);
  const segments = journeys.segments.filter((each) => rows.some((row) => row.segment === each.key));
  const sample = text.healthySample(count(healthy), count(known), percent(known === 0 ? 0 : healthy / known));
  return (
    <Figure title={text.healthyTitle} about={text.healthyAbout} sample={sample} name="healthy-moves" rows={rows} columns={columnsOf(journeys, choices)}>
      {segments.map((segment) => (
        <div class="group" key={segment.key}>
          <h3>{segment.title}</h3>
          <ul class="bars">
            {rows.filter((row) => row.segment === segment.key).map((row) => (
              <BarRow
                key={`${row.transition} ${row.fromStage} ${row.toStage}`}
                name={`${stageTitle(journeys, row.segment, row.fromStage)} → ${stageTitle(journeys, row.segment, row.toStage)}`}
                parts={[{ key: "healthy", value: row.healthy, tone: "healthy", title: "" }]}
                most={row.withHealth}
                value={percent(row.healthyShare ?? 0)}
                note={words.charts.outOf(count(row.healthy), count(row.withHealth))}
              />
            ))}
          </ul>
        </div>
      ))}
    </Figure>
  );
}
