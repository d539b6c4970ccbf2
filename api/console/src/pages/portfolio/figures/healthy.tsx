/** Of the moves whose decision had a score, how many were made by healthy accounts: by way, segment, CSM, month or quarter. */
import type { ComponentChildren } from "preact";

import { HealthyMovesDocument, MovesMadeDocument } from "../../../generated/documents/portfolio";
import type { ComplianceGrouping, HealthyMovesQuery, MovesMadeQuery } from "../../../generated/operations";
import { count, percent } from "../../../formats";
import type { Choices } from "../../../parts/address";
import { BarRow } from "../../../parts/charts/bars";
import { Figure, type Column } from "../../../parts/charts/figure";
import { words } from "../../../words";
import { counting } from "../counted";
import { segmentTitle, stageTitle, useJourneys } from "../journeys";
import { Report } from "../report";
import { countedBy, scopeOf } from "../scope";
import { GROUPINGS, groupName } from "./in-time";

type Move = MovesMadeQuery["reports"]["moves"][number];
type Group = HealthyMovesQuery["reports"]["healthyMoves"][number];
type Share = Pick<Move, "count" | "withHealth" | "healthy" | "healthyShare" | "address" | "withHealthAddress" | "healthyAddress">;
type Choose = (name: string, value: string) => void;
const text = words.reports.moves;

/** The four columns that say how healthy moves were. */
export function sharesOf<Row extends Share>(): Column<Row>[] {
  return [
    counting(text.count, (row) => row.count, (row) => row.address),
    counting(text.withHealth, (row) => row.withHealth, (row) => row.withHealthAddress),
    counting(text.healthy, (row) => row.healthy, (row) => row.healthyAddress),
    { title: text.share, value: (row) => row.healthyShare, shown: (row) => (row.healthyShare === null ? "" : percent(row.healthyShare)), isNumber: true },
  ];
}

/** On the board of a stage by way alone, since other groups mix the stages. */
export function HealthyMoves({ choices, choose, stage, isWide = false }: { choices: Choices; choose: Choose; stage?: string; isWide?: boolean }) {
  const by = stage === undefined ? GROUPINGS.find((each) => each === choices.healthyBy) : undefined;
  const controls = stage === undefined && <By by={by} choose={choose} />;
  const scope = scopeOf(choices);
  const isOwn = (row: Move) => row.kind === "MOVED" && row.withHealth > 0 && (stage === undefined || row.fromStage === stage);
  return by === undefined ? (
    <Report key="way" title={text.healthyTitle} document={MovesMadeDocument} variables={{ scope }} isWide={isWide}>
      {({ reports }) => <Ways rows={reports.moves.filter(isOwn)} controls={controls} isWide={isWide} />}
    </Report>
  ) : (
    <Report key="group" title={text.healthyTitle} document={HealthyMovesDocument} variables={{ scope, by }}>
      {({ reports }) => <Groups rows={reports.healthyMoves} by={by} controls={controls} />}
    </Report>
  );
}

function By({ by, choose }: { by: ComplianceGrouping | undefined; choose: Choose }) {
  return (
    <div class="controls">
      <label>
        {words.reports.compliance.by}{" "}
        <select value={by ?? ""} onChange={(event) => choose("healthyBy", event.currentTarget.value)}>
          <option value="">{text.way}</option>
          {GROUPINGS.map((each) => <option key={each} value={each}>{words.reports.compliance.groupings[each]}</option>)}
        </select>
      </label>
    </div>
  );
}

function Ways({ rows, controls, isWide }: { rows: readonly Move[]; controls: ComponentChildren; isWide: boolean }) {
  const journeys = useJourneys();
  const segments = journeys.segments.filter((each) => rows.some((row) => row.segment === each.key));
  const columns: Column<Move>[] = [
    { title: words.portfolio.segment, value: (row) => segmentTitle(journeys, row.segment) },
    { title: words.machines.from, value: (row) => stageTitle(journeys, row.segment, row.fromStage) },
    { title: words.machines.to, value: (row) => stageTitle(journeys, row.segment, row.toStage) },
    { title: text.transition, value: (row) => row.transition },
    ...sharesOf<Move>(),
  ];
  return (
    <Figure title={text.healthyTitle} about={text.healthyAbout} sample={sampleOf(rows)} name="healthy-moves" rows={rows} columns={columns} controls={controls} isWide={isWide}>
      {segments.map((segment) => (
        <div class="group" key={segment.key}>
          <h3>{segment.title}</h3>
          <ul class="bars">
            {rows.filter((row) => row.segment === segment.key).map((row) => (
              <OneShare key={`${row.transition} ${row.fromStage} ${row.toStage}`} name={`${stageTitle(journeys, row.segment, row.fromStage)} → ${stageTitle(journeys, row.segment, row.toStage)}`} row={row} />
            ))}
          </ul>
        </div>
      ))}
    </Figure>
  );
}

function Groups({ rows, by, controls }: { rows: readonly Group[]; by: ComplianceGrouping; controls: ComponentChildren }) {
  const journeys = useJourneys();
  const columns: Column<Group>[] = [{ title: words.reports.compliance.groupings[by], value: (row) => groupName(journeys, by, row.group) }, ...sharesOf<Group>()];
  return (
    <Figure title={text.healthyTitle} about={text.healthyAbout} sample={sampleOf(rows)} name="healthy-moves" rows={rows} columns={columns} controls={controls}>
      <ul class="bars">
        {rows.map((row) => <OneShare key={String(row.group)} name={groupName(journeys, by, row.group)} row={row} />)}
      </ul>
    </Figure>
  );
}

function OneShare({ name, row }: { name: string; row: Share }) {
  return (
    <BarRow
      name={name}
      parts={[{ key: "healthy", value: row.healthy, tone: "healthy", title: `${text.healthy}: ${count(row.healthy)}`, href: countedBy(row.healthyAddress) }]}
      most={row.withHealth}
      value={row.healthyShare === null ? "–" : percent(row.healthyShare)}
      note={<a href={countedBy(row.healthyAddress)}>{words.charts.outOf(count(row.healthy), count(row.withHealth))}</a>}
    />
  );
}

function sampleOf(rows: readonly Share[]): string {
  const known = rows.reduce((sum, row) => sum + row.withHealth, 0);
  const healthy = rows.reduce((sum, row) => sum + row.healthy, 0);
  return text.healthySample(count(healthy), count(known), percent(known === 0 ? 0 : healthy / known));
}
