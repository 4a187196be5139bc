import type { GeneratedTokens, Rollout } from "@cachalot/chat";
import { Random } from "@cachalot/tensor";
import type { Policy, RolloutSource } from "../rl/rollout-source.js";

const ANSWER = 3;

/**
 * Say the token you were shown: prompts of one token, rewards by how many of the sampled ones equal it. `reward` may judge otherwise;
 * null is a rollout that cannot be judged.
 */
export function tinySourceOf(reward?: (rollout: Rollout, step: number) => number | null): RolloutSource {
  let steps = 0;
  const rollout = async (policy: Policy, task: RolloutTaskOf, seed: number): Promise<Rollout> => {
    const { promptIds, ids, ...generated } = await answerOf(policy, task, seed);
    const right = ids.filter((id) => id === task.digit).length / ANSWER;
    const made: Rollout = {
      id: `${task.group}-${task.sample}`,
      group: task.group,
      sample: task.sample,
      task: { taskset: "echo", key: `${task.digit}`, domain: "logic", level: 0, mode: "chat", split: task.split },
      sequences: [sequenceOf(promptIds, ids, generated)],
      reward: right,
      rewards: { right },
      outcome: right === 1 ? "solved" : "failed",
      turns: 1,
      toolCalls: 0,
      sampling: { ...task.sampling, seed },
      messages: [
        { role: "user", content: `${task.digit}` },
        { role: "assistant", content: ids.join(" ") },
      ],
      tools: [],
    };
    return reward ? { ...made, reward: reward(made, steps) } : made;
  };
  return {
    async collect({ seed, step, round, groups, groupSize, sampling, record }, policy) {
      steps = step + 1;
      const rollouts: Rollout[] = [];
      for (let g = 0; g < groups; g++) {
        const digit = 3 + new Random(seed + 1000 * step + 100 * round + g).integer(4);
        for (let sample = 0; sample < groupSize; sample++)
          rollouts.push(
            await rollout(
              policy,
              { digit, group: `${step}-${round}-${g}`, sample, split: "train", sampling, record },
              seed + 10_000 * step + 1000 * round + 10 * g + sample,
            ),
          );
      }
      return rollouts;
    },
    async evaluate({ perSet, sampling }, policy) {
      const rollouts: Rollout[] = [];
      for (let i = 0; i < perSet; i++)
        rollouts.push(
          await rollout(
            policy,
            { digit: 3 + (i % 4), group: `heldout-${i}`, sample: 0, split: "heldout", sampling, record: {} },
            i,
          ),
        );
      return rollouts;
    },
    state: () => ({ steps }),
    restore: (state) => {
      ({ steps } = state as { steps: number });
    },
  };
}

interface RolloutTaskOf {
  digit: number;
  group: string;
  sample: number;
  split: "train" | "heldout";
  sampling: { temperature: number; topP: number; topK: number };
  record: object;
}

async function answerOf(policy: Policy, { digit, sampling, record }: RolloutTaskOf, seed: number) {
  const request = { prompt: [0, digit, 2], ...sampling, seed, maxTokens: ANSWER, record };
  let generated: GeneratedTokens | undefined;
  for await (const event of policy.model.complete(request)) if (event.type === "generated") generated = event.tokens;
  return generated!;
}

function sequenceOf(prompt: number[], ids: number[], generated: Omit<GeneratedTokens, "promptIds" | "ids">) {
  const { logprobs, rawLogprobs, versions, kept, experts } = generated;
  const read = prompt.map(() => Number.NaN);
  return {
    ids: Int32Array.from([...prompt, ...ids]),
    sampled: Uint8Array.from([...prompt.map(() => 0), ...ids.map(() => 1)]),
    logprobs: Float32Array.from([...read, ...logprobs]),
    rawLogprobs: Float32Array.from([...read, ...rawLogprobs]),
    versions: Int32Array.from([...prompt.map(() => -1), ...versions]),
    ...(kept ? { kept } : {}),
    ...(experts ? { experts: { data: experts.data, shape: experts.shape } } : {}),
  };
}
