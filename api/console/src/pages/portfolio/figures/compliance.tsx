/** Who left a stage within the days that one asks for, by segment, CSM, month or quarter. */
import { ComplianceOfDocument } from "../../../generated/documents/portfolio";
import { count, daysOf } from "../../../formats";
import type { Choices } from "../../../parts/address";
import { words } from "../../../words";
import { stagesOf, useJourneys } from "../journeys";
import { Report } from "../report";
import { scopeOf } from "../scope";
import { GROUPINGS, InTime, Limits, daysFrom } from "./in-time";

type Choose = (name: string, value: string) => void;
const text = words.reports.compliance;
const DEFAULT_DAYS = 60;

/** `stage` is fixed on the board of a stage; elsewhere the address chooses it. */
export function ComplianceFigure({ choices, choose, stage }: { choices: Choices; choose: Choose; stage?: string }) {
  const stages = stagesOf(useJourneys(), choices.segment).filter((each) => !each.isFinal);
  const chosen = stages.find((each) => each.key === (stage ?? choices.within ?? "onboarding")) ?? stages[0];
  if (chosen === undefined) return null;
  const days = daysFrom(choices.days, Math.round(daysOf(chosen.expected) ?? DEFAULT_DAYS));
  const by = GROUPINGS.find((each) => each === choices.by) ?? "SEGMENT";
  const controls = (
    <Limits days={days} by={by} setDays={(value) => choose("days", value)} setBy={(value) => choose("by", value)}>
      {stage === undefined && (
        <label>
          {text.left}{" "}
          <select value={chosen.key} onChange={(event) => choose("within", event.currentTarget.value)}>
            {stages.map((each) => <option key={each.key} value={each.key}>{each.title}</option>)}
          </select>
        </label>
      )}
    </Limits>
  );
  return (
    <Report title={text.title} document={ComplianceOfDocument} variables={{ scope: scopeOf(choices), stage: chosen.key, withinDays: days, by }}>
      {({ reports }) => <InTime title={text.title} about={text.about(chosen.title, count(days))} name="compliance" rows={reports.stageCompliance} by={by} controls={controls} />}
    </Report>
  );
}
