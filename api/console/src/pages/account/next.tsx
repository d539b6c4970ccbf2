/** Every way out of the stage, and for those that are not open the leaves that fail. */
import { decimal, instant } from "../../formats";
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
