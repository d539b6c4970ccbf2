/** One CTA to work on. */
import { useState } from "preact/hooks";

import { CloseWorkDocument, SetTaskDocument, SnoozeWorkDocument } from "../../generated/documents/my-day";
import type { CtaOutcome } from "../../generated/operations";
import { date } from "../../formats";
import { PriorityBadge } from "../../parts/badges";
import { useMutation } from "../../shell/client";
import { newKey } from "../../shell/key";
import { words } from "../../words";
import type { News, WorkItem } from "./my-day";
import { Why } from "./why";

const WEEK_MS = 7 * 86_400_000;
const OUTCOMES: CtaOutcome[] = ["SUCCESS", "FAILED", "INVALID"];
const text = words.myDay;

export function WorkCard({ item, told }: { item: WorkItem; told: (news: News) => void }) {
  const [problem, setProblem] = useState<string | null>(null);
  const [, setTask] = useMutation(SetTaskDocument);
  const [, snooze] = useMutation(SnoozeWorkDocument);
  const say = (outcome: { __typename: string; message?: string } | undefined) => setProblem(outcome?.message ?? null);
  return (
    <li class="card">
      <h3>
        <PriorityBadge priority={item.priority} /> {item.title}
        {item.isFlagged && <span class="badge at_risk"> {text.flagged}</span>}
      </h3>
      <p class="hint">
        {item.account !== null && <a href={`/accounts/${encodeURIComponent(item.account.id)}`}>{item.account.name}</a>}
        {item.account?.stage && ` · ${item.account.stage.title}`} · {item.reasonTitle} · {words.account.dueAt} {date(item.dueAt)} · {item.owner}
        {item.isSnoozed && item.snoozedUntil && ` · ${text.until(date(item.snoozedUntil))}`}
      </p>
      {item.opening !== null && <p class="because">{item.opening.sentence} <span class="hint">{date(item.opening.effectiveAt)}</span></p>}
      <Why item={item} />
      {item.tasks.length > 0 && (
        <ul class="plain">
          {item.tasks.map((task) => (
            <li key={task.key}>
              <label>
                <input
                  type="checkbox"
                  checked={task.doneAt !== null}
                  onChange={(event) =>
                    void setTask({ input: { ctaId: item.id, task: task.key, isDone: event.currentTarget.checked, idempotencyKey: newKey() } }).then((data) => say(data?.setCtaTask))
                  }
                />{" "}
                {task.title} <span class="hint">{date(task.dueAt)}{task.isRequired ? "" : ` · ${text.optional}`}</span>
              </label>
            </li>
          ))}
        </ul>
      )}
      <Closing item={item} told={told} say={say} />
      <button
        type="button"
        onClick={() => {
          const until = item.isSnoozed ? null : new Date(Date.now() + WEEK_MS).toISOString();
          void snooze({ input: { ctaId: item.id, until, idempotencyKey: newKey() } }).then((data) => {
            say(data?.snoozeCta);
            if (data?.snoozeCta.__typename === "CtaChanged") told({ item, done: until === null ? text.woken : text.until(date(until)), followed: null });
          });
        }}
      >
        {item.isSnoozed ? text.wake : text.snooze}
      </button>
      {problem !== null && <p role="alert" class="failed">{problem}</p>}
    </li>
  );
}

function Closing(props: { item: WorkItem; told: (news: News) => void; say: (outcome: { __typename: string; message?: string } | undefined) => void }) {
  const [outcome, setOutcome] = useState<CtaOutcome>("SUCCESS");
  const [comment, setComment] = useState("");
  const [state, close] = useMutation(CloseWorkDocument);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const data = await close({ input: { ctaId: props.item.id, outcome, comment: comment || null, idempotencyKey: newKey() } });
    const result = data?.closeCta;
    if (result?.__typename === "CtaClosed") props.told({ item: props.item, done: words.outcomes[outcome], followed: result.records.slice(1).map((each) => each.sentence) });
    else props.say(result);
  };
  return (
    <form class="inline" onSubmit={(event) => void submit(event as unknown as SubmitEvent)}>
      <label>
        {text.outcome}{" "}
        <select value={outcome} onChange={(event) => setOutcome(event.currentTarget.value as CtaOutcome)}>
          {OUTCOMES.map((each) => <option key={each} value={each}>{words.outcomes[each]}</option>)}
        </select>
      </label>
      <label>
        {text.comment} <input value={comment} maxLength={500} onInput={(event) => setComment(event.currentTarget.value)} />
      </label>
      <button type="submit" disabled={state.fetching}>{text.close}</button>
    </form>
  );
}
