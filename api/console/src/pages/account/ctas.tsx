/** What somebody is asked to do about the account. */
import { date } from "../../formats";
import { PriorityBadge } from "../../parts/badges";
import { words } from "../../words";
import type { AccountView } from "./account";

export function Ctas({ ctas }: { ctas: AccountView["openCtas"] }) {
  return (
    <section aria-labelledby="ctas">
      <h2 id="ctas">{words.account.ctas}</h2>
      {ctas.length === 0 && <p>{words.account.noCtas}</p>}
      <ul class="plain">
        {ctas.map((cta) => (
          <li key={cta.id}>
            <PriorityBadge priority={cta.priority} /> <strong>{cta.title}</strong>{" "}
            <span class="hint">
              {words.account.dueAt} {date(cta.dueAt)} · {cta.owner}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
