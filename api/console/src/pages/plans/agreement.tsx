/** Who has agreed to a plan, and the two commands: agree, and apply. */
import { useState } from "preact/hooks";

import { ApplyPlanDocument, ApprovePlanDocument } from "../../generated/documents/plan";
import { instant } from "../../formats";
import { useMay } from "../../shell/capabilities";
import { useMutation } from "../../shell/client";
import { words } from "../../words";
import type { PlanView } from "./plan";

const text = words.plan;

export function Agreement({ plan, again }: { plan: PlanView; again: () => void }) {
  const may = useMay("PUBLISH");
  const [percent, setPercent] = useState(100);
  const [reason, setReason] = useState("");
  const [approval, approve] = useMutation(ApprovePlanDocument);
  const [application, apply] = useMutation(ApplyPlanDocument);
  const problem = problemOf(approval.data?.approvePlan) ?? problemOf(application.data?.applyConfiguration);
  const done = application.data?.applyConfiguration;
  return (
    <section aria-labelledby="agreement">
      <h2 id="agreement">{text.agreement}</h2>
      <ul class="plain">
        {plan.approvals.map((each) => <li key={each.approvedBy}>{text.agreed(each.approvedBy, instant(each.approvedAt))} {each.comment}</li>)}
        {plan.publications.map((each) => <li key={each.id}>{text.appliedBy(each.publishedBy, instant(each.publishedAt), each.rollOutPercent)}</li>)}
      </ul>
      {!may && <p class="hint">{text.notAllowed}</p>}
      {may && <form
        class="filters"
        onSubmit={(event) => {
          event.preventDefault();
          void apply({ input: { planId: plan.id, rollOutPercent: percent, reason: reason || null, sameAccounts: false } }).then(again);
        }}
      >
        <button type="button" disabled={approval.fetching} onClick={() => void approve({ input: { planId: plan.id } }).then(again)}>{text.approve}</button>
        <label>
          {text.percent}
          <input type="number" min={0} max={100} value={percent} onInput={(event) => setPercent(Number(event.currentTarget.value))} />
        </label>
        <label>
          {text.reason}
          <input value={reason} maxLength={500} onInput={(event) => setReason(event.currentTarget.value)} />
        </label>
        <button type="submit" disabled={!plan.isComplete || application.fetching}>{application.fetching ? text.applying : text.apply}</button>
      </form>}
      {problem !== null && <p role="alert" class="failed">{problem}</p>}
      {done?.__typename === "ConfigurationApplied" && <p role="status">{text.done(done.migration.migrated, done.migration.moved, done.migration.ctasOpened)}</p>}
    </section>
  );
}

function problemOf(outcome: { __typename: string; message?: string } | undefined): string | null {
  return outcome?.message ?? null;
}
