/** What reviewers said: marks, questions and their answers, and the form to say more. */
import { useState } from "preact/hooks";

import { AnswerQuestionDocument, MarkReviewedDocument, RaiseQuestionDocument, ReviewMarksDocument } from "../../generated/documents/audit";
import type { ReviewMarksQuery } from "../../generated/operations";
import { date, instant } from "../../formats";
import { Asked } from "../../parts/asked";
import { useMutation, useQuery } from "../../shell/client";
import { newKey } from "../../shell/key";
import { words } from "../../words";
import { decisionOf } from "./records";

type Mark = ReviewMarksQuery["reviewMarks"]["nodes"][number];
type Outcome = { readonly __typename: string; readonly message?: string } | undefined;
const text = words.audit.marks;

/** The marks of one record's account, and the form to add one about the record. */
export function MarksOf({ accountId, seq }: { accountId: string; seq: number }) {
  const [state, again] = useQuery(ReviewMarksDocument, { filter: { accountIds: [accountId], openOnly: false } });
  const renew = () => again({ requestPolicy: "network-only" });
  return (
    <>
      <h2 id="marks">{text.title}</h2>
      <Say about={{ accountId, seq }} done={renew} />
      <Asked state={state} again={again}>{({ reviewMarks }) => <MarkList marks={reviewMarks.nodes} done={renew} />}</Asked>
    </>
  );
}

export interface About {
  readonly accountId: string | null;
  readonly seq?: number;
  readonly since?: string;
  readonly before?: string;
}

/** Say that something was reviewed, or ask about it. */
export function Say({ about, done }: { about: About; done: () => void }) {
  const [comment, setComment] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const [, mark] = useMutation(MarkReviewedDocument);
  const [, raise] = useMutation(RaiseQuestionDocument);
  const input = () => ({ ...about, comment, idempotencyKey: newKey() });
  const told = (outcome: Outcome) => {
    setProblem(outcome?.message ?? null);
    if (outcome?.__typename !== "ReviewMarked") return;
    setComment("");
    done();
  };
  return (
    <form class="say" onSubmit={(event) => event.preventDefault()}>
      <label>{text.comment} <input required maxLength={500} value={comment} onInput={(event) => setComment(event.currentTarget.value)} /></label>
      <button type="button" disabled={comment.trim() === ""} onClick={() => void mark({ input: input() }).then((data) => told(data?.markReviewed))}>{text.reviewed}</button>
      <button type="button" disabled={comment.trim() === ""} onClick={() => void raise({ input: input() }).then((data) => told(data?.raiseQuestion))}>{text.ask}</button>
      {problem !== null && <p role="alert" class="failed">{problem}</p>}
    </form>
  );
}

export function MarkList({ marks, done }: { marks: readonly Mark[]; done: () => void }) {
  if (marks.length === 0) return <p class="hint">{text.none}</p>;
  return <ul class="plain marks">{marks.filter((mark) => mark.kind !== "ANSWER").map((mark) => <OneMark key={mark.id} mark={mark} done={done} />)}</ul>;
}

function OneMark({ mark, done }: { mark: Mark; done: () => void }) {
  const isOpen = mark.kind === "QUESTION" && mark.answers.length === 0;
  return (
    <li class={isOpen ? "mark open" : "mark"}>
      <p>
        <span class="tag">{isOpen ? text.openQuestion : text.kinds[mark.kind]}</span> {mark.comment}
      </p>
      <p class="hint">{mark.author} · {instant(mark.markedAt)} · <Subject mark={mark} /></p>
      {mark.answers.map((answer) => <blockquote key={answer.id}>{answer.comment} <span class="hint">{answer.author} · {instant(answer.markedAt)}</span></blockquote>)}
      {mark.kind === "QUESTION" && <Answer questionId={mark.id} done={done} />}
    </li>
  );
}

function Subject({ mark }: { mark: Mark }) {
  if (mark.accountId === null) return <>{text.period(mark.since === null ? "…" : date(mark.since), mark.before === null ? "…" : date(mark.before))}</>;
  const name = mark.account?.name ?? words.audit.gone;
  return mark.seq === null ? <a href={`/audit?account=${encodeURIComponent(mark.accountId)}`}>{name}</a> : <a href={decisionOf(mark.accountId, mark.seq)}>{name}, {words.audit.record(mark.seq)}</a>;
}

function Answer({ questionId, done }: { questionId: string; done: () => void }) {
  const [comment, setComment] = useState("");
  const [state, answer] = useMutation(AnswerQuestionDocument);
  const outcome = state.data?.answerQuestion;
  const submit = async () => {
    const data = await answer({ input: { questionId, comment, idempotencyKey: newKey() } });
    if (data?.answerQuestion.__typename !== "ReviewMarked") return;
    setComment("");
    done();
  };
  return (
    <form class="say" onSubmit={(event) => { event.preventDefault(); void submit(); }}>
      <label>{text.answer} <input required maxLength={500} value={comment} onInput={(event) => setComment(event.currentTarget.value)} /></label>
      <button type="submit" disabled={state.fetching}>{text.send}</button>
      {outcome !== undefined && "message" in outcome && <p role="alert" class="failed">{outcome.message}</p>}
    </form>
  );
}
