/** The segments with the rules that they follow, what was planned and what was published. */
import { MachinesDocument } from "../../generated/documents/machines";
import type { MachinesQuery } from "../../generated/operations";
import { instant } from "../../formats";
import { Asked } from "../../parts/asked";
import { useQuery } from "../../shell/client";
import { words } from "../../words";

const text = words.machines;

export default function Machines() {
  const [state, again] = useQuery(MachinesDocument, {});
  return (
    <>
      <h1>{text.title}</h1>
      <p>
        <a class="button" href="/machines/edit">{text.edit}</a>
      </p>
      <Asked state={state} again={again}>
        {(data) => (
          <>
            <Segments segments={data.segments} />
            <Plans plans={data.plans.nodes} />
            <Publications publications={data.publications.nodes} />
          </>
        )}
      </Asked>
    </>
  );
}

function Segments({ segments }: { segments: MachinesQuery["segments"] }) {
  return (
    <section aria-labelledby="segments">
      <h2 id="segments">{text.segments}</h2>
      {segments.length === 0 && <p>{text.nothingPublished}</p>}
      <ul class="plain">
        {segments.map((each) => (
          <li key={each.id}>
            <a href={`/machines/${encodeURIComponent(each.key)}`}>{each.title}</a>{" "}
            <span class="hint">{text.version(each.digest.slice(0, 12), instant(each.publishedAt), each.publishedBy)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Plans({ plans }: { plans: MachinesQuery["plans"]["nodes"] }) {
  return (
    <section aria-labelledby="plans">
      <h2 id="plans">{text.plans}</h2>
      {plans.length === 0 && <p>{text.noPlans}</p>}
      <ul class="plain">
        {plans.map((each) => (
          <li key={each.id}>
            <a href={`/plans/${encodeURIComponent(each.id)}`}>{instant(each.asOf)}</a> {changed(each)}{" "}
            <span class="hint">{each.plannedBy}</span>{" "}
            <span class="badge">{standing(each)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function changed(plan: MachinesQuery["plans"]["nodes"][number]): string {
  if (plan.changesNothing) return text.changesNothing;
  return plan.segments.filter((each) => each.change !== "UNCHANGED").map((each) => each.segment).join(", ");
}

function standing(plan: MachinesQuery["plans"]["nodes"][number]): string {
  if (plan.publications.length > 0) return text.applied;
  if (!plan.isComplete) return text.incomplete;
  return plan.approvals.length > 0 ? text.approved : text.open;
}

function Publications({ publications }: { publications: MachinesQuery["publications"]["nodes"] }) {
  return (
    <section aria-labelledby="publications">
      <h2 id="publications">{text.publications}</h2>
      <ul class="plain">
        {publications.map((each) => (
          <li key={each.id}>
            {each.plan === null ? instant(each.publishedAt) : <a href={`/plans/${encodeURIComponent(each.plan.id)}`}>{instant(each.publishedAt)}</a>}{" "}
            {each.machines.map((machine) => machine.segment).join(", ")}{" "}
            <span class="hint">
              {each.publishedBy}
              {each.rollOutPercent < 100 && ` · ${each.rollOutPercent} %`}
              {each.reason && ` · ${each.reason}`}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
