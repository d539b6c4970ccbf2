/** One segment's rules: drawn, in words, and how they came about. */
import { useRoute } from "preact-iso";

import { MachineOfSegmentDocument } from "../../generated/documents/machines";
import type { MachineOfSegmentQuery } from "../../generated/operations";
import { span } from "../../formats";
import { Asked } from "../../parts/asked";
import { MachinePicture } from "../../parts/machine-picture";
import { useQuery } from "../../shell/client";
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
              <MachinePicture label={machine.title} stages={machine.stages.map(noted)} transitions={machine.transitions} />
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

function noted(stage: Rules["stages"][number]) {
  return stage.expected === null ? stage : { ...stage, note: text.within(span(stage.expected)) };
}

function Transitions({ transitions }: { transitions: Rules["transitions"] }) {
  return (
    <section aria-labelledby="transitions">
      <h2 id="transitions">{text.transitions}</h2>
      <div class="scrolls" tabIndex={0} role="region" aria-label={words.charts.tableOf(text.transitions)}>
        <table>
          <thead>
            <tr>
              {[text.from, text.to, text.by, text.when, text.then].map((title) => (
                <th key={title} scope="col">{title}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {transitions.map((each) => (
              <tr key={`${each.from.key} ${each.key}`}>
                <td>{each.from.title}</td>
                <td>{each.to.title}</td>
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
