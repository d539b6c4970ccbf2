/** The alerts that are on, the latest first, and whether somebody is asked to see to each. */
import { useEffect } from "preact/hooks";

import { AlertsOnDocument } from "../../generated/documents/my-day";
import type { AlertsOnQuery } from "../../generated/operations";
import { count, date } from "../../formats";
import { Asked } from "../../parts/asked";
import { SeverityBadge } from "../../parts/badges";
import { OnePage, usePages } from "../../parts/pages";
import { useQuery } from "../../shell/client";
import { words } from "../../words";

type Page = AlertsOnQuery["alerts"];
const text = words.myDay;

/** `changes` counts the changes heard of; with each of them the alerts are asked for anew. */
export function AlertsOn({ changes }: { changes: number }) {
  const { cursors, shown, total, isWaiting, put, more } = usePages<Page>();
  return (
    <section aria-labelledby="alerts">
      <h2 id="alerts">{text.alerts} {!isWaiting && <span class="hint">{words.states.ofTotal(count(shown), count(total))}</span>}</h2>
      {!isWaiting && shown === 0 && <p>{text.noAlerts}</p>}
      <ul class="plain alerts">{cursors.map((after, index) => <Episodes key={after} after={after} changes={changes} put={put(index)} />)}</ul>
      {more !== null && <button type="button" class="more" onClick={more}>{words.states.more}</button>}
    </section>
  );
}

function Episodes({ after, changes, put }: { after: string | null; changes: number; put: (page: Page) => void }) {
  const [state, again] = useQuery(AlertsOnDocument, { after });
  useEffect(() => {
    if (changes > 0) again({ requestPolicy: "network-only" });
  }, [changes]);
  const waiting = <li><Asked state={state} again={again}>{() => null}</Asked></li>;
  return (
    <OnePage page={state.data?.alerts} put={put} waiting={waiting}>
      {(page) => <>{page.nodes.map((each) => <Episode key={each.id} each={each} />)}</>}
    </OnePage>
  );
}

function Episode({ each }: { each: Page["nodes"][number] }) {
  const open = each.ctas.filter((cta) => cta.status !== "CLOSED");
  return (
    <li>
      <SeverityBadge severity={each.severity} />{" "}
      {each.account !== null && <a href={`/accounts/${encodeURIComponent(each.account.id)}`}>{each.account.name}</a>}{" "}
      <span class="hint">{text.onSince(date(each.openedAt))} · {open.length === 0 ? text.unanswered : text.answeredBy(open.map((cta) => cta.title).join(", "))}</span>
      {each.opening !== null && (
        <p class="because">{each.opening.sentence} <a href={`/audit/records/${encodeURIComponent(each.opening.accountId)}/${each.opening.seq}`} aria-label={words.audit.evidenceOf(each.account?.name ?? words.audit.gone, each.opening.seq)}>{words.audit.evidence}</a></p>
      )}
    </li>
  );
}
