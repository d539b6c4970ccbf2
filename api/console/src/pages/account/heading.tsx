/** Who the account is, where it stands, and whether its clock runs. */
import { useState } from "preact/hooks";

import { PauseDocument, ResumeDocument } from "../../generated/documents/account";
import type { ShownHealthFragment, ShownStageFragment } from "../../generated/operations";
import { date, span } from "../../formats";
import { BandBadge, PaceBadge } from "../../parts/badges";
import { Refusal } from "../../parts/problem";
import { useMay } from "../../shell/capabilities";
import { useMutation } from "../../shell/client";
import { newKey } from "../../shell/key";
import { words } from "../../words";
import type { AccountView } from "./account";

const text = words.account;

export function Heading(props: { account: AccountView; stage: ShownStageFragment | null; health: ShownHealthFragment | null; asOf?: string }) {
  const { account, stage, health } = props;
  return (
    <header class="heading">
      <div>
        <h1>{account.name}</h1>
        <p class="hint">
          {account.key}
          {account.segment && <> · <a href={`/machines/${encodeURIComponent(account.segment.key)}`}>{account.segment.title}</a></>}
          {account.csmName && ` · ${account.csmName}`} · <a href={`/audit?account=${encodeURIComponent(account.id)}`}>{text.inAudit}</a>
        </p>
      </div>
      {stage === null ? <p>{props.asOf === undefined ? text.unassigned : ""}</p> : <Standing stage={stage} health={health} />}
      {props.asOf === undefined && <Clock account={account} />}
    </header>
  );
}

function Standing({ stage, health }: { stage: ShownStageFragment; health: ShownHealthFragment | null }) {
  return (
    <dl class="headline standing">
      <div>
        <dt>{text.stage}</dt>
        <dd><span class="big">{stage.title}</span><span class="hint">{text.since(date(stage.enteredAt))}{stage.visit > 1 && ` · ${text.visit(stage.visit)}`}</span></dd>
      </div>
      <div>
        <dt>{text.timeInStage}</dt>
        <dd><span class="big">{span(stage.timeInStage)}</span><span class="hint">{stage.expected === null ? text.noLimit : text.expected(span(stage.expected))}</span></dd>
      </div>
      <div>
        <dt>{words.portfolio.columns.pace}</dt>
        <dd><span class="big"><PaceBadge stage={stage} /></span><span class="hint">{nextLimit(stage)}</span></dd>
      </div>
      <div>
        <dt>{text.health}</dt>
        <dd><span class="big">{health === null ? "–" : <BandBadge band={health.band} score={health.score} />}</span><span class="hint">{health && trendOf(health)}</span></dd>
      </div>
    </dl>
  );
}

function nextLimit(stage: ShownStageFragment): string {
  if (stage.pace === "ON_TRACK" && stage.behindAfter !== null) return text.behindFrom(date(stage.behindAfter));
  if (stage.pace === "BEHIND" && stage.stuckAfterAt !== null) return text.stuckFrom(date(stage.stuckAfterAt));
  return "";
}

export function trendOf(health: ShownHealthFragment): string {
  const { change, direction, since } = health.trend;
  return change === null ? text.noTrend : text.trend(words.directions[direction], Math.round(change * 10) / 10, date(since));
}

/** Whether the clock of the stage stands still, and the way to stop it or let it go on. */
function Clock({ account }: { account: AccountView }) {
  const may = useMay("PAUSE_ACCOUNT");
  const { pause } = account;
  return (
    <div class="clock">
      {pause !== null && (
        <p class="remark">
          {text.paused(date(pause.since), pause.until === null ? null : date(pause.until))} {pause.reason} {pause.author && <span class="hint">{pause.author}</span>}
        </p>
      )}
      {may && account.stage !== null && (pause === null ? <PauseForm account={account} /> : <ResumeForm account={account} />)}
    </div>
  );
}

function PauseForm({ account }: { account: AccountView }) {
  const [reason, setReason] = useState("");
  const [until, setUntil] = useState("");
  const [state, pause] = useMutation(PauseDocument);
  const submit = () =>
    pause({ input: { accountId: account.id, reason, until: until === "" ? null : `${until}T00:00:00Z`, idempotencyKey: newKey(), expectedRevision: account.revision } });
  return (
    <details class="deed">
      <summary>{text.pause}</summary>
      <form class="say" onSubmit={(event) => { event.preventDefault(); void submit(); }}>
        <label>{text.reason} <input required maxLength={500} value={reason} onInput={(event) => setReason(event.currentTarget.value)} /></label>
        <label class="short">{text.until} <input type="date" value={until} onInput={(event) => setUntil(event.currentTarget.value)} /></label>
        <button type="submit" disabled={state.fetching}>{text.pauseIt}</button>
      </form>
      <Refusal outcome={state.data?.pauseAccount} />
    </details>
  );
}

function ResumeForm({ account }: { account: AccountView }) {
  const [reason, setReason] = useState("");
  const [state, resume] = useMutation(ResumeDocument);
  const submit = () => resume({ input: { accountId: account.id, reason, idempotencyKey: newKey(), expectedRevision: account.revision } });
  return (
    <form class="say" onSubmit={(event) => { event.preventDefault(); void submit(); }}>
      <label>{text.reason} <input required maxLength={500} value={reason} onInput={(event) => setReason(event.currentTarget.value)} /></label>
      <button type="submit" disabled={state.fetching}>{text.resume}</button>
      <Refusal outcome={state.data?.resumeAccount} />
    </form>
  );
}
