/** What a change of definitions would do, before it is done: read it, agree to it, apply it. */
import { useRoute } from "preact-iso";

import { PlanPageDocument } from "../../generated/documents/plan";
import type { PlanPageQuery } from "../../generated/operations";
import { instant } from "../../formats";
import { Asked } from "../../parts/asked";
import { useQuery } from "../../shell/client";
import { words } from "../../words";
import { Agreement } from "./agreement";
import { SegmentImpact } from "./segment-impact";

export type PlanView = NonNullable<PlanPageQuery["plan"]>;
const text = words.plan;

export default function Plan() {
  const { params } = useRoute();
  const [state, again] = useQuery(PlanPageDocument, { id: params.id ?? "" });
  return (
    <Asked state={state} again={again}>
      {({ plan }) => (plan === null ? <p>{text.missing}</p> : <PlanParts plan={plan} again={() => again({ requestPolicy: "network-only" })} />)}
    </Asked>
  );
}

function PlanParts({ plan, again }: { plan: PlanView; again: () => void }) {
  return (
    <>
      <h1>{text.title}</h1>
      <p class="hint">{text.by(plan.plannedBy, instant(plan.asOf), plan.digest.slice(0, 12))}</p>
      {plan.changesNothing && <p>{words.machines.changesNothing}</p>}
      {plan.missing.length > 0 && (
        <section aria-labelledby="missing" class="failed">
          <h2 id="missing">{text.lacks}</h2>
          <ul>{plan.missing.map((each, index) => <li key={index}>{each.message}</li>)}</ul>
        </section>
      )}
      {plan.segments.filter((each) => each.change !== "UNCHANGED" || each.arrivals.length > 0).map((each) => (
        <SegmentImpact key={each.segment} segment={each} />
      ))}
      <Agreement plan={plan} again={again} />
    </>
  );
}
