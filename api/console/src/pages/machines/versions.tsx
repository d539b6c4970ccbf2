/** The versions of a segment, newest first, and what each changed in the text of the one before. */
import { diffLines } from "diff";
import { useState } from "preact/hooks";

import type { MachineOfSegmentQuery } from "../../generated/operations";
import { instant } from "../../formats";
import { words } from "../../words";

type Version = MachineOfSegmentQuery["segments"][number]["versions"][number];
const text = words.machines;

export function Versions({ versions }: { versions: readonly Version[] }) {
  const [shown, setShown] = useState<string | null>(null);
  return (
    <section aria-labelledby="versions">
      <h2 id="versions">{text.versions}</h2>
      <ul class="plain">
        {versions.map((each, index) => {
          const before = versions[index + 1];
          const isShown = shown === each.digest;
          return (
            <li key={each.digest}>
              {text.version(each.digest.slice(0, 12), instant(each.publishedAt), each.publishedBy)} {each.isCurrent && <span class="badge healthy">{text.current}</span>}{" "}
              {before !== undefined && (
                <button type="button" aria-expanded={isShown} onClick={() => setShown(isShown ? null : each.digest)}>{text.difference}</button>
              )}
              {before !== undefined && isShown && <Difference before={before.machine.definition} after={each.machine.definition} />}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** Only lines that changed, each with its mark, and one line around them. */
export function Difference({ before, after }: { before: string; after: string }) {
  const parts = diffLines(before, after);
  return (
    <pre class="difference" tabIndex={0}>
      {parts.map((part, index) => {
        const lines = part.value.replace(/\n$/, "").split("\n");
        if (part.added) return <ins key={index}>{lines.map((line) => `+ ${line}\n`)}</ins>;
        if (part.removed) return <del key={index}>{lines.map((line) => `- ${line}\n`)}</del>;
        const around = lines.length <= 4 ? lines : [...lines.slice(0, 2), "…", ...lines.slice(-2)];
        return <span key={index}>{around.map((line) => `  ${line}\n`)}</span>;
      })}
    </pre>
  );
}
