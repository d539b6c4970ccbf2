/** What the server found in a draft, with the place of each mistake. */
import type { CheckQuery } from "../../generated/operations";
import { words } from "../../words";

type Mistake = CheckQuery["checkConfiguration"]["diagnostics"][number];
const text = words.machines;

export function Mistakes({ check, open }: { check: CheckQuery["checkConfiguration"] | null; open: (place: Mistake["place"]) => void }) {
  if (check === null) return <p role="status">{text.checking}</p>;
  return (
    <section aria-labelledby="mistakes">
      <h2 id="mistakes">{text.mistakes}</h2>
      <p role="status">{check.isValid && check.warnings === 0 ? text.sound : text.found(check.errors, check.warnings, check.notes)}</p>
      <ul class="plain">
        {check.diagnostics.map((each, index) => (
          <li key={index} class={`mistake ${each.severity.toLowerCase()}`}>
            <button type="button" class="quiet" onClick={() => open(each.place)}>
              {each.place.file}:{each.place.line}:{each.place.column}
            </button>{" "}
            <strong>{words.severities[each.severity]}</strong> {each.message}
            {each.suggestion !== null && <span class="hint"> {text.perhaps(each.suggestion)}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}
