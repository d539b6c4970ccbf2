/** Why a CTA is there, asked for when somebody wants to know: on what evidence it opened, when it is due by which rule, what became of it since. */
import { useState } from "preact/hooks";

import { WhyOfWorkDocument } from "../../generated/documents/my-day";
import type { WhyOfWorkQuery } from "../../generated/operations";
import { date, inDays, instant } from "../../formats";
import { Asked } from "../../parts/asked";
import { LeafTable } from "../../parts/leaves";
import { useQuery } from "../../shell/client";
import { words } from "../../words";
import type { WorkItem } from "./my-day";

type Known = Extract<NonNullable<WhyOfWorkQuery["node"]>, { causeKey: string }>;
type Opening = NonNullable<Known["opening"]>;
const text = words.myDay;

export function Why({ item }: { item: WorkItem }) {
  const [isOpen, setOpen] = useState(false);
  if (item.opening === null || item.account === null) return null;
  return (
    <details class="deed why" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary aria-label={text.whyOf(item.title, item.account.name)}>{text.why}</summary>
      {isOpen && <Reasons item={item} accountId={item.account.id} since={item.opening.effectiveAt} />}
    </details>
  );
}

function Reasons({ item, accountId, since }: { item: WorkItem; accountId: string; since: string }) {
  const [state, again] = useQuery(WhyOfWorkDocument, { id: item.id, accountId, since });
  return (
    <Asked state={state} again={again}>
      {({ node, ctaTemplates, history }) => {
        if (node === null || !("causeKey" in node)) return null;
        const template = ctaTemplates.find((each) => each.key === node.template);
        return (
          <>
            {node.opening !== null && <Evidence opening={node.opening} />}
            <p class="hint">{template !== undefined && `${text.dueRule(template.dueIn, [template.dueBefore, template.dueAfter].filter((each) => each !== null))} `}{putOff(item)}</p>
            <Since records={history.nodes.filter((each) => each.seq !== node.opening?.seq && each.effects.some((effect) => effect.cta === node.causeKey))} />
            {node.comments.map((each) => <p key={each.writtenAt} class="remark">{each.text} <span class="hint">{each.author}, {instant(each.writtenAt)}</span></p>)}
          </>
        );
      }}
    </Asked>
  );
}

function Evidence({ opening }: { opening: Opening }) {
  return (
    <>
      {opening.because !== null && <LeafTable label={opening.because.about} leaves={opening.because.verdict.leaves} asOf={opening.effectiveAt} />}
      <p><a href={`/audit/records/${encodeURIComponent(opening.accountId)}/${opening.seq}`}>{text.record}</a></p>
    </>
  );
}

function putOff(item: WorkItem): string {
  const days = Math.round(item.dueDateVarianceDays);
  if (days === 0) return "";
  const first = date(item.firstDueAt);
  return days > 0 ? text.putOff(inDays(days), first) : text.broughtForward(inDays(-days), first);
}

function Since({ records }: { records: WhyOfWorkQuery["history"]["nodes"] }) {
  if (records.length === 0) return null;
  return (
    <>
      <h4>{text.since}</h4>
      <ol class="history">
        {records.map((each) => (
          <li key={each.id}><a href={`/audit/records/${encodeURIComponent(each.accountId)}/${each.seq}`}>{each.sentence}</a> <span class="hint">{instant(each.effectiveAt)}</span></li>
        ))}
      </ol>
    </>
  );
}
