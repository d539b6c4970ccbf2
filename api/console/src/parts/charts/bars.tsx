/** Bars in rows with their names and numbers beside them: no key to look up, nothing hangs on colour alone. */
import type { ComponentChildren } from "preact";

/** One part of a bar. */
export interface Part {
  readonly key: string;
  readonly value: number;
  /** What the part says when asked, such as `Healthy: 12`. */
  readonly title: string;
  /** A colour's name, see `charts.css`. */
  readonly tone: string;
  readonly href?: string | undefined;
  /** Written on it where there is room. */
  readonly label?: string;
}

/** A bar of one or more parts against `most`, the length of the longest. */
export function Bar({ parts, most }: { parts: readonly Part[]; most: number }) {
  return (
    <span class="track">
      {parts.map((part) => (part.value === 0 ? null : <Piece key={part.key} part={part} share={most === 0 ? 0 : part.value / most} />))}
    </span>
  );
}

function Piece({ part, share }: { part: Part; share: number }) {
  const shape = { class: `piece ${part.tone}`, style: { width: `${Math.round(share * 10_000) / 100}%` }, title: part.title };
  const label = share >= 0.09 && part.label ? <span class="on">{part.label}</span> : null;
  return part.href === undefined ? (
    <span {...shape} aria-hidden="true">{label}</span>
  ) : (
    <a {...shape} href={part.href} aria-label={part.title}>{label}</a>
  );
}

/** One row: a name, a bar, and what it amounts to. */
export function BarRow(props: { name: ComponentChildren; parts: readonly Part[]; most: number; value: ComponentChildren; note?: ComponentChildren }) {
  return (
    <li class="bar-row">
      <span class="name">{props.name}</span>
      <Bar parts={props.parts} most={props.most} />
      <span class="value">
        {props.value}
        {props.note && <span class="hint"> {props.note}</span>}
      </span>
    </li>
  );
}

/** What the colours of the parts are, in words. */
export function Key({ entries }: { entries: readonly (readonly [tone: string, title: string])[] }) {
  return (
    <p class="key" aria-hidden="true">
      {entries.map(([tone, title]) => (
        <span key={tone}>
          <i class={tone} /> {title}
        </span>
      ))}
    </p>
  );
}
