/** Long-tail sampling: entities with something to say and few that lead to them. */

import { Draw } from "@cachalot/tensor";
import type { EntityGraph } from "./graph/entity-graph.js";

export interface LongTail {
  /** Fewer facts make no question. */
  facts: number;
  /** More links to it make a hub. */
  inDegree: number;
}

const LONG_TAIL: LongTail = { facts: 6, inDegree: 3 };

/**
 * All entities of the long tail in a drawn order, those with fewer links to them sooner: weight 1 / (1 + in-degree), without
 * replacement (Efraimidis and Spirakis, 2006).
 */
export function longTail(graph: EntityGraph, seed: number, { facts, inDegree }: LongTail = LONG_TAIL): number[] {
  const draw = new Draw(seed);
  const keyed: [entity: number, key: number][] = [];
  for (let entity = 0; entity < graph.size; entity++) {
    const links = graph.inDegree(entity);
    if (links > inDegree || graph.factCount(entity) < facts) continue;
    const uniform = (draw.integer(0, 2 ** 30 - 1) + 0.5) / 2 ** 30;
    keyed.push([entity, uniform ** (1 + links)]);
  }
  return keyed.sort(([a, keyA], [b, keyB]) => keyB - keyA || a - b).map(([entity]) => entity);
}
