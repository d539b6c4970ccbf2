/**
 * Where the stages and transitions of a machine go in its picture.
 *
 * Stages stand in one row, in the order of their definition, which is the order of the journey. Transitions forward
 * bow above the row, those back below it; the further they reach, the higher they bow, so that arcs of different
 * reach do not run into each other.
 */
export interface Edge {
  readonly key: string;
  readonly from: string;
  readonly to: string;
}

export interface Box {
  readonly key: string;
  readonly x: number;
  readonly y: number;
}

export interface Arc {
  readonly key: string;
  readonly edge: Edge;
  readonly path: string;
  readonly forward: boolean;
}

export interface Lanes {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly Box[];
  readonly arcs: readonly Arc[];
}

export const BOX_WIDTH = 132;
export const BOX_HEIGHT = 46;
const GAP = 30;
const RISE = 15;
const MARGIN = 12;

export function layOut(stages: readonly string[], edges: readonly Edge[]): Lanes {
  const place = new Map(stages.map((key, index) => [key, index]));
  const drawn = [...new Map(edges.map((edge) => [`${edge.from}>${edge.to}`, edge])).values()].filter((edge) => edge.from !== edge.to);
  const reach = (edge: Edge) => (place.get(edge.to) ?? 0) - (place.get(edge.from) ?? 0);
  // A curve comes three quarters of the way to where it bends.
  const above = Math.max(0, ...drawn.map(reach).filter((length) => length > 1)) * RISE * 0.75;
  const below = Math.max(0, ...drawn.map((edge) => -reach(edge))) * RISE * 0.75;
  const top = MARGIN + above;
  const boxes = stages.map((key, index) => ({ key, x: MARGIN + index * (BOX_WIDTH + GAP), y: top }));
  const arcs = drawn.map((edge) => arcOf(edge, boxes[place.get(edge.from) ?? 0] as Box, boxes[place.get(edge.to) ?? 0] as Box, reach(edge)));
  return {
    width: 2 * MARGIN + stages.length * BOX_WIDTH + (stages.length - 1) * GAP,
    height: top + BOX_HEIGHT + below + MARGIN,
    boxes,
    arcs,
  };
}

function arcOf(edge: Edge, from: Box, to: Box, reach: number): Arc {
  const key = `${edge.from}>${edge.to}`;
  if (reach === 1) {
    const y = from.y + BOX_HEIGHT / 2;
    return { key, edge, forward: true, path: `M${from.x + BOX_WIDTH},${y} H${to.x - 2}` };
  }
  const forward = reach > 0;
  const edgeY = forward ? from.y : from.y + BOX_HEIGHT;
  const bend = forward ? edgeY - reach * RISE : edgeY - reach * RISE;
  // Leave and arrive at places of their own, so that arrowheads of several arcs stay apart.
  const start = from.x + BOX_WIDTH * (forward ? 0.62 : 0.38);
  const end = to.x + BOX_WIDTH * (forward ? 0.3 : 0.7);
  return { key, edge, forward, path: `M${start},${edgeY} C${start},${bend} ${end},${bend} ${end},${forward ? edgeY - 2 : edgeY + 2}` };
}
