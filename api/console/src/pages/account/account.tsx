/** Everything about one account: where it stands, what could happen next and why not yet, how well it does, what is being done. */
import { useRoute } from "preact-iso";

import { AccountChangedDocument, AccountPageDocument, type AccountPageQuery } from "../../generated/operations";
import { date, span } from "../../formats";
import { Asked } from "../../parts/asked";
import { BandBadge, PaceBadge } from "../../parts/badges";
import { MachinePicture } from "../../parts/machine-picture";
import { useQuery, useSubscription } from "../../shell/client";
import { words } from "../../words";
import { Ctas } from "./ctas";
import { Health } from "./health";
import { History } from "./history";
import { Milestones } from "./milestones";
import { Next } from "./next";

export type AccountView = NonNullable<AccountPageQuery["account"]>;

export default function Account() {
  const { params } = useRoute();
  const id = params.id ?? "";
  const [state, again] = useQuery(AccountPageDocument, { id });
  useSubscription(AccountChangedDocument, { id }, () => again({ requestPolicy: "network-only" }));
  return (
    <Asked state={state} again={again}>
      {({ account }) => (account === null ? <p>{words.account.missing}</p> : <AccountParts account={account} />)}
    </Asked>
  );
}

function AccountParts({ account }: { account: AccountView }) {
  return (
    <>
      <Heading account={account} />
      {account.machine !== null && (
        <section aria-labelledby="machine">
          <h2 id="machine">{words.account.machine}</h2>
          <MachinePicture
            label={account.segment?.title ?? words.account.machine}
            stages={account.machine.stages}
            transitions={account.machine.transitions}
            current={account.stage?.key}
            walked={walkedBy(account)}
          />
        </section>
      )}
      <div class="columns">
        <Next account={account} />
        <Health health={account.health} />
        <Ctas ctas={account.openCtas} />
        <Milestones milestones={account.milestones} asOf={account.asOf} />
      </div>
      <History records={account.history.nodes} />
    </>
  );
}

function Heading({ account }: { account: AccountView }) {
  const { stage } = account;
  return (
    <header class="heading">
      <h1>{account.name}</h1>
      <p class="hint">
        {account.key}
        {account.segment && ` · ${account.segment.title}`}
        {account.csmName && ` · ${account.csmName}`}
      </p>
      {stage === null ? (
        <p>{words.account.unassigned}</p>
      ) : (
        <p>
          <strong>{stage.title}</strong> {words.account.since(date(stage.enteredAt))} ({span(stage.timeInStage)}
          {stage.expected && `, ${words.account.expected(span(stage.expected))}`}) <PaceBadge pace={stage.pace} />{" "}
          <BandBadge band={account.health.band} score={account.health.score} />
        </p>
      )}
    </header>
  );
}

function walkedBy(account: AccountView): Set<string> {
  const moves = account.history.nodes.filter((record) => record.fromStage !== null && record.fromStage.key !== record.toStage?.key);
  return new Set(moves.map((record) => `${record.fromStage?.key}>${record.toStage?.key}`));
}
