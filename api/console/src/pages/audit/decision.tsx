/** One record: what was decided, on what evidence, what came before and after, and the proof that it is in the log. */
import { useRoute } from "preact-iso";

import { DecisionDocument, InclusionProofDocument } from "../../generated/documents/audit";
import type { DecisionQuery } from "../../generated/operations";
import { Asked } from "../../parts/asked";
import { LeafTable } from "../../parts/leaves";
import { Taking } from "../../parts/taking";
import { ask, useQuery } from "../../shell/client";
import { words } from "../../words";
import { AuditFrame } from "./frame";
import { Record, decisionOf } from "./records";
import { MarksOf } from "./marks";
import { Verification } from "./verify";

type Decided = NonNullable<DecisionQuery["decision"]>;
const text = words.audit;

export default function Decision() {
  const { params } = useRoute();
  const [state, again] = useQuery(DecisionDocument, { accountId: params.account ?? "", seq: Number(params.seq) });
  return (
    <AuditFrame>
      <Asked state={state} again={again}>{({ decision }) => (decision === null ? <p>{text.noRecord}</p> : <Parts decision={decision} />)}</Asked>
    </AuditFrame>
  );
}

function Parts({ decision }: { decision: Decided }) {
  return (
    <>
      <section aria-labelledby="record">
        <h2 id="record">{text.record(decision.seq)}</h2>
        <ol class="records"><Record row={decision} isAlone /></ol>
        <p class="links">
          <a class="button" href={`/accounts/${encodeURIComponent(decision.accountId)}?asOf=${decision.effectiveAt.slice(0, 10)}`}>{text.accountThen}</a>{" "}
          <a class="button" href={`/audit?account=${encodeURIComponent(decision.accountId)}`}>{text.allOfAccount}</a>
        </p>
      </section>
      <div class="columns">
        <Facts decision={decision} />
        <Chain decision={decision} />
      </div>
      <Findings decision={decision} />
      <Inputs decision={decision} />
      <div class="columns">
        <section aria-labelledby="verify"><Verification accountId={decision.accountId} /></section>
        <section aria-labelledby="marks"><MarksOf accountId={decision.accountId} seq={decision.seq} /></section>
      </div>
    </>
  );
}

function Facts({ decision }: { decision: Decided }) {
  const rows: [string, preact.ComponentChildren][] = [
    [text.fields.move, `${decision.fromStage?.title ?? decision.fromStageKey ?? "–"} → ${decision.toStage?.title ?? decision.toStageKey}`],
    [text.fields.transition, decision.transition],
    [text.fields.trigger, decision.trigger],
    [text.fields.subject, decision.subject],
    [text.fields.reason, decision.reason],
    [text.fields.rules, decision.machine && <a href={`/machines/${decision.machine.segmentKey}`}>{decision.machine.title}</a>],
    [text.fields.version, <code key="v">{decision.machineDigest.slice(0, 12)}</code>],
    [text.fields.engine, decision.evaluator],
    [text.fields.command, decision.commandId],
    [text.fields.before, <code key="b">{decision.prevHash}</code>],
    [text.fields.hash, <code key="h">{decision.hash}</code>],
  ];
  return (
    <section aria-labelledby="facts">
      <h2 id="facts">{text.recordedAs}</h2>
      <dl class="facts">
        {rows.filter(([, value]) => value !== null && value !== "").map(([title, value]) => <div key={title}><dt>{title}</dt><dd>{value}</dd></div>)}
      </dl>
      <Proof decision={decision} />
    </section>
  );
}

function Proof({ decision }: { decision: Decided }) {
  const { accountId, seq } = decision;
  return <p><Taking title={text.proof.title} name={`record-${seq}.tlog-proof`} fetch={async () => (await ask(InclusionProofDocument, { accountId, seq })).inclusionProof} /></p>;
}

function Chain({ decision }: { decision: Decided }) {
  const link = (record: { id: string; seq: number; sentence: string }) => <li key={record.id}><a href={decisionOf(decision.accountId, record.seq)}>{record.sentence}</a></li>;
  return (
    <section aria-labelledby="chain">
      <h2 id="chain">{text.chain}</h2>
      {decision.causedBy === null && decision.followedBy.length === 0 && <p class="hint">{text.alone}</p>}
      {decision.causedBy !== null && <><h3>{text.causedBy}</h3><ul class="plain">{link(decision.causedBy)}</ul></>}
      {decision.followedBy.length > 0 && <><h3>{text.followedBy}</h3><ul class="plain">{decision.followedBy.map(link)}</ul></>}
    </section>
  );
}

function Findings({ decision }: { decision: Decided }) {
  const { evidence } = decision;
  return (
    <section aria-labelledby="findings">
      <h2 id="findings">{text.findings}</h2>
      {evidence.isErased && <p>{text.erased}</p>}
      {!evidence.isErased && evidence.findings.length === 0 && <p class="hint">{text.noFindings}</p>}
      {evidence.findings.map((finding) => (
        <div key={finding.about}>
          <h3>{finding.about} <span class="hint">{finding.verdict.summary}</span></h3>
          <LeafTable label={finding.about} leaves={finding.verdict.leaves} asOf={decision.effectiveAt} />
        </div>
      ))}
    </section>
  );
}

function Inputs({ decision }: { decision: Decided }) {
  const { inputs } = decision.evidence;
  if (inputs.length === 0) return null;
  return (
    <section>
      <details>
        <summary>{text.inputs(inputs.length)}</summary>
        <div class="scrolls" tabIndex={0} role="region" aria-label={text.inputs(inputs.length)}>
          <table class="numbers">
            <thead><tr><th scope="col">{text.field}</th><th scope="col">{words.account.value}</th></tr></thead>
            <tbody>{inputs.map((each) => <tr key={each.field}><th scope="row"><code>{each.field}</code></th><td>{each.value === null ? <span class="hint">{text.unknown}</span> : String(each.value)}</td></tr>)}</tbody>
          </table>
        </div>
      </details>
    </section>
  );
}
