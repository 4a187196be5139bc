/** Rollout: a policy works on a task in its environment, token by token, and is judged. */

import { type AssistantMessage, ChatError, type RecordOptions, type Rollout } from "@cachalot/chat";
import type { Environment } from "../environment.js";
import { type Task, taskOf } from "../task.js";
import type { Taskset } from "../taskset.js";
import { Conversation } from "./conversation.js";
import { callTool, EnvironmentFault, guarded, type Patience } from "./environment-fault.js";
import { judge, type Verdict } from "./judge.js";
import type { RolloutPolicy, Sampling } from "./policy.js";

export interface RolloutOptions<D> {
  taskset: Pick<Taskset<D>, "open" | "rubric">;
  task: Task<D>;
  policy: RolloutPolicy;
  /** Unique in its run. */
  id: string;
  /** Of rollouts of the same task. */
  group: string;
  /** Place in the group, from 0. */
  sample: number;
  sampling: Sampling & { seed: number };
  record?: RecordOptions;
  /** The longest that a tool, an environment or a judge may take, in milliseconds. Default 30 s. */
  timeoutMs?: number;
  signal?: AbortSignal | undefined;
}

/** How the policy's part ended. */
interface End {
  reason: "done" | "overlong" | "unparsed";
  answer: AssistantMessage | undefined;
}

/** A rollout under way. */
interface Working<D> {
  task: Task<D>;
  environment: Environment;
  conversation: Conversation;
  patience: Patience;
  /** Calls made. */
  calls: { made: number };
}

/**
 * Runs one rollout. What a policy does, what an environment breaks and what a judge cannot judge is data: the outcome says which.
 * The environment is opened for it and closed at the end.
 *
 * @throws the signal's reason where that aborts; what the policy's model throws, which is nothing that this task can help
 */
export async function runRollout<D>(options: RolloutOptions<D>): Promise<Rollout> {
  const { taskset, task, policy, sampling, record = {}, timeoutMs = 30_000, signal } = options;
  const patience: Patience = { timeoutMs, signal };
  const conversation = new Conversation({ policy, task, sampling, record, signal });
  const calls = { made: 0 };
  const verdict = await withEnvironment(taskset, task, patience, async (environment) => {
    const working = { task, environment, conversation, patience, calls };
    return judged(taskset, working, await converse(working));
  });
  return {
    ...{ id: options.id, group: options.group, sample: options.sample, task: taskOf(task) },
    sequences: conversation.sequences,
    ...verdict,
    ...{ turns: conversation.turns, toolCalls: calls.made, sampling: { ...sampling } },
    ...{ messages: conversation.messages, tools: [...task.tools] },
  };
}

/** Opens the environment, works in it and closes it, whatever happens. A fault of its own is the verdict. */
async function withEnvironment<D>(
  taskset: Pick<Taskset<D>, "open">,
  task: Task<D>,
  patience: Patience,
  work: (environment: Environment) => Promise<Verdict>,
): Promise<Verdict> {
  try {
    const environment = await guarded("opening the environment", patience, () => taskset.open(task));
    try {
      return await work(environment);
    } finally {
      // What it did is judged by now; one that cannot end cleanly is nothing the policy did.
      await guarded("closing the environment", { timeoutMs: patience.timeoutMs }, () => environment.close()).catch(
        () => {},
      );
    }
  } catch (error) {
    if (error instanceof EnvironmentFault)
      return { reward: null, rewards: {}, outcome: "tool-error", error: error.message };
    throw error;
  }
}

/** Answers and results in turn, until the policy is done or out of its budget. */
async function converse<D>({ task, environment, conversation, patience, calls }: Working<D>): Promise<End> {
  const { messages } = conversation;
  for (;;) {
    const said = await answered(conversation);
    if ("problem" in said) return { reason: said.problem, answer: undefined };
    const { message: answer } = said;
    const wanted = answer.tool_calls ?? [];
    if (calls.made + wanted.length > task.budget.calls) return { reason: "overlong", answer };
    for (const call of wanted) {
      calls.made++;
      messages.push({ role: "tool", content: await callTool(environment, call, patience), tool_call_id: call.id! });
    }
    if (await guarded("isDone", patience, () => environment.isDone?.() ?? false)) return { reason: "done", answer };
    if (wanted.length > 0) continue;
    const next = await guarded("userTurn", patience, () => environment.userTurn?.(messages));
    if (next === undefined) return { reason: "done", answer };
    messages.push(next);
  }
}

/** The policy's next answer; a message that the template cannot hold is the environment's. */
async function answered(conversation: Conversation): ReturnType<Conversation["answer"]> {
  try {
    return await conversation.answer();
  } catch (error) {
    if (error instanceof ChatError && (error.code === "invalid_message" || error.code === "invalid_arguments"))
      throw new EnvironmentFault(error.message, { cause: error });
    throw error;
  }
}

async function judged<D>(
  { rubric }: Pick<Taskset<D>, "rubric">,
  { task, environment, conversation, patience, calls }: Working<D>,
  { reason, answer }: End,
): Promise<Verdict> {
  // What cannot be read is not judged by what went before it; parts that earn nothing have nothing to report.
  if (reason === "unparsed")
    return {
      ...{ reward: 0, rewards: Object.fromEntries(rubric.map(({ name, weight }) => [name, weight === 0 ? null : 0])) },
      outcome: "unparsed",
    };
  const { messages, tokens } = conversation;
  const finished = {
    task,
    messages,
    answer,
    environment,
    tokens,
    toolCalls: calls.made,
    overlong: reason === "overlong",
  };
  return judge(rubric, finished, patience);
}
