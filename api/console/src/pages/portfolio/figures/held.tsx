/** Accounts that data would move, or not, if something were known: the way to the gaps that hold back most. */
import { HeldByUnknownDocument } from "../../../generated/documents/portfolio";
import type { HeldByUnknownQuery } from "../../../generated/operations";
import { count } from "../../../formats";
import type { Choices } from "../../../parts/address";
import { BarRow } from "../../../parts/charts/bars";
import { Figure, type Column } from "../../../parts/charts/figure";
import { words } from "../../../words";
import { Counted, counting } from "../counted";
import { bySegment, inOrder, segmentTitle, useJourneys } from "../journeys";
import { Report } from "../report";
import { countedBy, isPast, scopeOfToday } from "../scope";

type Row = HeldByUnknownQuery["reports"]["heldByUnknown"][number];
const text = words.reports.held;

export function HeldFigure({ choices, stage, isWide = false }: { choices: Choices; stage?: string; isWide?: boolean }) {
  return (
    <Report title={text.title} document={HeldByUnknownDocument} variables={{ scope: scopeOfToday(choices) }} isWide={isWide}>
      {({ reports }) => <Held rows={reports.heldByUnknown.filter((row) => stage === undefined || row.stage === stage)} isPast={isPast(choices)} isWide={isWide} />}
    </Report>
  );
}

function Held({ rows, isPast, isWide }: { rows: readonly Row[]; isPast: boolean; isWide: boolean }) {
  const journeys = useJourneys();
  const columns: Column<Row>[] = [
    { title: words.portfolio.segment, value: (row) => segmentTitle(journeys, row.segment) },
    { title: words.reports.moves.transition, value: (row) => row.title },
    { title: words.reports.key, value: (row) => row.transition },
    counting(words.portfolio.accounts, (row) => row.count, (row) => row.address),
  ];
  const most = Math.max(1, ...rows.map((row) => row.count));
  return (
    <Figure title={text.title} about={text.about} note={isPast ? words.charts.today : undefined} name="held-by-unknown" rows={inOrder(journeys, rows)} columns={columns} nothing={text.nothing} isWide={isWide}>
      {bySegment(journeys, rows).map(([segment, own]) => (
        <div class="group" key={segment}>
          <h3>{segmentTitle(journeys, segment)}</h3>
          <ul class="bars">
            {own.map((row) => (
              <BarRow
                key={`${row.stage} ${row.transition}`}
                name={<>{row.title} <span class="hint">{row.transition}</span></>}
                parts={[{ key: "n", value: row.count, tone: "unknown", title: text.part(count(row.count), row.title), href: countedBy(row.address) }]}
                most={most}
                value={<Counted value={row.count} address={row.address} />}
              />
            ))}
          </ul>
        </div>
      ))}
    </Figure>
  );
}
