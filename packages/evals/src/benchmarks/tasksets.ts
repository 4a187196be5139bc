/** The tasksets of environments as benchmarks: held-out tasks of every level, judged by their rubrics, tools and all. */

import { judge, mixSeed, TASKSETS, type Task, type Taskset } from "@cachalot/environments";
import { type Benchmark, type Item, notMeasured, right, wrong } from "../benchmark.js";

/** Tasks where no limit is given. */
const DEFAULT_COUNT = 100;
/** Tries at a task that was not drawn yet, for each one wanted. */
const TRIES = 20;
const TIMEOUT_MS = 30_000;

function tasksetBenchmark(taskset: Taskset): Benchmark<Task> {
  const { name, description, licence, levels } = taskset;
  return {
    ...{ name, licence, description: `${description}; levels 0 to ${levels - 1} in turn` },
    source: { bundled: true, where: "its generator", expects: "nothing" },
    async *items({ limit, seed }) {
      const mode = taskset.modes.includes("thinking") ? "thinking" : taskset.modes[0]!;
      const count = Math.min(
        limit,
        DEFAULT_COUNT * Math.ceil(limit === Number.POSITIVE_INFINITY ? 1 : limit / DEFAULT_COUNT),
      );
      const seen = new Set<string>();
      for (let i = 0; seen.size < count && i < count * TRIES; i++) {
        const task = await taskset.draw({
          split: "heldout",
          level: seen.size % levels,
          mode,
          seed: mixSeed("eval", seed, i),
        });
        if (seen.has(task.key)) continue;
        seen.add(task.key);
        yield itemOf(task, taskset.demonstrate(task, "terse").at(-1)?.content ?? "");
      }
    },
    open: ({ data }) => taskset.open(data),
    async grade({ message, messages, environment }, { data: task }) {
      const finished = {
        task,
        messages,
        answer: message,
        environment: environment!,
        toolCalls: 0,
        overlong: false,
        tokens: { sampled: 0, reasoning: 0 },
      };
      const { outcome, rewards, error } = await judge(taskset.rubric, finished, { timeoutMs: TIMEOUT_MS });
      const because = Object.entries(rewards)
        .map(([part, score]) => `${part} ${score}`)
        .join(", ");
      if (outcome === "solved") return right(because, message.content ?? "");
      return outcome === "failed"
        ? wrong(because, message.content ?? "")
        : notMeasured("infrastructure", error ?? outcome);
    },
    oracle: ({ data }) => taskset.demonstrate(data, "stepwise"),
    wrong: ({ data }) => taskset.spoil(taskset.demonstrate(data, "stepwise"), data),
  };
}

/** @param gold what its demonstration ends with: of several right answers, one */
function itemOf(task: Task, gold: string): Item<Task> {
  return {
    id: task.key,
    messages: task.messages,
    gold,
    budget: { calls: task.budget.calls },
    data: task,
    ...(task.tools.length > 0 && { tools: task.tools }),
  };
}

export const tasksetBenchmarks: readonly Benchmark[] = TASKSETS.map(tasksetBenchmark);
