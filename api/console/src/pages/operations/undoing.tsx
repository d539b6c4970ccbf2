/** Take back what a run did: see first what would happen, then say why. */
import { useState } from "preact/hooks";

import { UndoDocument } from "../../generated/documents/operations";
import type { UndoMutation } from "../../generated/operations";
import { count } from "../../formats";
import { Refusal } from "../../parts/problem";
import { useMutation } from "../../shell/client";
import { words } from "../../words";

type Undone = Extract<UndoMutation["undoRun"], { __typename: "RunUndone" }>;
const text = words.operations.undo;

export function Undoing({ runId, done }: { runId: string; done: () => void }) {
  const [reason, setReason] = useState("");
  const [foreseen, foresee] = useMutation(UndoDocument);
  const [undone, undo] = useMutation(UndoDocument);
  const before = foreseen.data?.undoRun;
  const after = undone.data?.undoRun;
  return (
    <form class="say" aria-label={text.title} onSubmit={(event) => { event.preventDefault(); void undo({ input: { runId, reason, dryRun: false } }).then(done); }}>
      <label>{text.reason} <input required maxLength={500} value={reason} onInput={(event) => setReason(event.currentTarget.value)} /></label>
      <button type="button" disabled={foreseen.fetching || reason === ""} onClick={() => void foresee({ input: { runId, reason, dryRun: true } })}>{text.rehearse}</button>
      <button type="submit" disabled={undone.fetching}>{text.undoIt}</button>
      <div role="status">
        {after?.__typename === "RunUndone" ? <Told said={text.undone} run={after} /> : before?.__typename === "RunUndone" && <Told said={text.wouldBe} run={before} />}
      </div>
      <Refusal outcome={before} />
      <Refusal outcome={after} />
    </form>
  );
}

function Told({ said, run }: { said: (undone: string, already: string, stays: string) => string; run: Undone }) {
  return (
    <>
      <p>{said(count(run.undone), count(run.already), count(run.stays))}</p>
      <ul class="plain">
        {run.refused.slice(0, 20).map((each) => <li key={each.accountId}><a href={`/accounts/${encodeURIComponent(each.accountId)}`}>{words.pages.account}</a> {each.message}</li>)}
      </ul>
    </>
  );
}
