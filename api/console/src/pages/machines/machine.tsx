/** One segment's rules: drawn, in words, and how they came about. */
import { useRoute } from "preact-iso";

import { MachineOfSegmentDocument, StandingInMachineDocument } from "../../generated/documents/machines";
import { PortfolioChangedDocument } from "../../generated/documents/portfolio";
import type { MachineOfSegmentQuery } from "../../generated/operations";
import { count, span } from "../../formats";
import { Asked } from "../../parts/asked";
import { MachinePicture } from "../../parts/machine-picture";
import { useQuery, useSubscription } from "../../shell/client";
import { words } from "../../words";
import { Versions } from "./versions";

type Rules = NonNullable<MachineOfSegmentQuery["machine"]>;
const text = words.machines;

export default function Machine() {
  const { params } = useRoute();
  const key = params.segment ?? "";
  const [state, again] = useQuery(MachineOfSegmentDocument, { segment: key });
  return (
    <Asked state={state} again={again}>
      {({ machine, segments }) =>
        machine === null ? (
          <p>{text.missing}</p>
        ) : (
          <>
            <h1>{machine.title}</h1>
            <p>
              <a class="button" href={`/machines/edit?file=segments/${key}.yaml`}>{text.edit}</a>{" "}
              <a href={`/accounts?segment=${encodeURIComponent(key)}`}>{text.accounts}</a>
            </p>
            <section aria-labelledby="picture">
              <h2 id="picture">{text.picture}</h2>
              <Standing segment={key} machine={machine} />
            </section>
            <Transitions transitions={machine.transitions} />
            <Alerts alerts={machine.alerts} />
            <Versions versions={segments.find((each) => each.key === key)?.versions ?? []} />
          </>
        )
      }
    </Asked>
  );
}

/** The stages with how many accounts stand there, how many of them are stuck, and how long it may take. */
function Standing({ segment, machine }: { segment: string; machine: Rules }) {
  const [{ data }, again] = useQuery(StandingInMachineDocument, { segment });
  useSubscription(PortfolioChangedDocument, {}, () => again({ requestPolicy: "network-only" }));
  const noted = (stage: Rules["stages"][number]) => {
    const row = data?.reports.pace.find((each) => each.stage === stage.key);
    const standing = row === undefined ? null : text.standing(count(row.onTrack + row.behind + row.stuck), row.stuck === 0 ? null : count(row.stuck));
    const limit = stage.expected === null ? null : text.within(span(stage.expected));
    return { ...stage, note: [standing, limit].filter((each) => each !== null).join(" · "), isStuck: (row?.stuck ?? 0) > 0 };
  };
  return <MachinePicture label={machine.title} stages={machine.stages.map(noted)} transitions={machine.transitions} linkOf={(stage) => `/accounts?segment=${encodeURIComponent(segment)}&stage=${encodeURIComponent(stage)}`} />;
}

function Transitions({ transitions }: { transitions: Rules["transitions"] }) {
  return (
    <section aria-labelledby="transitions">
      <h2 id="transitions">{text.transitions}</h2>
      <div class="scrolls" tabIndex={0} role="region" aria-label={words.charts.tableOf(text.transitions)}>
        <table>
          <thead>
            <tr>
              {[text.from, text.to, text.name, text.by, text.when, text.then].map((title) => (
                <th key={title} scope="col">{title}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {transitions.map((each) => (
              <tr key={`${each.from.key} ${each.key}`}>
                <td>{each.from.title}</td>
                <td>{each.to.title}</td>
                <td>{each.key}</td>
                <td>{each.triggers.join(", ")}</td>
                <td>{[...each.requires.map((leaf) => leaf.text), each.when.text].filter(Boolean).join(text.and)}</td>
                <td>{each.effects.map((effect) => effect.text).join("; ")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Alerts({ alerts }: { alerts: Rules["alerts"] }) {
  if (alerts.length === 0) return null;
  return (
    <section aria-labelledby="alerts">
      <h2 id="alerts">{text.alerts}</h2>
      <dl>
        {alerts.map((each) => (
          <div key={each.key}>
            <dt>{each.title}</dt>
            <dd>
              {each.when.text}
              {each.clearWhen && <span class="hint"> {text.clears(each.clearWhen.text)}</span>}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
