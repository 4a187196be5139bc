import { setMaxListeners } from "node:events";
import { type Rollout, sampledTokens, type ThinkingMode } from "@cachalot/chat";
import type { CollectedTask, RolloutPolicy, Split } from "@cachalot/environments";
import { Command } from "commander";
import { CliError } from "../errors.js";
import { wholeNumber } from "../options.js";
import { Collection } from "../rollouts/collection.js";
import {
  addRemotePolicyOptions,
  REMOTE_SAMPLING,
  type RemotePolicyFlags,
  remotePolicyFrom,
} from "../rollouts/remote-policy.js";
import { levelsOption, modesOption, splitOption } from "../task-options.js";
import { TASKSET_ARGUMENT, tasksetsNamed } from "../tasksets-named.js";
import { err, out } from "../terminal/output.js";

interface CollectFlags extends RemotePolicyFlags {
  out: string;
  count: number;
  groupSize: number;
  levels: number[];
  modes: ThinkingMode[];
  split: Split;
  seed: number;
  concurrency: number;
  json?: true;
}

export function collectCommand(): Command {
  const command = new Command("collect")
    .summary("roll out on a vLLM or SGLang endpoint, recorded token by token")
    .description(
      "Asks a model elsewhere our tasks, several answers to each, and records ids and log-probabilities of what it samples in the " +
        "files that training writes: to look at, to distil from, to export for other trainers. Started again, the command goes on; " +
        "no task that is done is sampled again. Answers are sampled at temperature 1 from the whole vocabulary: an endpoint tells " +
        "log-probabilities of no other distribution.",
    )
    .argument("[tasksets...]", TASKSET_ARGUMENT)
    .option("-m, --model <name>", "its name at the endpoint (default: the first it lists)")
    .requiredOption("-o, --out <dir>", "where they go")
    .option("-n, --count <tasks>", "different tasks of each taskset, mode and level", wholeNumber(1), 100)
    .option("-g, --group-size <answers>", "answers to each task", wholeNumber(1), 8)
    .addOption(levelsOption())
    .addOption(modesOption())
    .addOption(splitOption())
    .option("--seed <number>", "of tasks and answers", wholeNumber(0), 0)
    .option("--concurrency <tasks>", "tasks at the same time", wholeNumber(1), 8);
  return addRemotePolicyOptions(command)
    .option("--json", "print the result as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  cachalot rollouts collect sorting countdown --base-url http://127.0.0.1:8000/v1 --tokenizer ~/DeepSeek-V3.2 --out runs/collected\n" +
        "  cachalot rollouts export runs/collected --to verl --out rollouts.jsonl",
    )
    .action(collect);
}

async function collect(names: string[], flags: CollectFlags): Promise<void> {
  const { baseUrl, out: folder, count, groupSize, levels, modes, split, seed } = flags;
  if (baseUrl === undefined)
    throw new CliError(
      "invalid_input",
      "--base-url is missing; give the endpoint that samples, such as http://127.0.0.1:8000/v1",
    );
  const { listTasks } = await import("@cachalot/environments");
  const tasksets = await tasksetsNamed(names);
  const policy = await remotePolicyFrom(baseUrl, flags);
  const wanted = { levels, modes, split, count, seed };
  const tasks = await listTasks({ tasksets, ...wanted });
  if (tasks.length === 0)
    throw new CliError("invalid_input", "there are no such tasks; cachalot tasks list tells levels and modes");
  const plan = { model: policy.name, tasksets: tasksets.map(({ name }) => name), ...wanted, groupSize };
  const collection = await Collection.open(folder, plan);
  try {
    const tally = new Tally();
    for (const { number } of tasks) if (collection.has(number)) tally.add(await collection.read(number));
    await collectInto(collection, tasks, policy, flags, tally);
    const complete = tally.tasks === tasks.length;
    if (flags.json) out.json({ out: folder, complete, ...tally.result });
    else if (complete) err.print(`${tally.tasks} tasks in ${folder}; cachalot rollouts ${folder} lists them\n`);
    else err.print("stopped; the same command goes on from here\n");
  } finally {
    await collection.close();
  }
}

/** Until all tasks are done, or a signal stops it. */
async function collectInto(
  collection: Collection,
  tasks: readonly CollectedTask[],
  policy: RolloutPolicy,
  { groupSize, seed, concurrency }: CollectFlags,
  tally: Tally,
): Promise<void> {
  const { collectGroups } = await import("@cachalot/environments");
  const stop = new AbortController();
  // Every rollout under way listens.
  setMaxListeners(0, stop.signal);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  const screen = await openScreen(tasks.length, tally);
  const left = tasks.filter(({ number }) => !collection.has(number));
  const options = { policy, groupSize, sampling: REMOTE_SAMPLING, record: {}, seed, concurrency, signal: stop.signal };
  try {
    await collectGroups(left, options, async ({ number }, rollouts) => {
      await collection.add(number, rollouts);
      tally.add(rollouts);
      screen.update(tally);
    });
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    screen.stop();
  }
}

class Tally {
  tasks = 0;
  rollouts = 0;
  solved = 0;
  judged = 0;
  tokens = 0;

  add(rollouts: readonly Rollout[]): void {
    this.tasks++;
    for (const rollout of rollouts) {
      this.rollouts++;
      this.judged += Number(rollout.reward !== null);
      this.solved += Number(rollout.outcome === "solved");
      this.tokens += sampledTokens(rollout);
    }
  }

  get result() {
    const { tasks, rollouts, judged, solved, tokens } = this;
    return { tasks, rollouts, judged, solved, passAt1: judged === 0 ? null : solved / judged, tokens };
  }
}

/** The bar of a training, over tasks. */
async function openScreen(tasks: number, { tasks: from, tokens: before }: Tally) {
  const { createProgress } = await import("@cachalot/training");
  const progress = createProgress();
  const began = performance.now();
  progress.start("collect", tasks, from);
  return {
    update({ tasks: step, solved, judged, tokens }: Tally) {
      const headline = `pass@1 ${(solved / Math.max(judged, 1)).toFixed(3)}`;
      const tokensPerSecond = (1000 * (tokens - before)) / (performance.now() - began);
      progress.update({ step, headline, tokensPerSecond });
    },
    stop: () => progress.stop(),
  };
}
