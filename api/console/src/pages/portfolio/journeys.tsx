/** The published journeys, so that every report says stages and segments by their titles and in their order. */
import { createContext } from "preact";
import type { ComponentChildren } from "preact";
import { useContext } from "preact/hooks";

import { PortfolioSegmentsDocument, RevenueUnitDocument } from "../../generated/documents/portfolio";
import type { PortfolioSegmentsQuery } from "../../generated/operations";
import { Asked } from "../../parts/asked";
import { useQuery } from "../../shell/client";

export type Journey = PortfolioSegmentsQuery["segments"][number];
export type JourneyStage = Journey["machine"]["stages"][number];

export interface Journeys {
  readonly segments: readonly Journey[];
  readonly people: PortfolioSegmentsQuery["people"];
  /** The unit of recurring revenue; null where it has none. */
  readonly currency: string | null;
}

const Context = createContext<Journeys>({ segments: [], people: [], currency: null });

export function WithJourneys({ children }: { children: ComponentChildren }) {
  const [state, again] = useQuery(PortfolioSegmentsDocument, {});
  const [unit] = useQuery(RevenueUnitDocument, {});
  const currency = unit.data?.accounts.nodes[0]?.facts.find((fact) => fact.key === "account.arr")?.unit ?? null;
  return (
    <Asked state={state} again={again}>
      {({ segments, people }) => <Context.Provider value={{ segments, people, currency }}>{children}</Context.Provider>}
    </Asked>
  );
}

export function useJourneys(): Journeys {
  return useContext(Context);
}

export function segmentTitle({ segments }: Journeys, key: string): string {
  return segments.find((each) => each.key === key)?.title ?? key;
}

/** The stage as its segment's machine has it; undefined where the current one does not. */
export function stageOf({ segments }: Journeys, segment: string, stage: string): JourneyStage | undefined {
  return segments.find((each) => each.key === segment)?.machine.stages.find((each) => each.key === stage);
}

export function stageTitle(journeys: Journeys, segment: string, stage: string): string {
  return stageOf(journeys, segment, stage)?.title ?? stage;
}

/** The title of a stage in the first segment that has it. */
export function anyStageTitle(journeys: Journeys, stage: string): string {
  return stagesOf(journeys, undefined).find((each) => each.key === stage)?.title ?? stage;
}

/** The stages of one segment, or of all, each key once, in the order of the journey. */
export function stagesOf({ segments }: Journeys, chosen: string | undefined): JourneyStage[] {
  const stages = segments.filter((each) => !chosen || each.key === chosen).flatMap((each) => each.machine.stages);
  return merged(stages);
}

/** Each key once; final stages last, so that shorter journeys do not end in the middle of longer ones. */
function merged(stages: readonly JourneyStage[]): JourneyStage[] {
  const once = [...new Map(stages.map((stage) => [stage.key, stage] as const)).values()];
  return [...once.filter((stage) => !stage.isFinal), ...once.filter((stage) => stage.isFinal)];
}

/** Rows of a report in the order of the journeys: by segment's rank, then by stage. */
export function inOrder<Row extends { segment: string; stage: string }>(journeys: Journeys, rows: readonly Row[]): Row[] {
  const place = (row: Row) => {
    const segment = journeys.segments.findIndex((each) => each.key === row.segment);
    const stage = journeys.segments[segment]?.machine.stages.findIndex((each) => each.key === row.stage) ?? 0;
    return (segment < 0 ? 1000 : segment) * 1000 + (stage < 0 ? 999 : stage);
  };
  return [...rows].sort((one, other) => place(one) - place(other));
}

/** Rows of a report by segment, in the order of the journeys. */
export function bySegment<Row extends { segment: string; stage: string }>(journeys: Journeys, rows: readonly Row[]): [string, Row[]][] {
  const groups = new Map<string, Row[]>();
  for (const row of inOrder(journeys, rows)) groups.set(row.segment, [...(groups.get(row.segment) ?? []), row]);
  return [...groups];
}
