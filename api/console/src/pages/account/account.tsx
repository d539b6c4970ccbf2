/** Everything about one account: where it stands or stood, what could happen next and why not yet, how well it does, what is done. */
import { useRoute } from "preact-iso";

import { AccountChangedDocument, AccountPageDocument, AccountThenDocument, RulesThenDocument } from "../../generated/documents/account";
import type { AccountPageQuery, AccountThenQuery, ShownMachineFragment } from "../../generated/operations";
import { useChoices } from "../../parts/address";
import { Asked } from "../../parts/asked";
import { MachinePicture } from "../../parts/machine-picture";
import { useQuery, useSubscription } from "../../shell/client";
import { words } from "../../words";
import { Alerts } from "./alerts";
import { Ctas } from "./ctas";
import { Heading } from "./heading";
import { Health } from "./health";
import { History } from "./history";
import { Milestones } from "./milestones";
import { Next, NextThen } from "./next";
import { Plans } from "./plans";
import { useScores } from "./scores";
import type { Score } from "./scores";
import { Timeline } from "./timeline";

export type AccountView = NonNullable<AccountPageQuery["account"]>;
export type Then = NonNullable<NonNullable<AccountThenQuery["account"]>["at"]>;
const HALF_YEAR_MS = 183 * 86_400_000;
const DAY_MS = 86_400_000;

export default function Account() {
  const { params } = useRoute();
  const id = params.id ?? "";
  const [choices, choose] = useChoices();
  const asOf = instantOf(choices.asOf);
  const since = halfYearBefore(Date.now());
  const [state, again] = useQuery(AccountPageDocument, { id, since });
  useSubscription(AccountChangedDocument, { id }, () => again({ requestPolicy: "network-only" }));
  return (
    <Asked state={state} again={again}>
      {({ account, successPlanTypes }) => {
        if (account === null) return <p>{words.account.missing}</p>;
        const line = <Timeline account={account} chosen={asOf === null ? null : (choices.asOf ?? null)} choose={(day) => choose("asOf", day, true)} />;
        return asOf === null ? <Now account={account} since={since} types={successPlanTypes} line={line} /> : <Past account={account} asOf={asOf} line={line} />;
      }}
    </Asked>
  );
}

/** The end of a day of UTC that is over; null for the present. */
function instantOf(day: string | undefined): string | null {
  const end = Date.parse(`${day}T23:59:59Z`);
  return Number.isNaN(end) || end >= Date.now() ? null : `${day}T23:59:59Z`;
}

function halfYearBefore(at: number): string {
  return new Date(Math.floor(at / DAY_MS) * DAY_MS - HALF_YEAR_MS).toISOString();
}

function Now({ account, since, types, line }: { account: AccountView; since: string; types: AccountPageQuery["successPlanTypes"]; line: preact.ComponentChildren }) {
  const scores = useScores(account.id, since, account.measureHistory);
  return (
    <>
      <Heading account={account} stage={account.stage} health={account.health} />
      {line}
      {account.machine !== null && <Picture account={account} machine={account.machine} current={account.stage?.key} until={account.asOf} />}
      <Next account={account} />
      <div class="columns">
        <Health account={account} health={account.health} scores={scores} asOf={account.asOf} />
        <div class="stack">
          <Ctas open={account.openCtas} closed={account.closedCtas} />
          <Alerts alerts={account.alerts} asOf={account.asOf} />
          <Milestones milestones={account.milestones} />
          <Plans account={account} types={types} />
        </div>
      </div>
      <History id={account.id} name={account.name} before={null} revision={account.revision} />
    </>
  );
}

/** The account as it stood; what people do is left out, since it is done today. */
function Past({ account, asOf, line }: { account: AccountView; asOf: string; line: preact.ComponentChildren }) {
  const since = halfYearBefore(Date.parse(asOf));
  const [state, again] = useQuery(AccountThenDocument, { id: account.id, asOf, since });
  const scores = useScores(account.id, since, state.data?.account?.measureHistory);
  const then = state.data?.account?.at ?? null;
  const digest = then?.machineDigest ?? "";
  const [rules] = useQuery(RulesThenDocument, { digest }, digest === "");
  const machine = digest === "" ? null : (rules.data?.machine ?? null);
  return (
    <>
      <Heading account={account} stage={then?.stage ?? null} health={then?.health ?? null} asOf={asOf} />
      {line}
      <Asked state={state} again={again}>
        {() => (then === null ? <p class="remark">{words.account.notBegun}</p> : <Stood account={account} then={then} scores={scores} machine={machine} asOf={asOf} />)}
      </Asked>
    </>
  );
}

function Stood({ account, then, scores, machine, asOf }: { account: AccountView; then: Then; scores: Score[]; machine: ShownMachineFragment | null; asOf: string }) {
  return (
    <>
      {machine !== null && <Picture account={account} machine={machine} current={then.stage?.key} until={asOf} />}
      {machine !== null && then.stage !== null && <NextThen id={account.id} machine={machine} stage={then.stage.key} asOf={asOf} />}
      <div class="columns">
        <Health account={null} health={then.health} scores={scores} asOf={asOf} />
        <div class="stack">
          <Ctas open={then.openCtas} closed={[]} />
          <Milestones milestones={then.milestones} />
        </div>
      </div>
      <History key={asOf} id={account.id} name={account.name} before={asOf} revision={account.revision} />
    </>
  );
}

function Picture({ account, machine, current, until }: { account: AccountView; machine: ShownMachineFragment; current: string | undefined; until: string }) {
  return (
    <section aria-labelledby="machine">
      <h2 id="machine">{words.account.machine}</h2>
      <MachinePicture label={machine.title} stages={machine.stages} transitions={machine.transitions} current={current} walked={walkedBy(account, until)} />
    </section>
  );
}

/** The ways that visits ended by, up to a date. */
function walkedBy(account: AccountView, until: string): Set<string> {
  const over = account.stageVisits.filter((visit) => visit.toStage !== null && visit.exitedAt !== null && visit.exitedAt <= until);
  return new Set(over.map((visit) => `${visit.stage}>${visit.toStage}`));
}
