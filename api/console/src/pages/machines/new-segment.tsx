/** Begin the file of another segment, with the least that makes a lifecycle. */
import { useState } from "preact/hooks";

import { words } from "../../words";

const text = words.machines;

/** What a folder without files begins with. */
export const EMPTY_FOLDER = { "catalog.yaml": "schema: lifecycle/v1\n" };

export function NewSegment({ taken, begin }: { taken: readonly string[]; begin: (file: string, content: string) => void }) {
  const [key, setKey] = useState("");
  const file = `segments/${key}.yaml`;
  const submit = () => {
    begin(file, starter(key));
    setKey("");
  };
  return (
    <form class="say" onSubmit={(event) => { event.preventDefault(); submit(); }}>
      <label class="short">{text.newSegment} <input required pattern="[a-z][a-z0-9_]*" maxLength={60} title={text.keyHint} value={key} onInput={(event) => setKey(event.currentTarget.value)} /></label>
      <button type="submit" disabled={taken.includes(file)}>{text.begin}</button>
    </form>
  );
}

function starter(key: string): string {
  return `schema: lifecycle/v1
segment: ${key}
title: ${key}
rank: 99
applies_to: {manual: true}
initial: first
stages:
  first:
    title: First
    transitions:
      - {key: end, to: last, kind: exit, trigger: [end], when: {stage_age: {at_least: 1d}}}
  last: {title: Last, final: true}
`;
}
