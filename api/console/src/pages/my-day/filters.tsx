/** Whose work is shown, and which of it. */
import { ReasonTitleDocument } from "../../generated/documents/my-day";
import type { CtaType, Priority } from "../../generated/operations";
import { Choice } from "../../parts/choice";
import type { Choices } from "../../parts/address";
import { useQuery } from "../../shell/client";
import { words } from "../../words";

const text = words.myDay;
const PRIORITIES: Priority[] = ["HIGH", "MEDIUM", "LOW"];
const TYPES: CtaType[] = ["RISK", "LIFECYCLE", "EXPANSION", "OBJECTIVE", "ACTIVITY"];

export function WorkFilters({ choices, choose }: { choices: Choices; choose: (name: string, value: string) => void }) {
  return (
    <form class="filters" role="search" aria-label={words.portfolio.filters} onSubmit={(event) => event.preventDefault()}>
      <label>
        {words.account.owner}
        <input value={choices.owner ?? ""} onChange={(event) => choose("owner", event.currentTarget.value)} />
      </label>
      <Choice name="priority" title={words.myDay.priority} options={PRIORITIES.map((each) => [each, words.priorities[each]])} {...{ choices, choose }} />
      <Choice name="type" title={words.myDay.type} options={TYPES.map((each) => [each, words.ctaTypes[each]])} {...{ choices, choose }} />
      <Choice name="overdue" title={text.due} options={[["yes", text.overdueOnly]]} {...{ choices, choose }} />
      <Choice name="snoozed" title={text.snoozed} all={text.notSnoozed} options={[["yes", text.shown]]} {...{ choices, choose }} />
      {choices.reason && <ChosenReason reason={choices.reason} clear={() => choose("reason", "")} />}
    </form>
  );
}

/** The reason that a link has chosen, by its title; by its key while nothing was opened for it. */
function ChosenReason({ reason, clear }: { reason: string; clear: () => void }) {
  const [found] = useQuery(ReasonTitleDocument, { reason });
  const title = found.data?.ctas.nodes[0]?.reasonTitle ?? reason;
  return <p class="chosen">{words.reports.ctas.reason}: <strong>{title}</strong> <button type="button" class="tool" onClick={clear}>{text.allReasons}</button></p>;
}
