/** Amounts by month, side by side, each with its number above and its month below. */
import type { ComponentChildren } from "preact";

export interface Amount {
  readonly key: string;
  readonly value: number;
  readonly shown: ComponentChildren;
  readonly note?: ComponentChildren;
  readonly title: string;
}

export function Columns({ amounts, tone = "data" }: { amounts: readonly Amount[]; tone?: string }) {
  const most = Math.max(1, ...amounts.map((each) => each.value));
  return (
    <ul class="columns-chart">
      {amounts.map((each) => (
        <li key={each.key}>
          <span class="value">{each.shown}</span>
          <span class="shaft" aria-hidden="true"><i class={tone} style={{ height: `${Math.round((each.value / most) * 1000) / 10}%` }} /></span>
          <span class="name">{each.title}</span>
          {each.note && <span class="hint">{each.note}</span>}
        </li>
      ))}
    </ul>
  );
}
