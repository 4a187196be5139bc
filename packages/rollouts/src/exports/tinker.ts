import { type RolloutExport, sequencesOf } from "./rollout-export.js";

/** tinker's `Datum`, a row a sequence: targets, log-probabilities, advantages and mask stand one before the token they are of. */
export const tinker: RolloutExport = {
  name: "tinker",
  description: "tinker Datum, a row a sequence",
  rows: (step) =>
    sequencesOf(step).map(({ sequence, logprobs, advantage }) => {
      const mask = [...sequence.sampled.subarray(1)];
      return {
        model_input: { chunks: [{ type: "encoded_text", tokens: [...sequence.ids.subarray(0, -1)] }] },
        loss_fn_inputs: {
          target_tokens: [...sequence.ids.subarray(1)],
          logprobs: logprobs.slice(1),
          advantages: mask.map((bit) => (bit === 1 ? advantage : 0)),
          mask,
        },
      };
    }),
};
