/** Planted set: good samples and bad ones, of which it is known which are which. */

import { Draw, hashText } from "@cachalot/tensor";
import { ANSWERERS } from "../answerers/index.js";
import { collectAnswers } from "../collect-answers.js";
import { explore } from "../explore.js";
import { ask } from "../question/ask.js";
import { construct } from "../question/construct.js";
import { longTail } from "../sample-entities.js";
import { SearchDesk } from "../search-tools.js";
import { claimsOf, type Sample } from "../verify/sample.js";
import type { SearchWorld } from "../world.js";
import { PLANTED_KINDS } from "./planted-kinds.js";

export interface PlantedSample {
  sample: Sample;
  /** "good", or the name of a kind in planted-kinds.ts. */
  kind: string;
}

/**
 * So many good samples, and as many bad ones, made of other entities, of every kind in turn. Good by construction: claims are the
 * entity's facts, it alone meets them in the graph, and candidates are other entities.
 */
export async function plantSamples(
  { graph, kind, corpus }: SearchWorld,
  count: number,
  seed: number,
): Promise<PlantedSample[]> {
  const desk = new SearchDesk(corpus, kind);
  const planted: PlantedSample[] = [];
  for (const root of longTail(graph, seed)) {
    if (planted.length === 2 * count) break;
    const entity = graph.entities[root]!;
    const draw = new Draw(hashText(`${seed} ${entity.id}`));
    const explored = await explore(entity.id, desk.tools(), draw);
    const constraints = explored && construct(explored, graph, draw);
    if (!constraints) continue;
    const question = ask(kind, constraints);
    const answers = await collectAnswers({ text: question, constraints }, draw.some(ANSWERERS, 4), desk, draw);
    const candidates = answers.filter(({ id }) => id !== entity.id);
    if (candidates.length === 0) continue;
    const sample = { question, answer: entity, claims: claimsOf(kind, constraints), candidates };
    if (planted.length % 2 === 0) planted.push({ sample, kind: "good" });
    else {
      const { name, plant } = PLANTED_KINDS[((planted.length - 1) / 2) % PLANTED_KINDS.length]!;
      const bad = plant(sample, graph, draw);
      if (bad) planted.push({ sample: bad, kind: name });
    }
  }
  return planted;
}
