/** How often each rule fired: the rules that never did come first, since nobody knows whether they work. */
import { CoverageDocument } from "../../../generated/documents/portfolio";
import type { CoverageQuery } from "../../../generated/operations";
import { count } from "../../../formats";
import type { Choices } from "../../../parts/address";
import { BarRow } from "../../../parts/charts/bars";
import { Figure, type Column } from "../../../parts/charts/figure";
import { words } from "../../../words";
import { Counted, counting } from "../counted";
import { segmentTitle, useJourneys, type Journeys } from "../journeys";
import { Report } from "../report";
import { scopeOf } from "../scope";

type Row = CoverageQuery["reports"]["coverage"][number];
const text = words.reports.coverage;

export function CoverageFigure({ choices }: { choices: Choices }) {
  const journeys = useJourneys();
  return (
    <Report title={text.title} document={CoverageDocument} variables={{ scope: scopeOf(choices) }} isWide>
      {({ reports }) => <Rules rows={reports.coverage} journeys={journeys} />}
    </Report>
  );
}

function Rules({ rows, journeys }: { rows: readonly Row[]; journeys: Journeys }) {
  const columns: Column<Row>[] = [
    { title: words.portfolio.segment, value: (row) => segmentTitle(journeys, row.segment) },
    { title: text.kind, value: (row) => text.kinds[row.kind] },
    { title: text.rule, value: (row) => row.key },
    counting(text.fired, (row) => row.count, (row) => row.address),
  ];
  const never = rows.filter((row) => row.count === 0);
  const fired = rows.filter((row) => row.count > 0).sort((one, other) => other.count - one.count);
  const most = Math.max(1, ...rows.map((row) => row.count));
  return (
    <Figure title={text.title} about={text.about} sample={text.sample(count(never.length), count(rows.length))} name="coverage" rows={rows} columns={columns} isWide>
      {never.length > 0 && (
        <div class="group">
          <h3>{text.never}</h3>
          <ul class="chips">
            {never.map((row) => (
              <li key={`${row.segment} ${row.kind} ${row.key}`}><a href={`/machines/${row.segment}`}>{row.key}</a> <span class="hint">{segmentTitle(journeys, row.segment)}</span></li>
            ))}
          </ul>
        </div>
      )}
      <div class="group">
        <h3>{text.most}</h3>
        <ul class="bars">
          {fired.slice(0, 8).map((row) => (
            <BarRow
              key={`${row.segment} ${row.kind} ${row.key}`}
              name={<>{row.key} <span class="hint">{segmentTitle(journeys, row.segment)}</span></>}
              parts={[{ key: "n", value: row.count, tone: row.kind === "ALERT" ? "behind" : "data", title: "" }]}
              most={most}
              value={<Counted value={row.count} address={row.address} />}
            />
          ))}
        </ul>
      </div>
    </Figure>
  );
}
