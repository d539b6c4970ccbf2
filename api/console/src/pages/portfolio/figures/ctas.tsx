/** How old open CTAs are and how many are late, by reason and by owner. */
import { useState } from "preact/hooks";

import { CtaAgeingDocument } from "../../../generated/documents/portfolio";
import type { CtaAgeingQuery } from "../../../generated/operations";
import { count, decimal, percent } from "../../../formats";
import type { Choices } from "../../../parts/address";
import { BarRow, Key } from "../../../parts/charts/bars";
import { Figure, type Column } from "../../../parts/charts/figure";
import { words } from "../../../words";
import { Counted, counting } from "../counted";
import { Report } from "../report";
import { countedBy, scopeOf, widened } from "../scope";

type Row = CtaAgeingQuery["reports"]["ctas"][number];
type By = "reason" | "owner" | "openAge";
const text = words.reports.ctas;

export function CtaFigure({ choices }: { choices: Choices }) {
  return (
    <Report title={text.title} document={CtaAgeingDocument} variables={{ scope: scopeOf(choices) }}>
      {({ reports }) => <Ages rows={reports.ctas} />}
    </Report>
  );
}

/** The columns that every row has; those of its ages come after them. */
const COLUMNS: Column<Row>[] = [
  { title: text.reason, value: (row) => row.reasonTitle },
  { title: text.owner, value: (row) => row.owner },
  counting(text.open, (row) => row.open, (row) => row.openAddress),
  counting(text.overdue, (row) => row.overdue, (row) => row.overdueAddress),
  { title: text.age, value: (row) => row.meanAgeDays, shown: (row) => (row.meanAgeDays === null ? "" : decimal(row.meanAgeDays)), isNumber: true },
  counting(text.closed, (row) => row.closed, (row) => row.closedAddress),
  counting(text.closedOverdue, (row) => row.closedOverdue, (row) => row.closedOverdueAddress),
];

/** Open CTAs by age: the bands are the same in every row. */
function agesOf(rows: readonly Row[]): Column<Row>[] {
  return (rows[0]?.ages ?? []).map((band, index) =>
    counting<Row>(agedOf(band), (row) => row.ages[index]?.count ?? 0, (row) => row.ages[index]?.address ?? ""),
  );
}

const agedOf = (band: Row["ages"][number]) => text.aged(count(band.fromDays), band.toDays === null ? null : count(band.toDays));

function Ages({ rows }: { rows: readonly Row[] }) {
  const [by, setBy] = useState<By>("reason");
  const sum = (field: "open" | "overdue" | "closed" | "closedOverdue") => rows.reduce((all, row) => all + row[field], 0);
  const sample = text.sample(count(sum("open")), count(sum("overdue")), percent(sum("closed") === 0 ? 0 : sum("closedOverdue") / sum("closed")));
  return (
    <Figure title={text.title} about={text.about} sample={sample} name="cta-ageing" rows={rows} columns={[...COLUMNS, ...agesOf(rows)]} controls={<Switch by={by} set={setBy} />}>
      {by === "openAge" ? <ByAge rows={rows} /> : <Groups rows={rows} by={by} />}
    </Figure>
  );
}

function Groups({ rows, by }: { rows: readonly Row[]; by: "reason" | "owner" }) {
  const groups = [...sumsOf(rows, by)].sort((one, other) => other.open - one.open);
  const most = Math.max(1, ...groups.map((each) => each.open));
  return (
    <>
      <Key entries={[["data", text.inTime], ["at-risk", text.overdue]]} />
        <ul class="bars">
          {groups.map((each) => (
            <BarRow
              key={each.name}
              name={each.name}
              parts={[
                { key: "open", value: each.open - each.overdue, tone: "data", title: `${text.inTime}: ${count(each.open - each.overdue)}`, label: count(each.open - each.overdue) },
                { key: "overdue", value: each.overdue, tone: "at-risk", title: `${text.overdue}: ${count(each.overdue)}`, label: count(each.overdue), href: countedBy(each.overdueAddress) },
              ]}
              most={most}
              value={<Counted value={each.open} address={each.openAddress} />}
              note={each.age === null ? undefined : text.old(count(Math.round(each.age)))}
            />
          ))}
        </ul>
    </>
  );
}

function ByAge({ rows }: { rows: readonly Row[] }) {
  const bands = (rows[0]?.ages ?? []).map((band, index) => ({
    name: agedOf(band),
    open: rows.reduce((sum, row) => sum + (row.ages[index]?.count ?? 0), 0),
    address: widened(band.address, "reason", "owner"),
  }));
  const most = Math.max(1, ...bands.map((each) => each.open));
  return (
    <ul class="bars">
      {bands.map((each) => (
        <BarRow
          key={each.name}
          name={each.name}
          parts={[{ key: "open", value: each.open, tone: "data", title: `${each.name}: ${count(each.open)}` }]}
          most={most}
          value={<Counted value={each.open} address={each.address} />}
        />
      ))}
    </ul>
  );
}

function Switch({ by, set }: { by: By; set: (by: By) => void }) {
  return (
    <div class="controls">
      {(["reason", "owner", "openAge"] as const).map((each) => (
        <button key={each} type="button" class="tool" aria-pressed={by === each} onClick={() => set(each)}>{text[each]}</button>
      ))}
    </div>
  );
}

interface Sum {
  readonly name: string;
  readonly open: number;
  readonly overdue: number;
  /** The mean age of those that are open, in days; null where none is. */
  readonly age: number | null;
  readonly openAddress: string;
  readonly overdueAddress: string;
}

function sumsOf(rows: readonly Row[], by: "reason" | "owner"): Sum[] {
  const other = by === "reason" ? "owner" : "reason";
  return [...new Map(rows.map((row) => [row[by], row] as const))].map(([name, first]) => {
    const own = rows.filter((row) => row[by] === name);
    const open = own.reduce((sum, row) => sum + row.open, 0);
    const age = own.reduce((sum, row) => sum + row.open * (row.meanAgeDays ?? 0), 0);
    const overdue = own.reduce((sum, row) => sum + row.overdue, 0);
    return { name: by === "reason" ? first.reasonTitle : name, open, overdue, age: open === 0 ? null : age / open, openAddress: widened(first.openAddress, other), overdueAddress: widened(first.overdueAddress, other) };
  }).filter((each) => each.open > 0);
}
