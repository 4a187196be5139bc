import { nestedExperts, type RolloutExport, sequencesOf } from "./rollout-export.js";

/** verl's `AgentLoopOutput`, a row a sequence: what an agent loop hands its trainer. */
export const verl: RolloutExport = {
  name: "verl",
  description: "verl AgentLoopOutput, a row a sequence",
  rows: (step) =>
    sequencesOf(step).map(({ rollout, sequence, promptLength, logprobs }) => ({
      prompt_ids: [...sequence.ids.subarray(0, promptLength)],
      response_ids: [...sequence.ids.subarray(promptLength)],
      response_mask: [...sequence.sampled.subarray(promptLength)],
      response_logprobs: logprobs.slice(promptLength),
      routed_experts: nestedExperts(sequence) ?? null,
      reward_score: rollout.reward,
      num_turns: rollout.turns,
      extra_fields: { uid: rollout.group, request_id: rollout.id, data_source: rollout.task.taskset },
    })),
};
