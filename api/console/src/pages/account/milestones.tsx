/** What the account has achieved, what it is to achieve, and what is late. */
import type { Compliance, ShownMilestoneFragment } from "../../generated/operations";
import { date, inDays, daysOf } from "../../formats";
import { words } from "../../words";

const text = words.account;
const TONES: Record<Compliance, string> = { PENDING: "unknown", IN_TIME: "healthy", LATE: "neutral", MISSED: "at_risk", UNKNOWN: "unknown" };

export function Milestones({ milestones }: { milestones: readonly ShownMilestoneFragment[] }) {
  const rank = (each: ShownMilestoneFragment) => (each.compliance === "MISSED" ? 0 : each.compliance === "PENDING" ? 1 : each.isReached ? 3 : 2);
  const sorted = [...milestones].sort((one, other) => rank(one) - rank(other) || (one.reachedAt ?? "").localeCompare(other.reachedAt ?? ""));
  return (
    <section aria-labelledby="milestones">
      <h2 id="milestones">{text.milestones}</h2>
      <ul class="plain milestones">
        {sorted.map((each) => (
          <li key={each.key}>
            <span class={`spot ${each.isReached ? "reached" : ""}`} aria-hidden="true" />
            <strong>{each.title}</strong> <span class="hint">{standing(each)}</span>
            {each.compliance !== null && <span class={`badge ${TONES[each.compliance]}`}> {text.compliances[each.compliance]}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function standing(each: ShownMilestoneFragment): string {
  if (each.reachedAt !== null) return text.reached(date(each.reachedAt)) + marginOf(each);
  return each.dueAt === null ? text.open : text.due(date(each.dueAt));
}

function marginOf(each: ShownMilestoneFragment): string {
  const margin = each.margin === null ? null : daysOf(each.margin.replace(/^-/, ""));
  if (margin === null || each.margin === null) return "";
  return `, ${each.margin.startsWith("-") ? text.tooLate(inDays(margin)) : text.early(inDays(margin))}`;
}
