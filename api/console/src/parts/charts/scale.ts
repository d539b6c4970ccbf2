/** Numbers to places. */
export type Scale = (value: number) => number;

/** A straight scale; a domain without length puts everything at the beginning. */
export function scale(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const [from, to] = domain;
  const [start, end] = range;
  const slope = to === from ? 0 : (end - start) / (to - from);
  return (value) => Math.round((start + (value - from) * slope) * 100) / 100;
}

/** About `wanted` round numbers from 0 to `most`. */
export function ticks(most: number, wanted: number): number[] {
  if (most <= 0) return [0];
  const rough = most / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, index) => index * step);
}
