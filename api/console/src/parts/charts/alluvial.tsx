/** Where accounts stood at one date and where they stand at another: two columns, joined by bands as wide as their accounts. */
import type { ComponentChildren } from "preact";

import { count } from "../../formats";
import { useWidth } from "./width";

export interface Flow {
  readonly from: string;
  readonly to: string;
  readonly count: number;
  readonly href?: string;
}

interface Node {
  readonly key: string;
  readonly y: number;
  readonly height: number;
  readonly count: number;
}

const BAR = 10;
const GAP = 14;
const LABEL = 128;

/** `order` has the keys from top to bottom; those without accounts are left out. */
export function Alluvial(props: { label: string; flows: readonly Flow[]; order: readonly string[]; titleOf: (key: string, side: "from" | "to") => string; hrefOf: (key: string, side: "from" | "to") => string | undefined }) {
  const [element, width] = useWidth(420);
  const { flows, order, titleOf, hrefOf } = props;
  const total = flows.reduce((sum, flow) => sum + flow.count, 0);
  const unit = 240 / Math.max(1, total);
  const left = columnOf(flows, order, unit, "from");
  const right = columnOf(flows, order, unit, "to");
  const height = Math.max(...[left, right].map((nodes) => (nodes.at(-1)?.y ?? 0) + (nodes.at(-1)?.height ?? 0))) + 8;
  const label = Math.min(LABEL, width * 0.3);
  const sides = [label, width - label] as const;
  return (
    <div ref={element} class="alluvial">
      <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="group" aria-label={props.label}>
        {ribbonsOf(flows, order, left, right, unit).map((ribbon, index) => {
          const told = `${titleOf(ribbon.flow.from, "from")} → ${titleOf(ribbon.flow.to, "to")}: ${count(ribbon.flow.count)}`;
          return (
            <Led key={index} href={ribbon.flow.href} label={told}>
              <path class={ribbon.flow.from === ribbon.flow.to ? "ribbon stays" : "ribbon"} d={pathOf(ribbon, sides)} stroke-width={ribbon.width}><title>{told}</title></path>
            </Led>
          );
        })}
        {(["from", "to"] as const).map((side) => (side === "from" ? left : right).map((node) => (
          <g key={`${side} ${node.key}`}>
            <rect x={side === "from" ? sides[0] - BAR : sides[1]} y={node.y} width={BAR} height={node.height} rx="2" class="node" />
            <Led href={hrefOf(node.key, side)}>
              <text x={side === "from" ? sides[0] - BAR - 6 : sides[1] + BAR + 6} y={node.y + node.height / 2 + 4} class={side === "from" ? "end" : ""}>
                {titleOf(node.key, side)} {count(node.count)}
              </text>
            </Led>
          </g>
        )))}
      </svg>
    </div>
  );
}

function Led({ href, label, children }: { href: string | undefined; label?: string; children: ComponentChildren }) {
  return href === undefined ? <>{children}</> : <a href={href} aria-label={label}>{children}</a>;
}

function columnOf(flows: readonly Flow[], order: readonly string[], unit: number, side: "from" | "to"): Node[] {
  let y = 8;
  return order.flatMap((key) => {
    const sum = flows.filter((flow) => flow[side] === key).reduce((all, flow) => all + flow.count, 0);
    if (sum === 0) return [];
    const node = { key, y, height: Math.max(2, sum * unit), count: sum };
    y += node.height + GAP;
    return [node];
  });
}

interface Ribbon {
  readonly flow: Flow;
  readonly start: number;
  readonly end: number;
  readonly width: number;
}

function ribbonsOf(flows: readonly Flow[], order: readonly string[], left: readonly Node[], right: readonly Node[], unit: number): Ribbon[] {
  const used = new Map<string, number>();
  const take = (side: string, nodes: readonly Node[], key: string, width: number): number => {
    const name = `${side} ${key}`;
    const start = used.get(name) ?? nodes.find((node) => node.key === key)?.y ?? 0;
    used.set(name, start + width);
    return start + width / 2;
  };
  const rank = (key: string) => order.indexOf(key);
  return [...flows]
    .filter((flow) => flow.count > 0)
    .sort((one, other) => rank(one.from) - rank(other.from) || rank(one.to) - rank(other.to))
    .map((flow) => {
      const width = flow.count * unit;
      return { flow, width, start: take("left", left, flow.from, width), end: take("right", right, flow.to, width) };
    });
}

function pathOf({ start, end }: Ribbon, [from, to]: readonly [number, number]): string {
  const middle = (from + to) / 2;
  return `M${from},${start}C${middle},${start} ${middle},${end} ${to},${end}`;
}
