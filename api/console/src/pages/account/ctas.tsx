/** What somebody is asked to do about the account, and what was done last. */
import type { ShownCtaFragment } from "../../generated/operations";
import { count, date } from "../../formats";
import { PriorityBadge } from "../../parts/badges";
import { words } from "../../words";

const text = words.account;

export function Ctas({ open, closed }: { open: readonly ShownCtaFragment[]; closed: readonly ShownCtaFragment[] }) {
  return (
    <section aria-labelledby="ctas">
      <h2 id="ctas">{text.ctas}</h2>
      {open.length === 0 && <p>{text.noCtas}</p>}
      <ul class="plain">
        {open.map((cta) => (
          <li key={cta.id}>
            <PriorityBadge priority={cta.priority} /> <strong>{cta.title}</strong> <span class="tag">{words.ctaTypes[cta.type]}</span>{" "}
            <span class={cta.isOverdue ? "badge at_risk" : "hint"}>{cta.isOverdue ? text.overdueBy(count(Math.max(1, Math.floor(cta.daysPastDue)))) : text.due(date(cta.dueAt))}</span>{" "}
            <span class="hint">{cta.owner}</span>
            {cta.opening !== null && (
              <p class="because hint">{cta.opening.sentence} <a href={`/audit/records/${encodeURIComponent(cta.opening.accountId)}/${cta.opening.seq}`} aria-label={words.audit.evidenceOf(cta.title, cta.opening.seq)}>{words.audit.evidence}</a></p>
            )}
          </li>
        ))}
      </ul>
      {closed.length > 0 && (
        <>
          <h3>{text.closedLast}</h3>
          <ul class="plain">
            {closed.map((cta) => (
              <li key={cta.id}>{cta.title} <span class="hint">{cta.outcome && words.outcomes[cta.outcome]}{cta.closedAt && ` · ${date(cta.closedAt)}`} · {cta.owner}</span></li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
