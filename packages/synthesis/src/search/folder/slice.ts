/** Slice: the part of a corpus that goes into a task folder: what the answer needs, near misses, and others. */

import type { Draw } from "@cachalot/tensor";
import type { EntityGraph } from "../graph/entity-graph.js";
import { judgeAll } from "../judge-page.js";
import type { ReadPage, SearchTools } from "../search-tools.js";
import type { VerifiedSample } from "../verify/sample.js";

export interface Slice {
  pages: ReadPage[];
  /** For every page but the answer's, the claim that does not hold of it. */
  broken: Record<string, string>;
}

/**
 * What is unique in the corpus is unique in a part of it.
 * @param near ids of near misses, the nearest first
 */
export async function sliceOf(
  sample: VerifiedSample,
  near: readonly string[],
  graph: EntityGraph,
  tools: SearchTools,
  draw: Draw,
  documents: number,
): Promise<Slice> {
  const needed = sample.proof.flatMap(({ evidence }) => evidence.map(({ page }) => page));
  const ids = new Set([sample.answer.id, ...needed, ...sample.candidates.map(({ id }) => id)]);
  for (const id of near) if (ids.size < documents) ids.add(id);
  for (let i = 0; i < 4 * documents && ids.size < documents; i++)
    ids.add(graph.entities[draw.integer(0, graph.size - 1)]!.id);
  const constraints = sample.claims.flatMap(({ constraint }) => constraint ?? []);
  const pages: ReadPage[] = [];
  const broken: Record<string, string> = {};
  for (const id of draw.shuffled([...ids])) {
    const page = await tools.open(id);
    if (page === undefined) continue;
    pages.push(page);
    if (id === sample.answer.id) continue;
    const verdicts = await judgeAll(page, constraints, tools);
    const refutation = sample.refutations.find((refutation) => refutation.id === id);
    broken[id] = refutation?.claim ?? sample.claims[verdicts.length - 1]?.text ?? "is known to answer the question";
  }
  return { pages, broken };
}
