/** The runs over many accounts, newest first: how far they are, what they did, and which accounts they set aside. */
import { useRef, useState } from "preact/hooks";

import { CancelSweepDocument, ResumeRunDocument, RunChangedDocument, RunsDocument, SetAsideDocument } from "../../generated/documents/operations";
import type { ShownRunFragment } from "../../generated/operations";
import { count, decimal, instant } from "../../formats";
import { Asked } from "../../parts/asked";
import { Refusal } from "../../parts/problem";
import { useMay } from "../../shell/capabilities";
import { useMutation, useQuery, useSubscription } from "../../shell/client";
import { words } from "../../words";
import { Undoing } from "./undoing";

const text = words.operations;
const COLUMNS = [text.run, text.lookedAt, text.moved, text.opened, text.held, text.refused, text.failed, text.disagreements];

export function Runs() {
  const [after, setAfter] = useState<string | null>(null);
  const [state, again] = useQuery(RunsDocument, { after });
  const renew = () => again({ requestPolicy: "network-only" });
  const start = useRef<string | null>(null);
  start.current ??= state.data?.liveCursor ?? null;
  useSubscription(RunChangedDocument, { after: start.current }, renew);
  return (
    <section aria-labelledby="runs">
      <h2 id="runs">{text.runs}</h2>
      <Asked state={state} again={again}>
        {({ runs }) =>
          runs.nodes.length === 0 ? <p class="hint">{text.noRuns}</p> : (
            <>
              <div class="scrolls" tabIndex={0} role="region" aria-label={words.charts.tableOf(text.runs)}>
                <table class="numbers">
                  <thead><tr>{COLUMNS.map((title, index) => <th key={title} scope="col" class={index === 0 ? "" : "number"}>{title}</th>)}</tr></thead>
                  <tbody>{runs.nodes.map((run) => <OneRun key={run.id} run={run} renew={renew} />)}</tbody>
                </table>
              </div>
              {runs.pageInfo.hasNextPage && <button type="button" class="more" onClick={() => setAfter(runs.pageInfo.endCursor)}>{words.audit.marks.older}</button>}{" "}
              {after !== null && <button type="button" class="more" onClick={() => setAfter(null)}>{words.audit.marks.newest}</button>}
            </>
          )
        }
      </Asked>
    </section>
  );
}

function OneRun({ run, renew }: { run: ShownRunFragment; renew: () => void }) {
  const { counts } = run;
  const [isOpen, setOpen] = useState(false);
  const [isUndone, setUndone] = useState(false);
  const mayUndo = useMay("UNDO_RUN") && run.kind !== "UNDO" && (run.finishedAt !== null || run.cancelledAt !== null);
  const aside = counts.failed + counts.disagreements;
  return (
    <>
      <tr>
        <th scope="row">
          {text.kinds[run.kind]} <span class="hint">{instant(run.startedAt)} · {run.actor} · {stateOf(run)}</span> <Deeds run={run} renew={renew} />
          {mayUndo && <button type="button" class="tool" aria-expanded={isUndone} onClick={() => setUndone(!isUndone)}>{text.undo.title}</button>}{" "}
          {aside > 0 && <button type="button" class="tool" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>{text.aside(count(aside))}</button>}
        </th>
        {[counts.lookedAt, counts.moved, counts.ctasOpened, counts.heldByUnknown, counts.changedMeanwhile, counts.failed, counts.disagreements].map((value, index) => (
          <td key={index} class={`number${index > 4 && value > 0 ? " bad" : ""}`}>{count(value)}</td>
        ))}
      </tr>
      {isUndone && <tr><td colSpan={COLUMNS.length}><Undoing runId={run.id} done={renew} /></td></tr>}
      {isOpen && <tr><td colSpan={COLUMNS.length}><Aside id={run.id} /></td></tr>}
    </>
  );
}

function stateOf(run: ShownRunFragment): string {
  if (run.cancelledAt !== null) return text.cancelled;
  if (run.finishedAt === null) return text.running;
  return text.took(decimal((Date.parse(run.finishedAt) - Date.parse(run.startedAt)) / 1000));
}

/** Stop a sweep, or have a worker go on with one whose process ended before it did. */
function Deeds({ run, renew }: { run: ShownRunFragment; renew: () => void }) {
  const may = useMay("EVALUATE");
  const [cancelled, cancel] = useMutation(CancelSweepDocument);
  const [resumed, resume] = useMutation(ResumeRunDocument);
  const isOver = run.finishedAt !== null || run.cancelledAt !== null;
  if (!may || isOver || (run.kind !== "SWEEP" && run.kind !== "BACK_FILL")) return null;
  const input = { runId: run.id };
  return (
    <>
      <button type="button" class="tool" onClick={() => void cancel({ input }).then(renew)}>{text.cancel}</button>{" "}
      <button type="button" class="tool" onClick={() => void resume({ input }).then(renew)}>{text.goOn}</button>
      <Refusal outcome={cancelled.data?.cancelSweep} />
      <Refusal outcome={resumed.data?.resumeRun} />
    </>
  );
}

function Aside({ id }: { id: string }) {
  const [state, again] = useQuery(SetAsideDocument, { id });
  return (
    <Asked state={state} again={again}>
      {({ run }) => (
        <ul class="plain">
          {run?.setAside.map((each) => (
            <li key={each.accountId}>
              <a href={`/accounts/${encodeURIComponent(each.accountId)}`}>{words.pages.account}</a> <span class="tag">{text.asideCauses[each.cause]}</span> {each.detail} <span class="hint">{instant(each.setAsideAt)}</span>
            </li>
          ))}
        </ul>
      )}
    </Asked>
  );
}
