/**
 * How long visits last: the share that is still there after so many days, with its 95 % band.
 *
 * The limits of the rules stand on the same axis, so that one sees how many outlast them.
 */
import { inDays, percent } from "../../formats";
import { words } from "../../words";
import { scale, ticks } from "./scale";
import { useWidth } from "./width";

export interface Step {
  readonly days: number;
  readonly share: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** A limit in days. */
export interface Mark {
  readonly days: number;
  readonly title: string;
  readonly tone: "behind" | "stuck";
}

const HEIGHT = 150;
const LEFT = 34;
const TOP = 30;
const BOTTOM = 22;
const text = words.charts;

export function Survival(props: { label: string; steps: readonly Step[]; median: number | null; marks: readonly Mark[]; longest: number }) {
  const [element, width] = useWidth(280);
  const { steps, median, marks } = props;
  const longest = Math.max(props.longest, 1, ...marks.map((mark) => mark.days * 1.1));
  const x = scale([0, longest], [LEFT, width - 8]);
  const isRight = median !== null && x(median) > width * 0.55;
  const y = scale([0, 1], [HEIGHT - BOTTOM, TOP]);
  return (
    <div ref={element} class="survival">
      <svg width={width} height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`} role="img" aria-label={props.label}>
        {[0, 0.5, 1].map((share) => (
          <g key={share} class="grid">
            <line x1={LEFT} x2={width - 8} y1={y(share)} y2={y(share)} />
            <text x={LEFT - 5} y={y(share) + 4} class="end">{percent(share)}</text>
          </g>
        ))}
        {ticks(longest, Math.max(2, width / 90)).map((days) => (
          <text key={days} x={x(days)} y={HEIGHT - 6} class="axis middle">{days}</text>
        ))}
        <path class="band" d={bandOf(steps, x, y, longest)} />
        {marks.map((mark, index) => <Limit key={mark.tone} mark={mark} at={x(mark.days)} line={index} width={width} />)}
        <path class="curve" d={curveOf(steps, x, y, longest)} />
        {median !== null && (
          <g class="median">
            <circle cx={x(median)} cy={y(0.5)} r="4" />
            <text x={x(median) + (isRight ? -7 : 7)} y={y(0.5) - 6} class={isRight ? "end" : ""}>{text.half(inDays(median, true))}</text>
          </g>
        )}
      </svg>
    </div>
  );
}

function Limit({ mark, at, line, width }: { mark: Mark; at: number; line: number; width: number }) {
  const isLate = at > width * 0.6;
  return (
    <g class={`limit ${mark.tone}`}>
      <line x1={at} x2={at} y1={line * 13 + 6} y2={HEIGHT - BOTTOM} />
      <text x={isLate ? at - 4 : at + 4} y={line * 13 + 11} class={isLate ? "end" : ""}>{mark.title}</text>
    </g>
  );
}

type Place = (value: number) => number;

/** The curve holds its height until the next end; after the last it goes on to the right edge. */
function curveOf(steps: readonly Step[], x: Place, y: Place, longest: number): string {
  const drawn = steps.map((step) => `H${x(Math.min(step.days, longest))}V${y(step.share)}`).join("");
  return `M${x(0)},${y(1)}${drawn}H${x(longest)}`;
}

function bandOf(steps: readonly Step[], x: Place, y: Place, longest: number): string {
  const known = steps.filter((step) => step.low !== null && step.high !== null);
  if (known.length === 0) return "";
  const corners = (side: "low" | "high") => {
    let before = 1;
    return known.flatMap((step) => {
      const after = step[side] as number;
      const pair = [`${x(step.days)},${y(before)}`, `${x(step.days)},${y(after)}`];
      before = after;
      return pair;
    }).concat(`${x(longest)},${y(before)}`);
  };
  return `M${corners("high").join("L")}L${corners("low").reverse().join("L")}Z`;
}
