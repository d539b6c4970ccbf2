/** Open questions first, then everything that reviewers said; and a way to say that a period was reviewed. */
import { useState } from "preact/hooks";

import { ReviewMarksDocument } from "../../generated/documents/audit";
import { count } from "../../formats";
import { useChoices } from "../../parts/address";
import { Asked } from "../../parts/asked";
import { Choice } from "../../parts/choice";
import { useQuery } from "../../shell/client";
import { words } from "../../words";
import { Day } from "../portfolio/filters";
import { periodOf } from "./filter";
import { AuditFrame } from "./frame";
import { MarkList, Say } from "./marks";

const text = words.audit.marks;

export default function Reviews() {
  const [choices, choose] = useChoices();
  const [after, setAfter] = useState<string | null>(null);
  const filter = { openOnly: choices.shown !== "all" };
  const [state, again] = useQuery(ReviewMarksDocument, { filter, after });
  const renew = () => again({ requestPolicy: "network-only" });
  const period = periodOf(choices);
  const given = { choices, choose };
  return (
    <AuditFrame>
      <section aria-labelledby="period">
        <h2 id="period">{text.aboutPeriod}</h2>
        <form class="filters" onSubmit={(event) => event.preventDefault()}>
          <Day name="since" title={words.portfolio.from} {...given} />
          <Day name="before" title={words.portfolio.to} {...given} />
        </form>
        {period?.since && period.before ? <Say about={{ accountId: null, since: period.since, before: period.before }} done={renew} /> : <p class="hint">{text.choosePeriod}</p>}
      </section>
      <section aria-labelledby="said">
        <h2 id="said">{text.title}</h2>
        <form class="filters" onSubmit={(event) => event.preventDefault()}>
          <Choice name="shown" title={text.shown} all={text.openOnly} options={[["all", words.portfolio.all]]} {...given} />
        </form>
        <Asked state={state} again={again}>
          {({ reviewMarks }) => (
            <>
              <p class="hint" role="status">{words.states.ofTotal(count(reviewMarks.nodes.length), count(reviewMarks.totalCount ?? 0))}</p>
              <MarkList marks={reviewMarks.nodes} done={renew} />
              {reviewMarks.pageInfo.hasNextPage && <button type="button" onClick={() => setAfter(reviewMarks.pageInfo.endCursor)}>{text.older}</button>}
              {after !== null && <button type="button" onClick={() => setAfter(null)}>{text.newest}</button>}
            </>
          )}
        </Asked>
      </section>
    </AuditFrame>
  );
}
