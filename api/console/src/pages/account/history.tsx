/** What happened to the account, newest first. */
import { instant } from "../../formats";
import { words } from "../../words";
import type { AccountView } from "./account";

type Line = AccountView["history"]["nodes"][number];

export function History({ records }: { records: readonly Line[] }) {
  return (
    <section aria-labelledby="history">
      <h2 id="history">{words.account.history}</h2>
      <ol class="history">
        {records.map((record) => (
          <li key={record.id}>
            <time dateTime={record.effectiveAt}>{instant(record.effectiveAt)}</time> {told(record)}
          </li>
        ))}
      </ol>
    </section>
  );
}

function told(record: Line): string {
  const moved = record.fromStage?.key !== record.toStage?.key;
  const what = moved ? `${record.fromStage?.title ?? ""} → ${record.toStage?.title ?? ""}` : record.subject ?? record.toStage?.title ?? "";
  return [words.account.kinds[record.kind], what, record.actor, record.reason].filter(Boolean).join(" · ");
}
