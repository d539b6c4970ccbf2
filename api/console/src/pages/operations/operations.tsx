/** What runs by itself: who waits, which workers live, what they did last, and what did not arrive. */
import { OperationsDocument, RunChangedDocument, SweepDocument, type OperationsQuery } from "../../generated/operations";
import { count, decimal, instant } from "../../formats";
import { Asked } from "../../parts/asked";
import { newKey, useMutation, useQuery, useSubscription } from "../../shell/client";
import { words } from "../../words";
import { DeadLetters } from "./dead-letters";

type Data = OperationsQuery["operations"];
const text = words.operations;

export default function Operations() {
  const [state, again] = useQuery(OperationsDocument, {});
  const [swept, sweep] = useMutation(SweepDocument);
  useSubscription(RunChangedDocument, {}, () => again({ requestPolicy: "network-only" }));
  const outcome = swept.data?.startSweep;
  return (
    <>
      <h1>{text.title}</h1>
      <p>
        <button type="button" disabled={swept.fetching} onClick={() => void sweep({ input: { idempotencyKey: newKey(), segments: [] } })}>{text.sweep}</button>{" "}
        <span role="status">{outcome?.__typename === "SweepStarted" ? text.asked : outcome !== undefined && "message" in outcome ? outcome.message : ""}</span>
      </p>
      <Asked state={state} again={again}>
        {({ operations, runs }) => (
          <>
            <Waiting operations={operations} />
            <Jobs operations={operations} />
            <Runs runs={runs.nodes} />
            <Workers operations={operations} />
          </>
        )}
      </Asked>
      <DeadLetters />
    </>
  );
}

function Waiting({ operations }: { operations: Data }) {
  const figures: [string, string][] = [
    [text.marked, count(operations.accountsMarked)],
    [text.due, count(operations.accountsDue)],
    [text.lag, operations.lagSeconds === null ? text.none : text.seconds(decimal(operations.lagSeconds))],
    [text.unrouted, count(operations.messagesUnrouted)],
    ...operations.channels.map((each): [string, string] => [each.channel, text.channel(count(each.waiting), count(each.dead), decimal(each.lagSeconds))]),
  ];
  return (
    <section aria-labelledby="waiting">
      <h2 id="waiting">{text.waiting}</h2>
      <dl class="figures">
        {figures.map(([title, value]) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Jobs({ operations }: { operations: Data }) {
  return (
    <section aria-labelledby="jobs">
      <h2 id="jobs">{text.jobs}</h2>
      {operations.jobs.length === 0 && <p>{text.noJobs}</p>}
      <ul class="plain">
        {operations.jobs.map((each) => (
          <li key={each.job}>
            <strong>{each.job.toLowerCase()}</strong>{" "}
            <span class="hint">{each.schedule} · {each.worker} · {instant(each.startedAt)}{each.finishedAt === null ? ` · ${text.running}` : ""}</span>
            {each.error !== null && <span class="failed"> {each.error}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Runs({ runs }: { runs: OperationsQuery["runs"]["nodes"] }) {
  const columns = [text.run, text.lookedAt, text.moved, text.opened, text.held, text.refused, text.failed, text.disagreements];
  return (
    <section aria-labelledby="runs">
      <h2 id="runs">{text.runs}</h2>
      {runs.length === 0 ? (
        <p>{text.noRuns}</p>
      ) : (
        <div class="scrolls" tabIndex={0} role="region" aria-label={text.runs}>
          <table>
            <thead>
              <tr>{columns.map((title, index) => <th key={title} scope="col" class={index === 0 ? "" : "number"}>{title}</th>)}</tr>
            </thead>
            <tbody>
              {runs.map(({ id, kind, actor, startedAt, counts }) => (
                <tr key={id}>
                  <th scope="row">{text.kinds[kind]} <span class="hint">{instant(startedAt)} · {actor}</span></th>
                  {[counts.lookedAt, counts.moved, counts.ctasOpened, counts.heldByUnknown, counts.changedMeanwhile, counts.failed, counts.disagreements].map((value, index) => (
                    <td key={index} class="number">{count(value)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Workers({ operations }: { operations: Data }) {
  return (
    <section aria-labelledby="workers">
      <h2 id="workers">{text.workers}</h2>
      {operations.workers.length === 0 && <p>{text.noWorkers}</p>}
      <ul class="plain">
        {operations.workers.map((each) => (
          <li key={each.name}>
            <span class={`badge ${each.alive ? "healthy" : "at_risk"}`}>{each.alive ? text.alive : text.silent}</span> {each.name}{" "}
            <span class="hint">{each.version} · {text.seen(instant(each.seenAt))}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
