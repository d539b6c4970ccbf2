/** A verdict leaf by leaf: what was asked, what is, what it needs, how far it is from that, and how old the answer is. */
import type { Truth } from "../generated/operations";
import { age, decimal, instant } from "../formats";
import { words } from "../words";

export interface Leaf {
  readonly path: string;
  readonly text: string;
  readonly subject: string;
  readonly required: string;
  readonly actual: string | null;
  readonly truth: Truth;
  readonly distance: number | null;
  readonly unit: string | null;
  readonly observedAt: string | null;
}

const text = words.leaves;
const SHAPES: Record<Truth, string> = { HOLDS: "✓", FAILS: "✕", UNKNOWN: "?" };

export function TruthMark({ truth }: { truth: Truth }) {
  return <span class={`truth ${truth.toLowerCase()}`}><span aria-hidden="true">{SHAPES[truth]}</span> {text.truths[truth]}</span>;
}

export function LeafTable({ label, leaves, asOf }: { label: string; leaves: readonly Leaf[]; asOf: string }) {
  if (leaves.length === 0) return null;
  return (
    <div class="scrolls" tabIndex={0} role="region" aria-label={text.tableOf(label)}>
      <table class="leaf-table">
        <thead>
          <tr>
            <th scope="col">{text.subject}</th>
            <th scope="col">{text.actual}</th>
            <th scope="col">{text.required}</th>
            <th scope="col" class="number">{text.distance}</th>
            <th scope="col">{text.age}</th>
            <th scope="col">{text.verdict}</th>
          </tr>
        </thead>
        <tbody>
          {leaves.map((leaf) => (
            <tr key={leaf.path} title={leaf.text}>
              <th scope="row">{leaf.subject}</th>
              <td>{leaf.actual ?? <span class="hint">{words.account.missingValue}</span>}</td>
              <td>{leaf.required}</td>
              <td class="number">{leaf.distance === null || leaf.distance === 0 ? "" : `${decimal(leaf.distance)} ${leaf.unit ?? ""}`}</td>
              <td>{leaf.observedAt !== null && <time dateTime={leaf.observedAt} title={instant(leaf.observedAt)}>{age(leaf.observedAt, asOf)}</time>}</td>
              <td><TruthMark truth={leaf.truth} /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
