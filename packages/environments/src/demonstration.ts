/** Demonstrations as rollouts: a scripted policy says what solves a task, the environment answers, the rubric judges. */

import { type AssistantMessage, chatCompletion, EOS, type Rollout } from "@cachalot/chat";
import { runRollout } from "./rollout/run-rollout.js";
import { scriptedPolicy } from "./rollout/scripted-policy.js";
import type { Task } from "./task.js";
import type { Style, Taskset } from "./taskset.js";

/** Of the scripted policy, in its own tokens. */
const CONTEXT = 1_000_000;

/** Plays a taskset's own solution of a task; its `messages` are a conversation to learn from where it is `solved`. */
export function playDemonstration<D>(taskset: Taskset<D>, task: Task<D>, style: Style): Promise<Rollout> {
  return playMessages(taskset, task, taskset.demonstrate(task, style));
}

/** Plays the assistant's messages one after the other, the last again and again. */
export function playMessages<D>(
  taskset: Taskset<D>,
  task: Task<D>,
  messages: readonly AssistantMessage[],
): Promise<Rollout> {
  const request = { messages: task.messages, tools: task.tools, thinkingMode: task.mode };
  return playText(taskset, task, (turn) => {
    const text = chatCompletion(request, messages[Math.min(turn, messages.length - 1)]!);
    return text.endsWith(EOS) ? text.slice(0, -EOS.length) : text;
  });
}

/** Plays what a policy writes in each turn, well-formed or not. */
export function playText<D>(taskset: Taskset<D>, task: Task<D>, says: (turn: number) => string): Promise<Rollout> {
  const policy = scriptedPolicy({ says: (_, turn) => says(turn), contextLength: CONTEXT });
  const sampling = { temperature: 1, topP: 1, topK: 0, seed: 0 };
  return runRollout({ taskset, task, policy, sampling, id: task.key, group: task.key, sample: 0 });
}
