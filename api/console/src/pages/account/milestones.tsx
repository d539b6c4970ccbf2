/** What the account has achieved, what it is to achieve, and what is late. */
import { date } from "../../formats";
import { words } from "../../words";
import type { AccountView } from "./account";

type Milestone = AccountView["milestones"][number];

export function Milestones({ milestones, asOf }: { milestones: readonly Milestone[]; asOf: string }) {
  return (
    <section aria-labelledby="milestones">
      <h2 id="milestones">{words.account.milestones}</h2>
      <ul class="plain">
        {milestones.map((each) => (
          <li key={each.key}>
            <strong>{each.title}</strong> <span class="hint">{standing(each, asOf)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function standing(each: Milestone, asOf: string): string {
  if (each.reachedAt !== null) return words.account.reached(date(each.reachedAt));
  if (each.dueAt === null) return words.account.open;
  return each.dueAt < asOf ? words.account.late(date(each.dueAt)) : words.account.due(date(each.dueAt));
}
