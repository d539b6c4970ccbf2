/** The account's alerts: those that are on, and of each what it waits for. */
import type { ShownAlertFragment } from "../../generated/operations";
import { date } from "../../formats";
import { SeverityBadge } from "../../parts/badges";
import { LeafTable } from "../../parts/leaves";
import { words } from "../../words";

const text = words.account;

export function Alerts({ alerts, asOf }: { alerts: readonly ShownAlertFragment[]; asOf: string }) {
  const on = alerts.filter((each) => each.isOn);
  const watched = alerts.filter((each) => !each.isOn && each.isWatched);
  return (
    <section aria-labelledby="alerts">
      <h2 id="alerts">{text.alerts}</h2>
      {on.length === 0 && <p>{words.myDay.noAlerts}</p>}
      <ul class="plain alerts">{on.map((each) => <One key={each.key} each={each} asOf={asOf} />)}</ul>
      {watched.length > 0 && (
        <details class="deed">
          <summary>{text.watched(watched.length)}</summary>
          <ul class="plain alerts">{watched.map((each) => <One key={each.key} each={each} asOf={asOf} />)}</ul>
        </details>
      )}
    </section>
  );
}

function One({ each, asOf }: { each: ShownAlertFragment; asOf: string }) {
  return (
    <li>
      {each.isOn && each.severity !== null && <SeverityBadge severity={each.severity} />} <strong>{each.title}</strong>{" "}
      {each.isOn && each.openedAt !== null && <span class="hint">{words.myDay.onSince(date(each.openedAt))}</span>}
      <p class="hint">{each.isOn ? text.overWhen : text.onWhen} {each.verdict.summary}</p>
      <LeafTable label={each.title} leaves={each.verdict.leaves} asOf={asOf} />
    </li>
  );
}
