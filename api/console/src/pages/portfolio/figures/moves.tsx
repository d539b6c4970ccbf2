/** Which ways accounts took between stages: a matrix of from and to. */
import { MovesMadeDocument } from "../../../generated/documents/portfolio";
import type { MovesMadeQuery } from "../../../generated/operations";
import { count, percent } from "../../../formats";
import type { Choices } from "../../../parts/address";
import { Figure, type Column } from "../../../parts/charts/figure";
import { words } from "../../../words";
import { segmentTitle, stageTitle, stagesOf, useJourneys, type Journeys, type JourneyStage } from "../journeys";
import { Report } from "../report";
import { countedBy, scopeOf, widened } from "../scope";
import { sharesOf } from "./healthy";

type Row = MovesMadeQuery["reports"]["moves"][number];
const text = words.reports.moves;

export function MovesFigure({ choices, stage }: { choices: Choices; stage?: string }) {
  const journeys = useJourneys();
  return (
    <Report title={text.title} document={MovesMadeDocument} variables={{ scope: scopeOf(choices) }} isWide>
      {({ reports }) => <Matrices rows={reports.moves.filter((row) => row.kind === "MOVED" && (stage === undefined || row.fromStage === stage))} journeys={journeys} />}
    </Report>
  );
}

function Matrices({ rows, journeys }: { rows: readonly Row[]; journeys: Journeys }) {
  const total = rows.reduce((sum, row) => sum + row.count, 0);
  const segments = journeys.segments.filter((each) => rows.some((row) => row.segment === each.key));
  return (
    <Figure title={text.title} about={text.about} sample={text.sample(count(total))} name="transitions" rows={rows} columns={columnsOf(journeys)} isWide>
      <div class="groups broad">
        {segments.map((segment) => (
          <Matrix key={segment.key} title={segment.title} stages={stagesOf(journeys, segment.key)} rows={rows.filter((row) => row.segment === segment.key)} />
        ))}
      </div>
    </Figure>
  );
}

function columnsOf(journeys: Journeys): Column<Row>[] {
  return [
    { title: words.portfolio.segment, value: (row) => segmentTitle(journeys, row.segment) },
    { title: words.machines.from, value: (row) => stageTitle(journeys, row.segment, row.fromStage) },
    { title: words.machines.to, value: (row) => stageTitle(journeys, row.segment, row.toStage) },
    { title: text.transition, value: (row) => row.transition },
    ...sharesOf<Row>(),
  ];
}

/** A shade for each tenth of the largest number, so that the main ways stand out. */
function Matrix({ title, stages, rows }: { title: string; stages: readonly JourneyStage[]; rows: readonly Row[] }) {
  const between = (from: string, to: string) => rows.filter((row) => row.fromStage === from && row.toStage === to);
  const left = (from: string) => rows.filter((row) => row.fromStage === from).reduce((all, row) => all + row.count, 0);
  const sources = stages.filter((stage) => left(stage.key) > 0);
  const targets = stages.filter((stage) => rows.some((row) => row.toStage === stage.key));
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
                const ways = between(from.key, to.key);
                const moved = ways.reduce((all, row) => all + row.count, 0);
                const share = moved / left(from.key);
                return (
                  <td key={to.key} class={moved === 0 ? "none" : `shade-${Math.min(9, Math.floor(share * 10))}`}>
                    {ways[0] !== undefined && <a href={countedBy(widened(ways[0].address, "transition"))}>{count(moved)}<span class="share">{percent(share)}</span></a>}
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
