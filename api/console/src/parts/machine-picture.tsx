/** A machine as a picture: its stages in the order of the journey, its transitions as arrows. */
import type { ComponentChildren } from "preact";

import { BOX_HEIGHT, BOX_WIDTH, layOut } from "./lanes";

export interface PicturedStage {
  readonly key: string;
  readonly title: string;
  readonly isFinal: boolean;
  /** A line below the title, such as how many accounts stand there. */
  readonly note?: string;
  /** Whether accounts are stuck there. */
  readonly isStuck?: boolean;
}

export interface PicturedTransition {
  readonly key: string;
  readonly kind: string;
  readonly from: { readonly key: string };
  readonly to: { readonly key: string };
}

/** `walked` has the moves that an account made, as `from>to`; `current` is the stage where it stands. */
export function MachinePicture(props: {
  label: string;
  stages: readonly PicturedStage[];
  transitions: readonly PicturedTransition[];
  current?: string | undefined;
  walked?: ReadonlySet<string>;
  /** Where a stage leads; the picture is then one of links. */
  linkOf?: (stage: string) => string;
}) {
  const { stages, transitions, current, walked = new Set<string>() } = props;
  const edges = transitions.map((each) => ({ key: each.key, from: each.from.key, to: each.to.key }));
  const lanes = layOut(stages.map((stage) => stage.key), edges);
  return (
    <div class="scrolls" tabIndex={0} role="region" aria-label={props.label}>
      <svg class="machine" style={{ maxWidth: `${lanes.width}px` }} viewBox={`0 0 ${lanes.width} ${lanes.height}`} role={props.linkOf === undefined ? "img" : "group"} aria-label={props.label}>
        <defs>
          {["arrow", "arrow-walked"].map((id) => (
            <marker key={id} id={id} class={id} viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
              <path d="M0,0 L8,4 L0,8 z" />
            </marker>
          ))}
        </defs>
        {lanes.arcs.map((arc) => {
          const isWalked = walked.has(arc.key);
          return (
            <path key={arc.key} d={arc.path} class={isWalked ? "arc walked" : "arc"} marker-end={isWalked ? "url(#arrow-walked)" : "url(#arrow)"}>
              <title>{`${arc.edge.key}: ${arc.edge.from} → ${arc.edge.to}`}</title>
            </path>
          );
        })}
        {lanes.boxes.map((box) => {
          const stage = stages.find((each) => each.key === box.key) as PicturedStage;
          const kind = `stage${box.key === current ? " current" : ""}${stage.isFinal ? " final" : ""}${stage.isStuck ? " stuck" : ""}`;
          return (
            <g key={box.key} class={kind} transform={`translate(${box.x},${box.y})`}>
              <Led href={props.linkOf?.(box.key)}>
                <rect width={BOX_WIDTH} height={BOX_HEIGHT} rx="8" />
                <text x={BOX_WIDTH / 2} y={BOX_HEIGHT / 2 + (stage.note ? -3 : 4)}>{stage.title}</text>
                {stage.note && <text class="note" x={BOX_WIDTH / 2} y={BOX_HEIGHT / 2 + 14}>{stage.note}</text>}
              </Led>
            </g>
          );
        })}
      </svg>
    </div>
  );
}

function Led({ href, children }: { href: string | undefined; children: ComponentChildren }) {
  return href === undefined ? <>{children}</> : <a href={href}>{children}</a>;
}
