import { type RolloutExport, sequencesOf } from "./rollout-export.js";

/** What a workflow of AReaL returns, a row a sequence. */
export const areal: RolloutExport = {
  name: "areal",
  description: "AReaL workflow output, a row a sequence",
  rows: (step) =>
    sequencesOf(step).map(({ rollout, sequence, logprobs }) => ({
      input_ids: [...sequence.ids],
      loss_mask: [...sequence.sampled],
      logprobs,
      versions: [...sequence.versions],
      rewards: rollout.reward,
    })),
};
