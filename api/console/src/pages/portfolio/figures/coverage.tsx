/** How often each rule fired. */
import { CoverageDocument } from "../../../generated/documents/portfolio";
import type { CoverageQuery } from "../../../generated/operations";
import { count } from "../../../formats";
import type { Choices } from "../../../parts/address";
import { Figure, type Column } from "../../../parts/charts/figure";
import { words } from "../../../words";
import { counting } from "../counted";
import { segmentTitle, useJourneys, type Journeys } from "../journeys";
import { Report } from "../report";
import { scopeOf } from "../scope";
import { Uses } from "./used";

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

/** Several transitions may lead from one stage to another: their own names tell them apart. */
const kindOf = ({ kind, key }: Row) => (kind === "ALERT" ? text.kinds[kind] : text.named(text.kinds[kind], key.slice(key.indexOf(".") + 1)));

function Rules({ rows, journeys }: { rows: readonly Row[]; journeys: Journeys }) {
  const columns: Column<Row>[] = [
    { title: words.portfolio.segment, value: (row) => segmentTitle(journeys, row.segment) },
    { title: text.kind, value: (row) => text.kinds[row.kind] },
    { title: text.rule, value: (row) => row.title },
    { title: words.reports.key, value: (row) => row.key },
    counting(text.fired, (row) => row.count, (row) => row.address),
  ];
  const never = rows.filter((row) => row.count === 0);
  const uses = rows.map((row) => ({ ...row, kind: kindOf(row), tone: row.kind === "ALERT" ? "behind" : "data" }));
  return (
    <Figure title={text.title} about={text.about} sample={text.sample(count(never.length), count(rows.length))} name="coverage" rows={rows} columns={columns} isWide>
      <Uses uses={uses} never={text.never} />
    </Figure>
  );
}
