import { promptMessages, type RolloutExport, sequencesOf } from "./rollout-export.js";

/** What a `rollout_func` of TRL's `GRPOTrainer` returns, a row a sequence; other columns go to its reward functions. */
export const trl: RolloutExport = {
  name: "trl",
  description: "TRL rollout_func output, a row a sequence",
  rows: (step) =>
    sequencesOf(step).map(({ rollout, sequence, promptLength, logprobs }) => ({
      prompt: promptMessages(rollout),
      prompt_ids: [...sequence.ids.subarray(0, promptLength)],
      completion_ids: [...sequence.ids.subarray(promptLength)],
      logprobs: logprobs.slice(promptLength),
      env_mask: [...sequence.sampled.subarray(promptLength)],
      reward: rollout.reward,
      group: rollout.group,
      task_key: rollout.task.key,
    })),
};
