/** Where accounts stand, and what they are worth, by stage. */
import { StandingDocument } from "../../../generated/documents/portfolio";
import type { StandingQuery } from "../../../generated/operations";
import { count, money } from "../../../formats";
import type { Choices } from "../../../parts/address";
import { Bar, Key } from "../../../parts/charts/bars";
import { Figure, type Column } from "../../../parts/charts/figure";
import { words } from "../../../words";
import { bySegment, segmentTitle, stageTitle, useJourneys, type Journeys } from "../journeys";
import { Report } from "../report";
import { scopeOf, standingOf } from "../scope";

type Row = StandingQuery["reports"]["stageDistribution"][number];
const text = words.reports.distribution;

export function Distribution({ choices }: { choices: Choices }) {
  const journeys = useJourneys();
  return (
    <Report title={text.title} document={StandingDocument} variables={{ scope: scopeOf(choices) }} isWide>
      {({ reports }) => <Stages rows={reports.stageDistribution} journeys={journeys} choices={choices} />}
    </Report>
  );
}

function Stages({ rows, journeys, choices }: { rows: readonly Row[]; journeys: Journeys; choices: Choices }) {
  const total = rows.reduce((sum, row) => sum + row.count, 0);
  const columns: Column<Row>[] = [
    { title: words.portfolio.segment, value: (row) => segmentTitle(journeys, row.segment) },
    { title: words.portfolio.stage, value: (row) => stageTitle(journeys, row.segment, row.stage) },
    { title: words.portfolio.accounts, value: (row) => row.count, shown: (row) => <a href={standingOf(row, choices)}>{count(row.count)}</a>, isNumber: true },
    { title: text.revenue(journeys.currency), value: (row) => row.revenue, shown: (row) => (row.revenue === null ? "" : money(row.revenue, journeys.currency)), isNumber: true },
    { title: text.withRevenue, value: (row) => row.withRevenue, isNumber: true },
  ];
  return (
    <Figure title={text.title} about={text.about} sample={words.charts.n(count(total))} name="stage-distribution" rows={rows} columns={columns} isWide>
      <Key entries={[["data", words.portfolio.accounts], ["data-2", text.revenue(journeys.currency)]]} />
      <div class="groups">
        {bySegment(journeys, rows).map(([segment, stages]) => (
          <Segment key={segment} title={segmentTitle(journeys, segment)} rows={stages} all={rows} journeys={journeys} choices={choices} />
        ))}
      </div>
    </Figure>
  );
}

function Segment(props: { title: string; rows: readonly Row[]; all: readonly Row[]; journeys: Journeys; choices: Choices }) {
  const { rows, all, journeys, choices } = props;
  const mostAccounts = Math.max(...all.map((row) => row.count));
  const mostRevenue = Math.max(...all.map((row) => row.revenue ?? 0));
  const revenue = rows.reduce((sum, row) => sum + (row.revenue ?? 0), 0);
  return (
    <div class="group">
      <h3>
        {props.title} <span class="hint">{text.sum(count(rows.reduce((sum, row) => sum + row.count, 0)), money(revenue, journeys.currency))}</span>
      </h3>
      <ul class="pairs">
        {rows.map((row) => {
          const name = stageTitle(journeys, row.segment, row.stage);
          const href = standingOf(row, choices);
          const worth = row.revenue === null ? "–" : money(row.revenue, journeys.currency);
          return (
            <li key={row.stage}>
              <span class="name">{name}</span>
              <span class="double">
                <Bar parts={[{ key: "n", value: row.count, title: text.accountsIn(count(row.count), name), tone: "data", href }]} most={mostAccounts} />
                <Bar parts={[{ key: "r", value: row.revenue ?? 0, title: text.worthIn(worth, name), tone: "data-2", href }]} most={mostRevenue} />
              </span>
              <a class="value" href={href}>{count(row.count)}</a>
              <span class="value soft">{row.revenue === null ? worth : <a href={href}>{worth}</a>}</span>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
