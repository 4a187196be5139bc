import { Random } from "@cachalot/tensor";
import type { TrainingSequence } from "../rl/training-sequence.js";

/** Sequences of random tokens behind prompts that groups share, with kept sets and recorded log-probabilities. */
export function randomSequences(seed: number, vocab: number, { groups = 2, groupSize = 3 } = {}): TrainingSequence[] {
  const random = new Random(seed);
  const token = () => random.integer(vocab);
  return Array.from({ length: groups }, (_, g) => {
    const prompt = Array.from({ length: 3 + 5 * g }, token);
    return Array.from({ length: groupSize }, (): TrainingSequence => {
      const answer = Array.from({ length: 1 + random.integer(6) }, token);
      const sets = answer
        .map((id) => [...new Set([id, token(), token(), token()])])
        .map((set, i) => (i % 3 === 2 ? [] : set));
      return {
        rollout: `${g}`,
        group: `${g}`,
        ids: Int32Array.from([...prompt, ...answer]),
        sampledAt: Int32Array.from(answer, (_, i) => prompt.length + i),
        kept: { ids: Int32Array.from(sets.flat()), counts: Int32Array.from(sets, (set) => set.length) },
        oldLogprobs: Float64Array.from(answer, () => -0.5 - 2 * random.next()),
        temperature: 0.8,
        advantage: random.normal(),
      };
    });
  }).flat();
}
