/** What was used and how often, by segment: what never was comes first, since nobody knows whether it works. */
import { count } from "../../../formats";
import { BarRow } from "../../../parts/charts/bars";
import { words } from "../../../words";
import { Counted } from "../counted";
import { segmentTitle, useJourneys } from "../journeys";

export interface Use {
  readonly segment: string;
  /** What it is, in words. */
  readonly kind: string;
  readonly key: string;
  readonly title: string;
  readonly count: number;
  readonly address: string;
  readonly tone: string;
}

const SHOWN = 6;

export function Uses({ uses, never }: { uses: readonly Use[]; never: string }) {
  const journeys = useJourneys();
  const segments = [...new Set(uses.map((use) => use.segment))];
  const most = Math.max(1, ...uses.map((use) => use.count));
  return (
    <div class="groups uses">
      {segments.map((segment) => (
        <div key={segment} class="group">
          <h3>{segmentTitle(journeys, segment)}</h3>
          <OfSegment uses={uses.filter((use) => use.segment === segment)} never={never} most={most} />
        </div>
      ))}
    </div>
  );
}

function OfSegment({ uses, never, most }: { uses: readonly Use[]; never: string; most: number }) {
  const unused = uses.filter((use) => use.count === 0);
  const used = uses.filter((use) => use.count > 0).sort((one, other) => other.count - one.count);
  return (
    <>
      {unused.length > 0 && <h4>{never}</h4>}
      <ul class="chips">
        {unused.map((use) => <li key={keyOf(use)}><a href={`/machines/${use.segment}`}>{use.title}</a> <span class="hint">{use.kind}</span></li>)}
      </ul>
      <ul class="bars">
        {used.slice(0, SHOWN).map((use) => (
          <BarRow
            key={keyOf(use)}
            name={<>{use.title} <span class="hint">{use.kind}</span></>}
            parts={[{ key: "n", value: use.count, tone: use.tone, title: `${use.kind}: ${count(use.count)}` }]}
            most={most}
            value={<Counted value={use.count} address={use.address} />}
          />
        ))}
      </ul>
      {used.length > SHOWN && <p class="hint">{words.reports.restInTable(count(used.length - SHOWN))}</p>}
    </>
  );
}

const keyOf = (use: Use) => `${use.kind} ${use.key}`;
