/** Who brought changes of rules into force alone, and who overrode their own refusal. */
import { DutiesDocument } from "../../generated/documents/audit";
import type { DutiesQuery } from "../../generated/operations";
import { count, instant } from "../../formats";
import { useChoices } from "../../parts/address";
import { Asked } from "../../parts/asked";
import { useQuery } from "../../shell/client";
import { words } from "../../words";
import { Day } from "../portfolio/filters";
import { periodOf } from "./filter";
import { AuditFrame } from "./frame";
import { Record } from "./records";

type Found = DutiesQuery["separationOfDuties"];
const text = words.audit.duties;
const YEAR_MS = 366 * 86_400_000;

/** The last year, to the end of today, unless the address says otherwise. */
function periodFor(choices: Record<string, string>): { since: string; until: string } {
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
  const yearAgo = new Date(Date.now() - YEAR_MS).toISOString().slice(0, 10);
  const given = periodOf(choices);
  return { since: given?.since ?? `${yearAgo}T00:00:00Z`, until: given?.before ?? `${tomorrow}T00:00:00Z` };
}

export default function Duties() {
  const [choices, choose] = useChoices();
  const period = periodFor(choices);
  const [state, again] = useQuery(DutiesDocument, period);
  const given = { choices, choose };
  return (
    <AuditFrame>
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <Day name="since" title={words.portfolio.from} {...given} />
        <Day name="before" title={words.portfolio.to} {...given} />
      </form>
      <p class="hint">{text.period(instant(period.since), instant(period.until))}</p>
      <Asked state={state} again={again}>{({ separationOfDuties }) => <Parts found={separationOfDuties} />}</Asked>
    </AuditFrame>
  );
}

function Parts({ found }: { found: Found }) {
  return (
    <>
      <section aria-labelledby="changes">
        <h2 id="changes">{text.changes} <span class="hint">{count(found.ownChanges.length)}</span></h2>
        <p class="about">{text.aboutChanges}</p>
        {found.ownChanges.length === 0 ? <p>{text.noChanges}</p> : (
          <ul class="plain">
            {found.ownChanges.map((each) => (
              <li key={each.publicationId}>
                <strong>{each.publishedBy}</strong> <span class="hint">{instant(each.publishedAt)} · {each.isSelfApproved ? text.selfApproved : text.unapproved}</span>
              </li>
            ))}
          </ul>
        )}
      </section>
      <section aria-labelledby="overrides">
        <h2 id="overrides">{text.overrides} <span class="hint">{count(found.ownOverrides.length)}</span></h2>
        <p class="about">{text.aboutOverrides}</p>
        {found.ownOverrides.length === 0 ? <p>{text.noOverrides}</p> : <ol class="records">{found.ownOverrides.map((row) => <Record key={row.id} row={row} />)}</ol>}
      </section>
    </>
  );
}
