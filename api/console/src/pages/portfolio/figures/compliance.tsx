/** Who left a stage within the days that one asks for, by segment, CSM or quarter. */
import { ComplianceOfDocument } from "../../../generated/documents/portfolio";
import type { ComplianceGrouping, ComplianceOfQuery } from "../../../generated/operations";
import { count, daysOf, percent } from "../../../formats";
import type { Choices } from "../../../parts/address";
import { BarRow, Key } from "../../../parts/charts/bars";
import { Figure, type Column } from "../../../parts/charts/figure";
import { words } from "../../../words";
import { segmentTitle, stagesOf, useJourneys, type Journeys, type JourneyStage } from "../journeys";
import { Report } from "../report";
import { scopeOf } from "../scope";

type Row = ComplianceOfQuery["reports"]["stageCompliance"][number];
type Choose = (name: string, value: string) => void;
const text = words.reports.compliance;
const GROUPINGS: ComplianceGrouping[] = ["SEGMENT", "CSM", "MONTH", "QUARTER"];
const DEFAULT_DAYS = 60;

/** `stage` is fixed on the board of a stage; elsewhere the address chooses it. */
export function ComplianceFigure({ choices, choose, stage }: { choices: Choices; choose: Choose; stage?: string }) {
  const journeys = useJourneys();
  const stages = stagesOf(journeys, choices.segment).filter((each) => !each.isFinal);
  const chosen = stages.find((each) => each.key === (stage ?? choices.within ?? "onboarding")) ?? stages[0];
  if (chosen === undefined) return null;
  const days = Number(choices.days) || Math.round(daysOf(chosen.expected) ?? DEFAULT_DAYS);
  const by = GROUPINGS.find((each) => each === choices.by) ?? "SEGMENT";
  const controls = <Controls stages={stage === undefined ? stages : []} chosen={chosen} days={days} by={by} choose={choose} />;
  return (
    <Report title={text.title} document={ComplianceOfDocument} variables={{ scope: scopeOf(choices), stage: chosen.key, withinDays: days, by }}>
      {({ reports }) => <Groups rows={reports.stageCompliance} by={by} journeys={journeys} controls={controls} about={text.about(chosen.title, count(days))} />}
    </Report>
  );
}

function Controls(props: { stages: readonly JourneyStage[]; chosen: JourneyStage; days: number; by: ComplianceGrouping; choose: Choose }) {
  return (
    <div class="controls">
      {props.stages.length > 0 && (
        <label>
          {text.left}{" "}
          <select value={props.chosen.key} onChange={(event) => props.choose("within", event.currentTarget.value)}>
            {props.stages.map((stage) => <option key={stage.key} value={stage.key}>{stage.title}</option>)}
          </select>
        </label>
      )}
      <label>
        {text.within}{" "}
        <input type="number" min="1" max="3650" value={props.days} onChange={(event) => props.choose("days", event.currentTarget.value)} />
      </label>
      <label>
        {text.by}{" "}
        <select value={props.by} onChange={(event) => props.choose("by", event.currentTarget.value)}>
          {GROUPINGS.map((each) => <option key={each} value={each}>{text.groupings[each]}</option>)}
        </select>
      </label>
    </div>
  );
}

function Groups(props: { rows: readonly Row[]; by: ComplianceGrouping; journeys: Journeys; controls: preact.ComponentChildren; about: string }) {
  const { rows, by, journeys } = props;
  const nameOf = (row: Row) => {
    if (row.group === null) return text.nobody;
    if (by === "SEGMENT") return segmentTitle(journeys, row.group);
    return by === "CSM" ? (journeys.people.find((each) => each.id === row.group)?.name ?? row.group) : row.group;
  };
  const columns: Column<Row>[] = [
    { title: text.groupings[by], value: nameOf },
    { title: text.inTime, value: (row) => row.inTime, isNumber: true },
    { title: text.late, value: (row) => row.late, isNumber: true },
    { title: text.pending, value: (row) => row.pending, isNumber: true },
    { title: text.share, value: (row) => row.share, shown: (row) => (row.share === null ? "" : percent(row.share)), isNumber: true },
  ];
  const sum = (field: "inTime" | "late" | "pending") => rows.reduce((all, row) => all + row[field], 0);
  const known = sum("inTime") + sum("late");
  const sample = known === 0 ? undefined : text.sample(percent(sum("inTime") / known), count(known), count(sum("pending")));
  return (
    <Figure title={text.title} about={props.about} sample={sample} name="compliance" rows={rows} columns={columns} controls={props.controls}>
      <Key entries={[["healthy", text.inTime], ["at-risk", text.late], ["unknown", text.pending]]} />
      <ul class="bars">
        {rows.map((row) => (
          <BarRow
            key={String(row.group)}
            name={nameOf(row)}
            parts={[
              { key: "in", value: row.inTime, tone: "healthy", title: `${text.inTime}: ${count(row.inTime)}`, label: count(row.inTime) },
              { key: "late", value: row.late, tone: "at-risk", title: `${text.late}: ${count(row.late)}`, label: count(row.late) },
              { key: "pending", value: row.pending, tone: "unknown", title: `${text.pending}: ${count(row.pending)}`, label: count(row.pending) },
            ]}
            most={row.n}
            value={row.share === null ? "–" : percent(row.share)}
            note={words.charts.n(count(row.n))}
          />
        ))}
      </ul>
    </Figure>
  );
}
