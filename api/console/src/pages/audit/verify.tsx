/** Verify history now, of one account or of all, and tell what holds and what does not. */
import { useEffect, useState } from "preact/hooks";

import { VerifyDocument } from "../../generated/documents/audit";
import type { CheckedFragment, HistoryPeriod } from "../../generated/operations";
import { count } from "../../formats";
import { ask } from "../../shell/client";
import { words } from "../../words";
import { decisionOf } from "./records";

const text = words.audit.verify;

export function Verification({ accountId, period }: { accountId: string | null; period?: HistoryPeriod | null }) {
  const [startedAt, setStarted] = useState<number | null>(null);
  const [result, setResult] = useState<CheckedFragment | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const run = async () => {
    setStarted(Date.now());
    setResult(null);
    setProblem(null);
    try {
      const answer = await ask(VerifyDocument, { accountId, since: period?.since ?? null, before: period?.before ?? null });
      setResult(answer.verifyHistory);
    } catch (error) {
      setProblem(String((error as Error).message));
    }
    setStarted(null);
  };
  return (
    <>
      <h2 id="verify">{text.title}</h2>
      <p class="about">{accountId === null ? text.aboutAll : text.aboutOne}</p>
      <p><button type="button" disabled={startedAt !== null} onClick={() => void run()}>{accountId === null ? text.all : text.one}</button></p>
      <div role="status" aria-live="polite">
        {startedAt !== null && <Running since={startedAt} />}
        {result !== null && <Verified result={result} />}
      </div>
      {problem !== null && <p role="alert" class="failed">{problem}</p>}
    </>
  );
}

function Running({ since }: { since: number }) {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setSeconds(Math.floor((Date.now() - since) / 1000)), 1000);
    return () => clearInterval(timer);
  }, [since]);
  return <p><progress aria-label={text.running} /> <span class="hint">{text.seconds(count(seconds))}</span></p>;
}

function Verified({ result }: { result: CheckedFragment }) {
  const figures: [string, number][] = [
    [text.accounts, result.accounts],
    [text.records, result.records],
    [text.inputs, result.inputs],
    [text.decided, result.decided],
    [text.assigned, result.assigned],
    [text.migrated, result.migrated],
    [text.unproven, result.unproven],
    [text.erased, result.erased],
    [text.letGo, result.letGo],
    [text.checkpoints, result.checkpoints],
    [text.unlogged, result.unlogged],
  ];
  return (
    <>
      <p class={`outcome ${result.holds ? "holds" : "fails"}`}><strong>{result.holds ? text.holds : text.fails(count(result.failed))}</strong></p>
      <dl class="figures">{figures.map(([title, value]) => <div key={title}><dt>{title}</dt><dd>{count(value)}</dd></div>)}</dl>
      <Undecided result={result} />
      <Flaws flaws={result.flaws} />
    </>
  );
}

/** What else no guard decided: what people did before all. */
export function Undecided({ result }: { result: CheckedFragment }) {
  if (result.undecided.length === 0) return null;
  return <p class="hint">{text.undecided(result.undecided.map((each) => each.inWords).join(", "))}</p>;
}

/** What does not hold, with the way to its record. */
export function Flaws({ flaws }: { flaws: CheckedFragment["flaws"] }) {
  if (flaws.length === 0) return null;
  return (
    <ul class="plain flaws">
      {flaws.map((flaw, index) => (
        <li key={index} class="mistake error">
          <strong>{flaw.check}</strong> {flaw.message}{" "}
          {flaw.accountId !== null && flaw.seq !== null && <a href={decisionOf(flaw.accountId, flaw.seq)}>{words.audit.record(flaw.seq)}</a>}
        </li>
      ))}
    </ul>
  );
}
