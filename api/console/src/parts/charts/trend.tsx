/** A value over time: the median as a line, the middle half as a band around it. */
import { decimal } from "../../formats";
import { scale } from "./scale";
import { useWidth } from "./width";

export interface Point {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly value: number | null;
  readonly lower?: number | null;
  readonly upper?: number | null;
}

const LEFT = 30;
const RIGHT = 46;

export function Trend(props: {
  label: string;
  points: readonly Point[];
  domain: readonly [number, number];
  bounds?: readonly number[];
  height?: number;
  dated: (at: number) => string;
}) {
  const [element, width] = useWidth(320);
  const { points, height = 150 } = props;
  const known = points.filter((point) => point.value !== null);
  const first = points[0]?.at ?? 0;
  const last = points.at(-1)?.at ?? 1;
  const x = scale([first, last], [LEFT, width - RIGHT]);
  const y = scale(props.domain, [height - 22, 8]);
  const end = known.at(-1);
  return (
    <div ref={element} class="trend">
      <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={props.label}>
        {[props.domain[0], ...(props.bounds ?? []), props.domain[1]].map((value) => (
          <g key={value} class="grid">
            <line x1={LEFT} x2={width - RIGHT} y1={y(value)} y2={y(value)} />
            <text x={LEFT - 5} y={y(value) + 4} class="end">{decimal(value)}</text>
          </g>
        ))}
        <text x={LEFT} y={height - 5} class="axis">{props.dated(first)}</text>
        {last !== first && <text x={width - RIGHT} y={height - 5} class="axis end">{props.dated(last)}</text>}
        <path class="band" d={areaOf(points, x, y)} />
        <path class="curve" d={lineOf(known, x, y)} />
        {end !== undefined && (
          <g class="median">
            <circle cx={x(end.at)} cy={y(end.value as number)} r="4" />
            <text x={x(end.at) + 8} y={y(end.value as number) + 4}>{decimal(end.value as number)}</text>
          </g>
        )}
      </svg>
    </div>
  );
}

type Place = (value: number) => number;

function lineOf(points: readonly Point[], x: Place, y: Place): string {
  return points.map((point, index) => `${index === 0 ? "M" : "L"}${x(point.at)},${y(point.value as number)}`).join("");
}

function areaOf(points: readonly Point[], x: Place, y: Place): string {
  const known = points.filter((point) => point.lower != null && point.upper != null);
  if (known.length < 2) return "";
  const above = known.map((point) => `${x(point.at)},${y(point.upper as number)}`);
  const below = known.map((point) => `${x(point.at)},${y(point.lower as number)}`).reverse();
  return `M${[...above, ...below].join("L")}Z`;
}
