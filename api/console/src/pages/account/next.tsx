/** Every way out of the stage, and for those that are not open the leaves that fail. */
import { FireDocument } from "../../generated/operations";
import { decimal, instant } from "../../formats";
import { newKey, useMutation } from "../../shell/client";
import { words } from "../../words";
import type { AccountView } from "./account";

type Way = AccountView["availableTransitions"][number];
type Leaf = Way["verdict"]["leaves"][number];

export function Next({ account }: { account: AccountView }) {
  return (
    <section aria-labelledby="next">
      <h2 id="next">{words.account.next}</h2>
      {account.availableTransitions.length === 0 && <p>{words.account.nothingNext}</p>}
      <ul class="ways">
        {account.availableTransitions.map((way) => (
          <li key={`${way.transition.key} ${way.trigger}`} class={way.ready ? "ready" : "blocked"}>
            <h3>
              {way.transition.to.title} <span class="hint">{way.isAutomatic ? words.account.automatic : way.trigger}</span>{" "}
              <span class={`badge ${way.ready ? "healthy" : "unknown"}`}>{way.ready ? words.account.ready : words.account.blocked}</span>
            </h3>
            {way.ready && !way.isAutomatic && <Fire account={account} trigger={way.trigger} />}
            {!way.ready && <Leaves leaves={way.verdict.leaves.filter((leaf) => leaf.truth !== "HOLDS")} />}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Leaves({ leaves }: { leaves: readonly Leaf[] }) {
  return (
    <ul class="leaves">
      {leaves.map((leaf) => (
        <li key={leaf.path}>
          {leaf.text}
          {leaf.distance !== null && leaf.distance > 0 && <span class="distance"> ({decimal(leaf.distance)} {leaf.unit})</span>}
          {leaf.observedAt !== null && <span class="hint"> {instant(leaf.observedAt)}</span>}
        </li>
      ))}
    </ul>
  );
}

/** The button that takes an open way; the revision that was seen goes along, so that nobody acts on an older page. */
function Fire({ account, trigger }: { account: AccountView; trigger: string }) {
  const [state, fire] = useMutation(FireDocument);
  const outcome = state.data?.fireTransition;
  const input = { accountId: account.id, trigger, idempotencyKey: newKey(), expectedRevision: account.revision, override: false };
  return (
    <p>
      <button type="button" disabled={state.fetching} onClick={() => void fire({ input })}>{words.account.fire}</button>
      {outcome !== undefined && "message" in outcome && <span role="alert" class="failed"> {outcome.message}</span>}
    </p>
  );
}
