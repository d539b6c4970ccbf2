/** Success plans: how far each is, its objectives, and the statuses that may follow. */
import { useState } from "preact/hooks";

import { OpenPlanDocument, SetPlanStatusDocument } from "../../generated/documents/account";
import type { AccountPageQuery, ShownPlanFragment, SuccessPlanStatus } from "../../generated/operations";
import { date, percent } from "../../formats";
import { Refusal } from "../../parts/problem";
import { useMay } from "../../shell/capabilities";
import { useMutation } from "../../shell/client";
import { newKey } from "../../shell/key";
import { words } from "../../words";
import type { AccountView } from "./account";

const text = words.plans;

export function Plans({ account, types }: { account: AccountView; types: AccountPageQuery["successPlanTypes"] }) {
  const may = useMay("WORK_CTAS");
  const open = new Set(account.successPlans.filter((plan) => plan.status === "DRAFT" || plan.status === "ACTIVE").map((plan) => plan.type));
  const free = types.filter((type) => !open.has(type.key));
  return (
    <section aria-labelledby="plans">
      <h2 id="plans">{text.title}</h2>
      {account.successPlans.length === 0 && <p class="hint">{text.none}</p>}
      <ul class="plain">{account.successPlans.map((plan) => <OnePlan key={plan.id} plan={plan} account={account} may={may} />)}</ul>
      {may && account.stage !== null && free.length > 0 && <OpenPlan account={account} types={free} />}
    </section>
  );
}

function OnePlan({ plan, account, may }: { plan: ShownPlanFragment; account: AccountView; may: boolean }) {
  const [state, set] = useMutation(SetPlanStatusDocument);
  const become = (status: SuccessPlanStatus) => void set({ input: { planId: plan.id, status, idempotencyKey: newKey(), expectedRevision: account.revision } });
  return (
    <li class="plan">
      <p>
        <strong>{plan.title}</strong> <span class="tag">{text.statuses[plan.status]}</span>{" "}
        {plan.dueAt !== null && <span class={plan.isOverdue ? "badge at_risk" : "hint"}>{plan.isOverdue ? text.overdue(date(plan.dueAt)) : text.due(date(plan.dueAt))}</span>}
        {plan.owner && <span class="hint"> · {plan.owner}</span>}
      </p>
      <p class="progress"><progress max="100" value={plan.progress} aria-label={text.progressOf(plan.title)} /> <span class="hint">{text.done(percent(plan.progress / 100), plan.objectives.length)}</span></p>
      {plan.objectives.length > 0 && (
        <ul class="plain objectives">
          {plan.objectives.map((each) => (
            <li key={each.id}>
              <span aria-hidden="true">{each.outcome === "SUCCESS" ? "✓" : each.status === "CLOSED" ? "✕" : "○"}</span> {each.title}{" "}
              <span class="hint">{each.outcome === null ? text.due(date(each.dueAt)) : words.outcomes[each.outcome]}{each.isRequired ? "" : ` · ${words.myDay.optional}`}</span>
            </li>
          ))}
        </ul>
      )}
      {may && plan.nextStatuses.map((status) => <button key={status} type="button" class="tool" disabled={state.fetching} aria-label={text.becomeOf(text.become[status], plan.title)} onClick={() => become(status)}>{text.become[status]}</button>)}
      <Refusal outcome={state.data?.setSuccessPlanStatus} />
    </li>
  );
}

function OpenPlan({ account, types }: { account: AccountView; types: AccountPageQuery["successPlanTypes"] }) {
  const [type, setType] = useState(types[0]?.key ?? "");
  const [dueOn, setDue] = useState("");
  const [state, open] = useMutation(OpenPlanDocument);
  const submit = () =>
    open({ input: { accountId: account.id, type, dueAt: dueOn === "" ? null : `${dueOn}T00:00:00Z`, isDraft: false, idempotencyKey: newKey(), expectedRevision: account.revision } });
  return (
    <details class="deed">
      <summary>{text.open}</summary>
      <form class="say" onSubmit={(event) => { event.preventDefault(); void submit(); }}>
        <label>{text.type} <select value={type} onChange={(event) => setType(event.currentTarget.value)}>{types.map((each) => <option key={each.key} value={each.key}>{each.title}</option>)}</select></label>
        <label class="short">{words.account.dueAt} <input type="date" value={dueOn} onInput={(event) => setDue(event.currentTarget.value)} /></label>
        <button type="submit" disabled={state.fetching}>{text.openIt}</button>
      </form>
      <Refusal outcome={state.data?.openSuccessPlan} />
    </details>
  );
}
