/** Sweep all accounts or a segment's, today's or of a date; rehearsed first, if one likes. */
import { useState } from "preact/hooks";

import { RehearseDocument, SweepDocument } from "../../generated/documents/operations";
import { count } from "../../formats";
import { Refusal } from "../../parts/problem";
import { useMay } from "../../shell/capabilities";
import { useMutation } from "../../shell/client";
import { newKey } from "../../shell/key";
import { words } from "../../words";
import { BackFilling } from "./back-filling";
import { chosenSegments, SegmentChoice } from "./segment-choice";

const text = words.operations;

export function Sweeping() {
  const may = useMay("EVALUATE");
  const [segment, setSegment] = useState("");
  const [day, setDay] = useState("");
  const [swept, sweep] = useMutation(SweepDocument);
  const [rehearsed, rehearse] = useMutation(RehearseDocument);
  if (!may) return null;
  const chosen = { segments: chosenSegments(segment), asOf: day === "" ? null : `${day}T00:00:00Z` };
  const foreseen = rehearsed.data?.rehearseSweep;
  return (
    <section aria-labelledby="sweeping">
      <h2 id="sweeping">{text.sweepTitle}</h2>
      <form class="say" onSubmit={(event) => { event.preventDefault(); void sweep({ input: { ...chosen, idempotencyKey: newKey() } }); }}>
        <SegmentChoice segment={segment} choose={setSegment} />
        <label class="short">{words.portfolio.asOf} <input type="date" value={day} onInput={(event) => setDay(event.currentTarget.value)} /></label>
        <button type="button" disabled={rehearsed.fetching} onClick={() => void rehearse({ input: chosen })}>{text.rehearse}</button>
        <button type="submit" disabled={swept.fetching}>{text.sweep}</button>
      </form>
      <p role="status">
        {rehearsed.fetching && `${text.rehearsing} `}
        {foreseen?.__typename === "SweepRehearsed" && text.foreseen(count(foreseen.counts.lookedAt), count(foreseen.counts.moved), count(foreseen.counts.ctasOpened), count(foreseen.counts.heldByUnknown))}
        {swept.data?.startSweep.__typename === "SweepStarted" && ` ${text.asked}`}
      </p>
      <Refusal outcome={foreseen} />
      <Refusal outcome={swept.data?.startSweep} />
      <BackFilling />
    </section>
  );
}
