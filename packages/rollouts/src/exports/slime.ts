import type { RolloutOutcome } from "@cachalot/chat";
import { keptSets, nestedExperts, type RolloutExport, sequencesOf } from "./rollout-export.js";

const statusOf = (outcome: RolloutOutcome): string => (outcome === "overlong" ? "truncated" : "completed");

/** slime's `Sample`, a row a sequence. An empty span of the top-p ids is no mask, as for tokens of tools. */
export const slime: RolloutExport = {
  name: "slime",
  description: "slime Sample, a row a sequence",
  rows: (step) =>
    sequencesOf(step).map(({ rollout, sequence, promptLength, logprobs, groupIndex }, index) => {
      const sets = keptSets(sequence, promptLength);
      let end = 0;
      return {
        ...{ index, group_index: groupIndex, rollout_id: rollout.id },
        tokens: [...sequence.ids],
        response_length: sequence.ids.length - promptLength,
        loss_mask: [...sequence.sampled.subarray(promptLength)],
        rollout_log_probs: logprobs.slice(promptLength),
        rollout_top_p_token_ids: sets?.flat() ?? null,
        rollout_top_p_token_offsets: sets ? [0, ...sets.map((set) => (end += set.length))] : null,
        rollout_routed_experts: nestedExperts(sequence) ?? null,
        reward: rollout.reward,
        weight_versions: [...new Set(sequence.versions.filter((version) => version >= 0))].map(String),
        status: statusOf(rollout.outcome),
        metadata: { taskset: rollout.task.taskset, key: rollout.task.key },
      };
    }),
};
