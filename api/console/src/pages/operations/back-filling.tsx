/** Have the past evaluated: every account at each date of a period, on what was observed by then. */
import { useState } from "preact/hooks";

import { BackFillDocument } from "../../generated/documents/operations";
import { count } from "../../formats";
import { Refusal } from "../../parts/problem";
import { useMay } from "../../shell/capabilities";
import { useMutation } from "../../shell/client";
import { newKey } from "../../shell/key";
import { words } from "../../words";
import { chosenSegments, SegmentChoice } from "./segment-choice";

const text = words.operations.backFill;

export function BackFilling() {
  const may = useMay("EVALUATE");
  const [segment, setSegment] = useState("");
  const [since, setSince] = useState("");
  const [until, setUntil] = useState("");
  const [days, setDays] = useState("1");
  const [state, start] = useMutation(BackFillDocument);
  if (!may) return null;
  const submit = () =>
    start({
      input: {
        since: `${since}T00:00:00Z`,
        until: `${until}T00:00:00Z`,
        step: `P${days}D`,
        segments: chosenSegments(segment),
        idempotencyKey: newKey(),
      },
    });
  const outcome = state.data?.startBackFill;
  return (
    <details class="deed">
      <summary>{text.title}</summary>
      <p class="about">{text.about}</p>
      <form class="say" onSubmit={(event) => { event.preventDefault(); void submit(); }}>
        <SegmentChoice segment={segment} choose={setSegment} />
        <label class="short">{text.since} <input type="date" required value={since} onInput={(event) => setSince(event.currentTarget.value)} /></label>
        <label class="short">{text.until} <input type="date" required value={until} onInput={(event) => setUntil(event.currentTarget.value)} /></label>
        <label class="short">{text.step} <input type="number" required min="1" max="365" value={days} onInput={(event) => setDays(event.currentTarget.value)} /></label>
        <button type="submit" disabled={state.fetching}>{text.start}</button>
      </form>
      <p role="status">{outcome?.__typename === "BackFillStarted" && text.asked(count(outcome.runs.length))}</p>
      <Refusal outcome={outcome} />
    </details>
  );
}
