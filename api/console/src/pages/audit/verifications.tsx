/** Verifications that workers do: asked for here, gone on with after a restart, kept with who asked and what was found. */
import { useEffect } from "preact/hooks";

import { StartVerificationDocument, VerificationsDocument } from "../../generated/documents/audit";
import type { HistoryPeriod, ShownVerificationFragment } from "../../generated/operations";
import { count, instant, percent } from "../../formats";
import { Asked } from "../../parts/asked";
import { Refusal } from "../../parts/problem";
import { useMay } from "../../shell/capabilities";
import { useMutation, useQuery } from "../../shell/client";
import { newKey } from "../../shell/key";
import { words } from "../../words";
import { Flaws, Undecided } from "./verify";

const text = words.audit.verifications;

/** Nobody tells how far a verification is, so it is looked at while one goes on and the page is seen. */
const LOOK_MS = 2000;

export function Verifications({ period }: { period: HistoryPeriod | null }) {
  const may = useMay("REVIEW_HISTORY");
  const [state, again] = useQuery(VerificationsDocument, {});
  const [started, start] = useMutation(StartVerificationDocument);
  const renew = () => again({ requestPolicy: "network-only" });
  const isRunning = state.data?.verifications.nodes.some((each) => each.finishedAt === null) ?? false;
  useEffect(() => {
    if (!isRunning) return;
    const timer = setInterval(() => document.visibilityState === "visible" && renew(), LOOK_MS);
    return () => clearInterval(timer);
  }, [isRunning]);
  const submit = () => start({ input: { since: period?.since ?? null, before: period?.before ?? null, idempotencyKey: newKey() } });
  return (
    <section aria-labelledby="verifications">
      <h2 id="verifications">{text.title}</h2>
      <p class="about">{text.about}</p>
      {may && <p><button type="button" disabled={started.fetching} onClick={() => void submit().then(renew)}>{text.start}</button></p>}
      <Refusal outcome={started.data?.startVerification} />
      <Asked state={state} again={again}>
        {({ verifications }) => (
          <>
            {verifications.nodes.length === 0 && <p class="hint">{text.none}</p>}
            <ul class="plain verifications">{verifications.nodes.map((each) => <One key={each.id} verification={each} />)}</ul>
          </>
        )}
      </Asked>
    </section>
  );
}

function One({ verification }: { verification: ShownVerificationFragment }) {
  const { percentage, report, finishedAt } = verification;
  const told = text.checked(count(report.records), count(report.decided), count(report.assigned), count(report.migrated));
  return (
    <li>
      <strong>{finishedAt === null ? text.running : report.holds ? words.audit.verify.holds : words.audit.verify.fails(count(report.failed))}</strong>{" "}
      <span class="hint">{instant(verification.startedAt)} · {verification.actor} · {told}</span>
      {finishedAt === null && <p><progress aria-label={text.progress} value={percentage} max="100" /> {percent(percentage / 100)}</p>}
      <Undecided result={report} />
      <Flaws flaws={report.flaws} />
    </li>
  );
}
