/** Notifications that were given up: why, and the ways to send them again or to let them go. */
import { useState } from "preact/hooks";

import { DeadLettersDocument, PurgeDocument, ReplayDocument } from "../../generated/documents/operations";
import type { DeadLettersQuery } from "../../generated/operations";
import { count, instant } from "../../formats";
import { Asked } from "../../parts/asked";
import { Refusal } from "../../parts/problem";
import { useMay } from "../../shell/capabilities";
import { useMutation, useQuery } from "../../shell/client";
import { words } from "../../words";

type Letter = DeadLettersQuery["deadLetters"]["nodes"][number];
const text = words.operations;

export function DeadLetters({ channels }: { channels: readonly string[] }) {
  const [channel, setChannel] = useState("");
  const [after, setAfter] = useState<string | null>(null);
  const [state, again] = useQuery(DeadLettersDocument, { channel: channel === "" ? null : channel, after });
  return (
    <section aria-labelledby="dead">
      <h2 id="dead">{text.dead}</h2>
      {channels.length > 1 && (
        <form class="filters" onSubmit={(event) => event.preventDefault()}>
          <label>
            {text.channel}
            <select value={channel} onChange={(event) => { setChannel(event.currentTarget.value); setAfter(null); }}>
              <option value="">{words.portfolio.all}</option>
              {channels.map((each) => <option key={each} value={each}>{each}</option>)}
            </select>
          </label>
        </form>
      )}
      <Asked state={state} again={again}>
        {({ deadLetters }) =>
          deadLetters.nodes.length === 0 ? <p class="hint">{text.noDead}</p> : (
            <>
              <Letters letters={deadLetters.nodes} total={deadLetters.totalCount ?? 0} renew={() => again({ requestPolicy: "network-only" })} />
              {deadLetters.pageInfo.hasNextPage && <button type="button" class="more" onClick={() => setAfter(deadLetters.pageInfo.endCursor)}>{words.audit.marks.older}</button>}
            </>
          )
        }
      </Asked>
    </section>
  );
}

function Letters({ letters, total, renew }: { letters: readonly Letter[]; total: number; renew: () => void }) {
  const may = useMay("OPERATE");
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const toggle = (id: string) => setChosen((before) => (before.has(id) ? new Set([...before].filter((each) => each !== id)) : new Set([...before, id])));
  const all = letters.length === chosen.size;
  return (
    <>
      <div class="controls">
        <span>{words.states.ofTotal(count(letters.length), count(total))}</span>
        {may && <label><input type="checkbox" checked={all} onChange={() => setChosen(new Set(all ? [] : letters.map((each) => each.id)))} /> {text.chooseAll}</label>}
      </div>
      <ul class="plain letters">
        {letters.map((each) => (
          <li key={each.id}>
            {may && <input type="checkbox" aria-label={text.choose(each.kind, each.channel)} checked={chosen.has(each.id)} onChange={() => toggle(each.id)} />}{" "}
            <strong>{each.kind}</strong> <span class="tag">{each.channel}</span>{" "}
            <span class="hint"><a href={`/audit/records/${encodeURIComponent(each.accountId)}/${each.revision}`}>{words.audit.record(each.revision)}</a> · {instant(each.diedAt)} · {text.attempts(each.attempts)}</span>
            <p class="reason">{each.error}</p>
          </li>
        ))}
      </ul>
      {may && <Deeds ids={[...chosen]} done={() => { setChosen(new Set()); renew(); }} />}
    </>
  );
}

/** Letting go cannot be undone, so it is asked for twice. */
function Deeds({ ids, done }: { ids: readonly string[]; done: () => void }) {
  const [isSure, setSure] = useState(false);
  const [replayed, replay] = useMutation(ReplayDocument);
  const [purged, purge] = useMutation(PurgeDocument);
  const input = { ids: [...ids] };
  const number = count(ids.length);
  return (
    <p>
      <button type="button" disabled={ids.length === 0 || replayed.fetching} onClick={() => void replay({ input }).then(done)}>{text.replay(number)}</button>{" "}
      {isSure ? (
        <>
          <button type="button" onClick={() => void purge({ input }).then(() => { setSure(false); done(); })}>{text.surely(number)}</button>{" "}
          <button type="button" onClick={() => setSure(false)}>{text.keep}</button>
        </>
      ) : (
        <button type="button" disabled={ids.length === 0 || purged.fetching} onClick={() => setSure(true)}>{text.purge(number)}</button>
      )}
      <Refusal outcome={replayed.data?.replayDeliveries} />
      <Refusal outcome={purged.data?.purgeDeliveries} />
    </p>
  );
}
