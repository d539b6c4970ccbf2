/** What happened to the account, newest first. */
import { instant } from "../../formats";
import { toldOf } from "../../parts/told";
import { words } from "../../words";
import type { AccountView } from "./account";

export function History({ records }: { records: AccountView["history"]["nodes"] }) {
  return (
    <section aria-labelledby="history">
      <h2 id="history">{words.account.history}</h2>
      <ol class="history">
        {records.map((record) => (
          <li key={record.id}>
            <time dateTime={record.effectiveAt}>{instant(record.effectiveAt)}</time> {toldOf(record)}
          </li>
        ))}
      </ol>
    </section>
  );
}
