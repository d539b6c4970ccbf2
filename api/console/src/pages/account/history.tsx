/** What happened to the account in words, newest first, as far back as one wants to read. */
import { useEffect, useRef } from "preact/hooks";

import { AccountHistoryDocument } from "../../generated/documents/account";
import type { AccountHistoryQuery, RecordKind } from "../../generated/operations";
import { count, instant } from "../../formats";
import { Asked } from "../../parts/asked";
import { OnePage, usePages } from "../../parts/pages";
import { useQuery } from "../../shell/client";
import { words } from "../../words";

type Page = AccountHistoryQuery["history"];
const text = words.account;

/** `before` is the instant up to which it is told, null for all; a higher revision is asked for anew. */
export function History({ id, name, before, revision }: { id: string; name: string; before: string | null; revision: number }) {
  const { cursors, shown, total, put, more } = usePages<Page>();
  return (
    <section aria-labelledby="history" class="list">
      <header>
        <h2 id="history">{text.history}</h2>
        <p class="hint">{words.states.ofTotal(count(shown), count(total))}</p>
      </header>
      <ol class="records">{cursors.map((after, index) => <Rows key={after} id={id} name={name} before={before} revision={revision} after={after} put={put(index)} />)}</ol>
      {more !== null && <button type="button" class="more" onClick={more}>{words.states.more}</button>}
    </section>
  );
}

function Rows({ id, name, before, revision, after, put }: { id: string; name: string; before: string | null; revision: number; after: string | null; put: (page: Page) => void }) {
  const filter = { accountIds: [id], effective: before === null ? null : { since: null, before } };
  const [state, again] = useQuery(AccountHistoryDocument, { filter, after });
  const seen = useRef(revision);
  useEffect(() => {
    if (seen.current !== revision) again({ requestPolicy: "network-only" });
    seen.current = revision;
  }, [revision]);
  const waiting = <li><Asked state={state} again={again}>{() => null}</Asked></li>;
  return (
    <OnePage page={state.data?.history} put={put} waiting={waiting}>
      {(page) => (
        <>
          {page.nodes.map((row) => (
            <li key={row.id} class={`record kind-${row.kind.toLowerCase()}`}>
              <time class="when" dateTime={row.effectiveAt}>{instant(row.effectiveAt)}</time>
              <p class="sentence"><span class="tag">{words.kinds[row.kind as RecordKind]}</span> {row.sentence}</p>
              <a class="quiet" href={`/audit/records/${encodeURIComponent(row.accountId)}/${row.seq}`} aria-label={words.audit.evidenceOf(name, row.seq)}>{words.audit.evidence}</a>
            </li>
          ))}
        </>
      )}
    </OnePage>
  );
}
