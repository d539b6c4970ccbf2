/** The renewals of the months to come, and what they are worth. */
import { RenewalsAheadDocument } from "../../../generated/documents/portfolio";
import type { RenewalsAheadQuery } from "../../../generated/operations";
import { count, money, month } from "../../../formats";
import type { Choices } from "../../../parts/address";
import { Columns } from "../../../parts/charts/columns";
import { Figure, type Column } from "../../../parts/charts/figure";
import { words } from "../../../words";
import { Counted, counting } from "../counted";
import { useJourneys } from "../journeys";
import { Report } from "../report";
import { scopeOf } from "../scope";

type Row = RenewalsAheadQuery["reports"]["renewals"][number];
const text = words.reports.renewals;

export function RenewalsFigure({ choices }: { choices: Choices }) {
  const { currency } = useJourneys();
  const { from: _, to: __, ...ahead } = scopeOf(choices);
  return (
    <Report title={text.title} document={RenewalsAheadDocument} variables={{ scope: ahead }} isWide>
      {({ reports }) => <Months rows={reports.renewals} currency={currency} />}
    </Report>
  );
}

function Months({ rows, currency }: { rows: readonly Row[]; currency: string | null }) {
  const worth = (row: Row) => (row.revenue === null ? "–" : money(row.revenue, currency));
  const columns: Column<Row>[] = [
    { title: text.month, value: (row) => row.month, shown: (row) => month(row.month) },
    counting(words.portfolio.accounts, (row) => row.count, (row) => row.address),
    { title: words.reports.distribution.revenue(currency), value: (row) => row.revenue, shown: worth, isNumber: true },
  ];
  return (
    <Figure title={text.title} about={text.about} sample={words.charts.n(count(rows.reduce((sum, row) => sum + row.count, 0)))} name="renewals" rows={rows} columns={columns} isWide>
      <Columns amounts={rows.map((row) => ({ key: row.month, value: row.count, shown: <Counted value={row.count} address={row.address} />, note: worth(row), title: month(row.month) }))} />
    </Figure>
  );
}
