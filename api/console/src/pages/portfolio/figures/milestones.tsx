/** Which accounts reached a milestone within the days that they had: first login, onboarding completed. */
import { KnownMilestonesDocument, MilestoneReachedDocument } from "../../../generated/documents/portfolio";
import type { ComplianceGrouping, KnownMilestonesQuery, MilestoneReachedQuery } from "../../../generated/operations";
import { count, daysOf } from "../../../formats";
import type { Choices } from "../../../parts/address";
import type { Column } from "../../../parts/charts/figure";
import { words } from "../../../words";
import { counting } from "../counted";
import { anyStageTitle, useJourneys } from "../journeys";
import { Report } from "../report";
import { scopeOf } from "../scope";
import { GROUPINGS, InTime, Limits, daysFrom } from "./in-time";

type Row = MilestoneReachedQuery["reports"]["milestone"][number];
type Choose = (name: string, value: string) => void;
interface Known {
  readonly key: string;
  readonly title: string;
  /** The stage in which it is due, and the days from entering it. */
  readonly due: { readonly stage: string; readonly days: number | null } | null;
}
const text = words.reports.milestone;
const DEFAULT_DAYS = 90;
const REACHED: readonly Column<Row>[] = [counting(text.reached, (row) => row.reached, (row) => row.reachedAddress)];

/** One milestone that the address chooses, from the first day of an account on; that of the end of onboarding where none is chosen. */
export function MilestoneFigure({ choices, choose }: { choices: Choices; choose: Choose }) {
  return (
    <Report title={text.title} document={KnownMilestonesDocument} variables={{}}>
      {(answer) => <Chosen known={knownIn(answer, choices.segment)} choices={choices} choose={choose} />}
    </Report>
  );
}

function Chosen({ known, choices, choose }: { known: readonly Known[]; choices: Choices; choose: Choose }) {
  const chosen = known.find((each) => each.key === (choices.milestone ?? "onboarding")) ?? known[0];
  if (chosen === undefined) return null;
  const days = daysFrom(choices.reachedWithin, chosen.due?.days ?? DEFAULT_DAYS);
  const by = groupingOf(choices);
  const controls = (
    <Limits days={days} by={by} setDays={(value) => choose("reachedWithin", value)} setBy={(value) => choose("reachedBy", value)}>
      <label>
        {text.milestone}{" "}
        <select value={chosen.key} onChange={(event) => choose("milestone", event.currentTarget.value)}>
          {known.map((each) => <option key={each.key} value={each.key}>{each.title}</option>)}
        </select>
      </label>
    </Limits>
  );
  return (
    <Report title={text.title} document={MilestoneReachedDocument} variables={{ scope: scopeOf(choices), key: chosen.key, withinDays: days, by, startingStage: null }}>
      {({ reports }) => <InTime title={text.title} about={text.about(chosen.title, count(days))} name="milestone" rows={reports.milestone} by={by} more={REACHED} controls={controls} />}
    </Report>
  );
}

/** On the board of a stage: a figure for each milestone that is due there, and for the one that has its name. */
export function StageMilestones({ choices, choose, stage }: { choices: Choices; choose: Choose; stage: string }) {
  return (
    <Report title={text.title} document={KnownMilestonesDocument} variables={{}} isWide>
      {(answer) => (
        <div class="figures-grid inner">
          {knownIn(answer, choices.segment).filter((each) => each.due?.stage === stage || each.key === stage).map((each) => (
            <OfStage key={each.key} milestone={each} choices={choices} choose={choose} stage={stage} />
          ))}
        </div>
      )}
    </Report>
  );
}

function OfStage({ milestone, choices, choose, stage }: { milestone: Known; choices: Choices; choose: Choose; stage: string }) {
  const title = text.of(milestone.title);
  const name = `days.${milestone.key}`;
  const days = daysFrom(choices[name], milestone.due?.days ?? DEFAULT_DAYS);
  const by = groupingOf(choices);
  const controls = <Limits days={days} by={by} setDays={(value) => choose(name, value)} setBy={(value) => choose("reachedBy", value)} />;
  const about = text.aboutStage(milestone.title, count(days), anyStageTitle(useJourneys(), stage));
  return (
    <Report title={title} document={MilestoneReachedDocument} variables={{ scope: scopeOf(choices), key: milestone.key, withinDays: days, by, startingStage: stage }}>
      {({ reports }) => <InTime title={title} about={about} name={`milestone-${milestone.key}`} rows={reports.milestone} by={by} more={REACHED} controls={controls} />}
    </Report>
  );
}

function groupingOf(choices: Choices): ComplianceGrouping {
  return GROUPINGS.find((each) => each === choices.reachedBy) ?? "SEGMENT";
}

/** The milestones of the machines, by when they are due, then those that nobody expects; of one segment or of all. */
function knownIn({ segments, accounts }: KnownMilestonesQuery, chosen: string | undefined): Known[] {
  const machines = segments.filter((each) => !chosen || each.key === chosen).map((each) => each.machine);
  const due = new Map<string, Known["due"]>();
  for (const stage of machines.flatMap((machine) => machine.stages)) {
    for (const each of stage.milestones) if (!due.has(each.milestone)) due.set(each.milestone, { stage: stage.key, days: wholeDays(each.within) });
  }
  for (const each of machines.flatMap((machine) => machine.milestones)) if (!due.has(each.milestone)) due.set(each.milestone, null);
  const titles = new Map(accounts.nodes.flatMap((account) => account.milestones).map((each) => [each.key, each.title] as const));
  for (const key of titles.keys()) if (!due.has(key)) due.set(key, null);
  return [...due].map(([key, expected]) => ({ key, title: titles.get(key) ?? key, due: expected }));
}

function wholeDays(within: string | null): number | null {
  const days = daysOf(within);
  return days === null ? null : Math.max(1, Math.round(days));
}
