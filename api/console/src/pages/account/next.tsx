/** Every way out of the stage, and for each the leaves of its condition: what is, what it needs, how far that is. */
import { useState } from "preact/hooks";

import { FireDocument, WhyNotThenDocument } from "../../generated/documents/account";
import type { ShownMachineFragment, ShownVerdictFragment } from "../../generated/operations";
import { Asked } from "../../parts/asked";
import { LeafTable } from "../../parts/leaves";
import { Refusal } from "../../parts/problem";
import { useMay } from "../../shell/capabilities";
import { useMutation, useQuery } from "../../shell/client";
import { newKey } from "../../shell/key";
import { words } from "../../words";
import type { AccountView } from "./account";

type Way = AccountView["availableTransitions"][number];
const text = words.account;
const AUTO = "auto";

export function Next({ account }: { account: AccountView }) {
  return (
    <section aria-labelledby="next">
      <h2 id="next">{text.next}</h2>
      {account.heldByUnknown.length > 0 && <p class="remark">{text.held(account.heldByUnknown.join(", "))}</p>}
      {account.stage !== null && account.availableTransitions.length === 0 && <p>{text.nothingNext}</p>}
      <ul class="ways">
        {byTransition(account.availableTransitions).map((ways) => <OneWay key={ways[0].transition.key} account={account} ways={ways} />)}
      </ul>
    </section>
  );
}

/** The ways of one transition belong together, one for each trigger. */
function byTransition(ways: readonly Way[]): [Way, ...Way[]][] {
  const groups = new Map<string, [Way, ...Way[]]>();
  for (const way of ways) {
    const group = groups.get(way.transition.key);
    if (group === undefined) groups.set(way.transition.key, [way]);
    else group.push(way);
  }
  return [...groups.values()];
}

function OneWay({ account, ways }: { account: AccountView; ways: readonly [Way, ...Way[]] }) {
  const isReady = ways.some((way) => way.ready);
  const byPeople = ways.filter((way) => !way.isAutomatic);
  return (
    <li class={isReady ? "ready" : "blocked"}>
      <WayHead to={ways[0].transition.to.title} name={ways[0].transition.key} triggers={ways.map((way) => way.trigger)} kind={ways[0].transition.kind} isReady={isReady} />
      {distinct(ways.map((way) => way.verdict)).map((verdict, index) => <Verdict key={index} name={ways[0].transition.to.title} verdict={verdict} asOf={account.asOf} isReady={isReady} />)}
      {byPeople.map((way) => (way.ready ? <Fire key={way.trigger} account={account} trigger={way.trigger} /> : <FireAnyway key={way.trigger} account={account} trigger={way.trigger} />))}
    </li>
  );
}

function WayHead(props: { to: string; name: string; triggers: readonly string[]; kind: Way["transition"]["kind"]; isReady: boolean }) {
  const said = props.triggers.map((trigger) => (trigger === AUTO ? text.automatic : trigger)).join(", ");
  return (
    <h3>
      <span aria-hidden="true">→ </span>{props.to} <span class={`badge ${props.isReady ? "healthy" : "unknown"}`}>{props.isReady ? text.ready : text.blocked}</span>{" "}
      <span class="tag">{words.transitionKinds[props.kind]}</span> <span class="hint">{props.name} · {said}</span>
    </h3>
  );
}

/** The same condition of several triggers is told once. */
function distinct(verdicts: readonly ShownVerdictFragment[]): ShownVerdictFragment[] {
  return [...new Map(verdicts.map((verdict) => [JSON.stringify(verdict.leaves), verdict])).values()];
}

function Verdict({ name, verdict, asOf, isReady }: { name: string; verdict: ShownVerdictFragment; asOf: string; isReady: boolean }) {
  return (
    <>
      {!isReady && <p class="summary">{verdict.summary}</p>}
      <LeafTable label={name} leaves={verdict.leaves} asOf={asOf} />
    </>
  );
}

/** The button that takes an open way; the revision that was seen goes along, so that nobody acts on an older page. */
function Fire({ account, trigger }: { account: AccountView; trigger: string }) {
  const [state, fire] = useMutation(FireDocument);
  const input = { accountId: account.id, trigger, idempotencyKey: newKey(), expectedRevision: account.revision, override: false };
  return (
    <>
      <p><button type="button" disabled={state.fetching} onClick={() => void fire({ input })}>{text.fireBy(trigger)}</button></p>
      <Refusal outcome={state.data?.fireTransition} />
    </>
  );
}

/** The way against the rules, for those who may: with a reason, and visible for ever. */
function FireAnyway({ account, trigger }: { account: AccountView; trigger: string }) {
  const may = useMay("OVERRIDE_TRANSITION");
  const [reason, setReason] = useState("");
  const [state, fire] = useMutation(FireDocument);
  if (!may) return null;
  const submit = () => fire({ input: { accountId: account.id, trigger, reason, idempotencyKey: newKey(), expectedRevision: account.revision, override: true } });
  return (
    <details class="deed">
      <summary>{text.anyway(trigger)}</summary>
      <form class="say" onSubmit={(event) => { event.preventDefault(); void submit(); }}>
        <label>{text.reason} <input required maxLength={500} value={reason} onInput={(event) => setReason(event.currentTarget.value)} /></label>
        <button type="submit" disabled={state.fetching}>{text.moveAnyway}</button>
      </form>
      <Refusal outcome={state.data?.fireTransition} />
    </details>
  );
}

/** The ways out of the stage of that day, judged by the rules and the facts of that day. */
export function NextThen({ id, machine, stage, asOf }: { id: string; machine: ShownMachineFragment; stage: string; asOf: string }) {
  const ways = machine.transitions.filter((each) => each.from.key === stage);
  return (
    <section aria-labelledby="next">
      <h2 id="next">{text.nextThen}</h2>
      <ul class="ways">{ways.map((way) => <OneWayThen key={way.key} id={id} way={way} asOf={asOf} />)}</ul>
    </section>
  );
}

function OneWayThen({ id, way, asOf }: { id: string; way: ShownMachineFragment["transitions"][number]; asOf: string }) {
  const [state, again] = useQuery(WhyNotThenDocument, { id, transition: way.key, asOf });
  const why = state.data?.account?.whyNot;
  const verdicts = why?.__typename === "WhyNoTransition" ? why.verdicts : [];
  const isReady = verdicts.some((each) => each.verdict.truth === "HOLDS");
  return (
    <li class={isReady ? "ready" : "blocked"}>
      <WayHead to={way.to.title} name={way.key} triggers={verdicts.map((each) => each.trigger)} kind={way.kind} isReady={isReady} />
      <Asked state={state} again={again}>
        {() => <>{distinct(verdicts.map((each) => each.verdict)).map((verdict, index) => <Verdict key={index} name={way.to.title} verdict={verdict} asOf={asOf} isReady={isReady} />)}</>}
      </Asked>
    </li>
  );
}
