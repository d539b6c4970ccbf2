/** Whether history holds: verify it here, take the signed checkpoints along, and prove that one grew out of another. */
import { CheckpointsDocument, ConsistencyProofDocument } from "../../generated/documents/audit";
import type { CheckpointsQuery } from "../../generated/operations";
import { count, instant } from "../../formats";
import { useChoices } from "../../parts/address";
import { Asked } from "../../parts/asked";
import { save } from "../../parts/csv";
import { Taking } from "../../parts/taking";
import { ask, useQuery } from "../../shell/client";
import { words } from "../../words";
import { Day } from "../portfolio/filters";
import { periodOf } from "./filter";
import { AuditFrame } from "./frame";
import { Verifications } from "./verifications";
import { Verification } from "./verify";

type Checkpoint = CheckpointsQuery["checkpoints"][number];
const text = words.audit.checkpoints;
const SHOWN = 50;

export default function VerificationPage() {
  const [choices, choose] = useChoices();
  const [state, again] = useQuery(CheckpointsDocument, {});
  const given = { choices, choose };
  return (
    <AuditFrame>
      <section aria-labelledby="verify">
        <Verification accountId={null} period={periodOf(choices)} />
        <form class="filters" onSubmit={(event) => event.preventDefault()}>
          <Day name="since" title={words.audit.verify.since} {...given} />
          <Day name="before" title={words.audit.verify.before} {...given} />
        </form>
      </section>
      <Verifications period={periodOf(choices)} />
      <section aria-labelledby="checkpoints">
        <h2 id="checkpoints">{text.title}</h2>
        <p class="about">{text.about}</p>
        <Asked state={state} again={again}>{({ checkpoints }) => (checkpoints.length === 0 ? <p>{text.none}</p> : <Checkpoints all={checkpoints} />)}</Asked>
      </section>
    </AuditFrame>
  );
}

function Checkpoints({ all }: { all: readonly Checkpoint[] }) {
  return (
    <div class="scrolls" tabIndex={0} role="region" aria-label={words.charts.tableOf(text.title)}>
      <table class="numbers">
        <thead>
          <tr><th scope="col" class="number">{text.size}</th><th scope="col">{text.signedAt}</th><th scope="col">{text.verifier}</th><th scope="col">{text.take}</th></tr>
        </thead>
        <tbody>
          {all.slice(0, SHOWN).map((each, index) => (
            <tr key={`${each.size} ${each.signedAt}`}>
              <th scope="row" class="number">{count(each.size)}</th>
              <td>{instant(each.signedAt)}</td>
              <td><code>{each.verifier}</code></td>
              <td>
                <button type="button" class="tool" onClick={() => save(`checkpoint-${each.size}.note`, each.note, "text/plain;charset=utf-8")}>{text.note}</button>{" "}
                <Grown from={all.slice(index + 1).find((older) => older.size < each.size)} to={each} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The proof that a checkpoint's log begins with that of the one before. */
function Grown({ from, to }: { from: Checkpoint | undefined; to: Checkpoint }) {
  if (from === undefined) return null;
  const fetch = async () => (await ask(ConsistencyProofDocument, { oldSize: from.size, newSize: to.size })).consistencyProof;
  return <Taking title={text.grown(count(from.size))} name={`consistency-${from.size}-${to.size}.proof`} fetch={fetch} isSmall />;
}
