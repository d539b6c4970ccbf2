/** Groups of visits or accounts by whether something happened within the days that they had. */
import type { ComponentChildren } from "preact";

import type { ComplianceGrouping } from "../../../generated/operations";
import { count, percent } from "../../../formats";
import { BarRow, Key, type Part } from "../../../parts/charts/bars";
import { Figure, type Column } from "../../../parts/charts/figure";
import { words } from "../../../words";
import { counting } from "../counted";
import { segmentTitle, useJourneys, type Journeys } from "../journeys";
import { countedBy } from "../scope";

export interface Judged {
  readonly group: string | null;
  readonly n: number;
  readonly inTime: number;
  readonly late: number;
  readonly pending: number;
  readonly share: number | null;
  readonly inTimeAddress: string;
  readonly lateAddress: string;
  readonly pendingAddress: string;
}

export const GROUPINGS: readonly ComplianceGrouping[] = ["SEGMENT", "CSM", "MONTH", "QUARTER"];
const text = words.reports.compliance;
const OUTCOMES = [["inTime", "healthy", text.inTime], ["late", "at-risk", text.late], ["pending", "unknown", text.pending]] as const;

/** What a group is called: a segment by its title, a person by name, a month or quarter as it is. */
export function groupName(journeys: Journeys, by: ComplianceGrouping, group: string | null): string {
  if (group === null) return text.nobody;
  if (by === "SEGMENT") return segmentTitle(journeys, group);
  return by === "CSM" ? (journeys.people.find((each) => each.id === group)?.name ?? group) : group;
}

export function InTime<Row extends Judged>(props: {
  title: string;
  about: string;
  name: string;
  rows: readonly Row[];
  by: ComplianceGrouping;
  more?: readonly Column<Row>[];
  controls?: ComponentChildren;
}) {
  const { rows, by } = props;
  const journeys = useJourneys();
  const columns: Column<Row>[] = [
    { title: text.groupings[by], value: (row) => groupName(journeys, by, row.group) },
    ...OUTCOMES.map(([field, , title]) => counting<Row>(title, (row) => row[field], (row) => row[`${field}Address`])),
    { title: text.share, value: (row) => row.share, shown: (row) => (row.share === null ? "" : percent(row.share)), isNumber: true },
    ...(props.more ?? []),
  ];
  return (
    <Figure title={props.title} about={props.about} sample={sampleOf(rows)} name={props.name} rows={rows} columns={columns} controls={props.controls}>
      <Key entries={OUTCOMES.map(([, tone, title]) => [tone, title] as const)} />
      <ul class="bars">
        {rows.map((row) => (
          <BarRow
            key={String(row.group)}
            name={groupName(journeys, by, row.group)}
            parts={partsOf(row)}
            most={row.n + row.pending}
            value={row.share === null ? "–" : percent(row.share)}
            note={words.charts.n(count(row.n))}
          />
        ))}
      </ul>
    </Figure>
  );
}

function partsOf(row: Judged): Part[] {
  return OUTCOMES.map(([field, tone, title]) => ({
    key: field,
    value: row[field],
    tone,
    title: `${title}: ${count(row[field])}`,
    label: count(row[field]),
    href: countedBy(row[`${field}Address`]),
  }));
}

function sampleOf(rows: readonly Judged[]): string | undefined {
  const sum = (field: "inTime" | "late" | "pending") => rows.reduce((all, row) => all + row[field], 0);
  const known = sum("inTime") + sum("late");
  return known === 0 ? undefined : text.sample(percent(sum("inTime") / known), count(known), count(sum("pending")));
}

/** By what, and within how many days. */
export function Limits(props: { days: number; by: ComplianceGrouping; setDays: (days: string) => void; setBy: (by: string) => void; children?: ComponentChildren }) {
  return (
    <div class="controls">
      {props.children}
      <label>
        {text.within}{" "}
        <input type="number" min="1" max="3650" value={props.days} onChange={(event) => props.setDays(event.currentTarget.value)} />
      </label>
      <label>
        {text.by}{" "}
        <select value={props.by} onChange={(event) => props.setBy(event.currentTarget.value)}>
          {GROUPINGS.map((each) => <option key={each} value={each}>{text.groupings[each]}</option>)}
        </select>
      </label>
    </div>
  );
}

/** The days that were chosen, from 1 to 3,650. */
export function daysFrom(chosen: string | undefined, otherwise: number): number {
  const days = Math.round(Number(chosen));
  return days >= 1 && days <= 3650 ? days : otherwise;
}
