/** How often each template of CTAs, playbook and milestone of the machines was used. */
import { RecipesDocument } from "../../../generated/documents/portfolio";
import type { RecipesQuery } from "../../../generated/operations";
import { count } from "../../../formats";
import type { Choices } from "../../../parts/address";
import { Figure, type Column } from "../../../parts/charts/figure";
import { words } from "../../../words";
import { counting } from "../counted";
import { segmentTitle, useJourneys, type Journeys } from "../journeys";
import { Report } from "../report";
import { scopeOf } from "../scope";
import { Uses } from "./used";

type Row = RecipesQuery["reports"]["recipeCoverage"][number];
const text = words.reports.recipes;

export function RecipesFigure({ choices }: { choices: Choices }) {
  const journeys = useJourneys();
  return (
    <Report title={text.title} document={RecipesDocument} variables={{ scope: scopeOf(choices) }} isWide>
      {({ reports }) => <Parts rows={reports.recipeCoverage} journeys={journeys} />}
    </Report>
  );
}

function Parts({ rows, journeys }: { rows: readonly Row[]; journeys: Journeys }) {
  const columns: Column<Row>[] = [
    { title: words.portfolio.segment, value: (row) => segmentTitle(journeys, row.segment) },
    { title: text.part, value: (row) => text.parts[row.part] },
    { title: text.name, value: (row) => row.title },
    { title: words.reports.key, value: (row) => row.key },
    counting(text.used, (row) => row.count, (row) => row.address),
  ];
  const never = rows.filter((row) => row.count === 0);
  const uses = rows.map((row) => ({ ...row, kind: text.parts[row.part], tone: "data" }));
  return (
    <Figure title={text.title} about={text.about} sample={text.sample(count(never.length), count(rows.length))} name="recipes" rows={rows} columns={columns} isWide>
      <Uses uses={uses} never={text.never} />
    </Figure>
  );
}
