/** Which measures are missing or outdated, and so hold transitions back. */
import { DataGapsDocument, KnownMeasuresDocument } from "../../../generated/documents/portfolio";
import type { DataGapsQuery } from "../../../generated/operations";
import { count, percent } from "../../../formats";
import type { Choices } from "../../../parts/address";
import { BarRow, Key } from "../../../parts/charts/bars";
import { Figure, type Column } from "../../../parts/charts/figure";
import { words } from "../../../words";
import { counting } from "../counted";
import { segmentTitle, useJourneys, type Journeys } from "../journeys";
import { Report, useReport } from "../report";
import { countedBy, scopeOf, widened } from "../scope";

type Row = DataGapsQuery["reports"]["dataGaps"][number];
const text = words.reports.gaps;

export function GapsFigure({ choices }: { choices: Choices }) {
  const journeys = useJourneys();
  const [known] = useReport(KnownMeasuresDocument, {});
  const titles = new Map(known.data?.accounts.nodes.flatMap((each) => each.health.contributions).map((each) => [each.measure, each.title] as const));
  return (
    <Report title={text.title} document={DataGapsDocument} variables={{ scope: scopeOf(choices) }}>
      {({ reports }) => <Gaps rows={reports.dataGaps} journeys={journeys} titleOf={(key) => titles.get(key) ?? key} />}
    </Report>
  );
}

function Gaps({ rows, journeys, titleOf }: { rows: readonly Row[]; journeys: Journeys; titleOf: (key: string) => string }) {
  const lacking = (row: Row) => row.missing + row.stale;
  const columns: Column<Row>[] = [
    { title: words.portfolio.segment, value: (row) => segmentTitle(journeys, row.segment) },
    { title: words.account.measure, value: (row) => titleOf(row.measure) },
    counting(words.portfolio.accounts, (row) => row.count, (row) => widened(row.missingAddress, "is_missing")),
    counting(text.missing, (row) => row.missing, (row) => row.missingAddress),
    counting(text.stale, (row) => row.stale, (row) => row.staleAddress),
  ];
  const worst = [...rows].filter((row) => lacking(row) > 0).sort((one, other) => lacking(other) / other.count - lacking(one) / one.count);
  const segments = [...new Set(worst.map((row) => row.segment))];
  return (
    <Figure title={text.title} about={text.about} sample={text.sample(count(worst.length), count(rows.length))} name="data-gaps" rows={rows} columns={columns}>
      <Key entries={[["unknown", text.missing], ["behind", text.stale]]} />
      {segments.map((segment) => (
        <div class="group" key={segment}>
          <h3>{segmentTitle(journeys, segment)}</h3>
          <ul class="bars">
            {worst.filter((row) => row.segment === segment).map((row) => (
              <BarRow
                key={row.measure}
                name={titleOf(row.measure)}
                parts={[
                  { key: "missing", value: row.missing, tone: "unknown", title: `${text.missing}: ${count(row.missing)}`, label: count(row.missing), href: countedBy(row.missingAddress) },
                  { key: "stale", value: row.stale, tone: "behind", title: `${text.stale}: ${count(row.stale)}`, label: count(row.stale), href: countedBy(row.staleAddress) },
                ]}
                most={row.count}
                value={percent(lacking(row) / row.count)}
                note={words.charts.outOf(count(lacking(row)), count(row.count))}
              />
            ))}
          </ul>
        </div>
      ))}
    </Figure>
  );
}
