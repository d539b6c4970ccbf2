/** What runs by itself: who waits and for how long, what sweeps did, what was set aside, and what did not arrive. */
import { useEffect } from "preact/hooks";

import { OperationsDocument } from "../../generated/documents/operations";
import type { OperationsQuery } from "../../generated/operations";
import { count, decimal, instant, lasting } from "../../formats";
import { Asked } from "../../parts/asked";
import { useQuery } from "../../shell/client";
import { words } from "../../words";
import { DeadLetters } from "./dead-letters";
import { Runs } from "./runs";
import { Sweeping } from "./sweeping";

type Data = OperationsQuery["operations"];
const text = words.operations;

/** Queues tell nobody when they grow, so they are looked at while the page is seen. */
const LOOK_MS = 5000;

export default function Operations() {
  const [state, again] = useQuery(OperationsDocument, {});
  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === "visible" && again({ requestPolicy: "network-only" }), LOOK_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <>
      <h1>{text.title}</h1>
      <Asked state={state} again={again}>
        {({ operations }) => (
          <>
            <Waiting operations={operations} />
            <Sweeping />
            <Runs />
            <div class="columns">
              <Channels operations={operations} />
              <Jobs operations={operations} />
              <Workers operations={operations} />
            </div>
            <DeadLetters channels={operations.channels.map((each) => each.channel)} />
          </>
        )}
      </Asked>
    </>
  );
}

function Waiting({ operations }: { operations: Data }) {
  const dead = operations.channels.reduce((sum, each) => sum + each.dead, 0);
  const figures: [title: string, value: string, note: string, link?: string][] = [
    [text.marked, count(operations.accountsMarked), ""],
    [text.due, count(operations.accountsDue), operations.lagSeconds === null ? text.nothingLate : text.oldest(lasting(operations.lagSeconds))],
    [text.unrouted, count(operations.messagesUnrouted), ""],
    [text.given, count(dead), ""],
    [text.rowsRefused, count(operations.rowsRefused), "", "/operations/ingest-errors?state=open"],
    [text.alive, count(operations.workers.filter((each) => each.alive).length), text.ofWorkers(count(operations.workers.length))],
  ];
  return (
    <section aria-label={text.waiting} class="bare">
      <dl class="headline six">
        {figures.map(([title, value, note, link]) => (
          <div key={title}><dt>{title}</dt><dd><span class="big">{link === undefined ? value : <a href={link}>{value}</a>}</span><span class="hint">{note}</span></dd></div>
        ))}
      </dl>
    </section>
  );
}

function Channels({ operations }: { operations: Data }) {
  return (
    <section aria-labelledby="channels">
      <h2 id="channels">{text.channels}</h2>
      {operations.channels.length === 0 ? <p class="hint">{text.noChannels}</p> : (
        <table class="numbers">
          <thead><tr><th scope="col">{text.channel}</th><th scope="col" class="number">{text.onTheWay}</th><th scope="col" class="number">{text.given}</th><th scope="col" class="number">{text.behind}</th></tr></thead>
          <tbody>
            {operations.channels.map((each) => <tr key={each.channel}><th scope="row">{each.channel}</th><td class="number">{count(each.waiting)}</td><td class="number">{count(each.dead)}</td><td class="number">{lasting(each.lagSeconds)}</td></tr>)}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Jobs({ operations }: { operations: Data }) {
  return (
    <section aria-labelledby="jobs">
      <h2 id="jobs">{text.jobs}</h2>
      {operations.jobs.length === 0 && <p class="hint">{text.noJobs}</p>}
      <ul class="plain">
        {operations.jobs.map((each) => (
          <li key={each.job}>
            <strong>{text.jobNames[each.job]}</strong> <span class="hint">{text.every(each.schedule)} · {instant(each.startedAt)} · {each.worker} · {tookOf(each)}</span>
            {each.error !== null && <p class="failed" role="note">{each.error}</p>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function tookOf(job: Data["jobs"][number]): string {
  return job.finishedAt === null ? text.running : text.took(decimal((Date.parse(job.finishedAt) - Date.parse(job.startedAt)) / 1000));
}

function Workers({ operations }: { operations: Data }) {
  return (
    <section aria-labelledby="workers">
      <h2 id="workers">{text.workers}</h2>
      {operations.workers.length === 0 && <p class="hint">{text.noWorkers}</p>}
      <ul class="plain">
        {operations.workers.map((each) => (
          <li key={each.name}>
            <span class={`badge ${each.alive ? "healthy" : "at_risk"}`}>{each.alive ? text.isAlive : text.silent}</span> {each.name}{" "}
            <span class="hint">{each.version} · {text.seen(instant(each.seenAt))}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
