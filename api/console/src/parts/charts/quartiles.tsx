/** The middle half of many values as a strip, with its median. */
import { scale } from "./scale";
import { useWidth } from "./width";

export interface Spread {
  readonly lower: number | null;
  readonly median: number | null;
  readonly upper: number | null;
}

const HEIGHT = 22;

/** Drawn from `from` to `to`; `bounds` are values that mean something, such as where a band begins. */
export function QuartileStrip(props: { spread: Spread; from: number; to: number; bounds?: readonly number[]; label: string }) {
  const [element, width] = useWidth(160);
  const { lower, median, upper } = props.spread;
  const x = scale([props.from, props.to], [5, width - 5]);
  if (lower === null || median === null || upper === null) return <div ref={element} class="strip" />;
  return (
    <div ref={element} class="strip">
      <svg width={width} height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`} role="img" aria-label={props.label}>
        <line class="rail" x1="0" x2={width} y1={HEIGHT / 2} y2={HEIGHT / 2} />
        {(props.bounds ?? []).map((bound) => <line key={bound} class="bound" x1={x(bound)} x2={x(bound)} y1="2" y2={HEIGHT - 2} />)}
        <line class="half" x1={x(lower)} x2={x(upper)} y1={HEIGHT / 2} y2={HEIGHT / 2} />
        <circle class="dot" cx={x(median)} cy={HEIGHT / 2} r="5" />
      </svg>
    </div>
  );
}
