import { keptSets, nestedExperts, type RolloutExport, sequencesOf } from "./rollout-export.js";

/** prime-rl's `TrainingSample`, a row a sequence. */
export const primeRl: RolloutExport = {
  name: "prime-rl",
  description: "prime-rl TrainingSample, a row a sequence",
  rows: (step) =>
    sequencesOf(step).map(({ rollout, sequence, logprobs, advantage }) => {
      const sets = keptSets(sequence, 0);
      return {
        token_ids: [...sequence.ids],
        mask: Array.from(sequence.sampled, (bit) => bit === 1),
        logprobs,
        temperatures: logprobs.map(() => rollout.sampling.temperature),
        env_name: rollout.task.taskset,
        ref_logprobs: null,
        routed_experts: nestedExperts(sequence) ?? null,
        advantages: Array.from(sequence.sampled, (bit) => (bit === 1 ? advantage : 0)),
        sampling_mask: sets ? { ids: sets.flat(), counts: sets.map(({ length }) => length) } : null,
        reward: rollout.reward,
      };
    }),
};
