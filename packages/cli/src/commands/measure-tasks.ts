import type { ThinkingMode } from "@cachalot/chat";
import type { PassRate, RolloutPolicy } from "@cachalot/environments";
import { Command } from "commander";
import { addEngineOptions, between, type EngineFlags, embeddedModel, engineFrom, wholeNumber } from "../options.js";
import { percent } from "../percent.js";
import { addRemotePolicyOptions, type RemotePolicyFlags, remotePolicyFrom } from "../rollouts/remote-policy.js";
import { levelsOption, modesOption } from "../task-options.js";
import { TASKSET_ARGUMENT, tasksetsNamed } from "../tasksets-named.js";
import { err, out } from "../terminal/output.js";
import { bold, dim, text } from "../terminal/styled-text.js";
import { refuseLocalFlags } from "../upstream.js";

/** Answers sampled at the same time. */
const AT_ONCE = 64;

interface MeasureFlags extends EngineFlags, Pick<RemotePolicyFlags, "baseUrl" | "profile" | "keyEnv" | "tokenizer"> {
  count: number;
  levels: number[];
  modes: ThinkingMode[];
  temperature: number;
  topP?: number;
  topK: number;
  seed: number;
  scripted?: number;
  json?: true;
}

export function measureCommand(): Command {
  const command = new Command("measure")
    .summary("measure pass@1 of a model on held-out tasks")
    .description(
      "Asks a model held-out tasks, each once, and prints the share it solves with its 95 % interval (Wilson), by taskset, mode and " +
        "level. What could not be judged counts as neither solved nor failed.",
    )
    .argument("[tasksets...]", TASKSET_ARGUMENT)
    .option("-n, --count <tasks>", "different tasks of each taskset, mode and level", wholeNumber(1), 100)
    .addOption(levelsOption())
    .addOption(modesOption())
    .option("--temperature <number>", "0 always takes the likeliest token", between(0, 2), 1)
    .option(
      "--top-p <share>",
      "draw from the likeliest tokens of this share (default: 0.95; with --base-url 1)",
      between(0.001, 1),
    )
    .option("--top-k <count>", "draw from this many tokens at most; 0: all", wholeNumber(0), 0)
    .option("--seed <number>", "of tasks and answers", wholeNumber(0), 0)
    .option("--scripted <attempts>", "no model: scripted agents attempt general tasks so often", wholeNumber(1));
  return addRemotePolicyOptions(addEngineOptions(command))
    .option("--json", "a JSON object a row")
    .addHelpText(
      "after",
      "\nExamples:\n  cachalot tasks measure sorting --levels 0-1\n" +
        "  cachalot tasks measure --model runs/sort-digits/models/rl sorting -n 400 --modes chat --json\n" +
        "  cachalot tasks measure sorting --base-url http://127.0.0.1:8000/v1 --model NAME --tokenizer DIR",
    )
    .action(measure);
}

async function measure(names: string[], flags: MeasureFlags): Promise<void> {
  if (flags.scripted !== undefined) return measureScripted(names, flags.scripted, flags);
  const { measurePolicy } = await import("@cachalot/environments");
  const tasksets = await tasksetsNamed(names);
  const { count, levels, modes, seed, temperature, topK, json } = flags;
  // An endpoint tells log-probabilities of the whole vocabulary.
  const { topP = flags.baseUrl === undefined ? 0.95 : 1 } = flags;
  const { policy, close } = await openPolicy(flags);
  try {
    if (!json) out.print(heading());
    const rows = measurePolicy({
      ...{ policy, tasksets, modes, levels, count, seed },
      sampling: { temperature, topP, topK },
      onProgress: (done, all) => err.status(`${done} of ${all} tasks`),
    });
    for await (const row of rows) {
      err.status("");
      if (json) out.json(row);
      else out.print(line(row));
    }
  } finally {
    await close();
  }
}

/** The engine here, or an endpoint. */
async function openPolicy(flags: MeasureFlags): Promise<{ policy: RolloutPolicy; close(): Promise<void> }> {
  const { baseUrl, model: dir, count } = flags;
  if (baseUrl !== undefined) {
    const { model, ...engineFlags } = flags;
    refuseLocalFlags(engineFlags, "--base-url");
    return { policy: await remotePolicyFrom(baseUrl, flags), close: async () => {} };
  }
  const { loadTokenizer } = await import("@cachalot/model");
  const tokenizer = await loadTokenizer(dir ?? embeddedModel());
  const engine = await engineFrom(flags, { maxSequences: AT_ONCE, maxQueue: count });
  return { policy: { model: engine, tokenizer }, close: () => engine.close() };
}

/** pass@1 and pass@k of agents that are programs, on folders of general tasks. */
async function measureScripted(folders: string[], attempts: number, { seed, json }: MeasureFlags): Promise<void> {
  const { findTasks, measureScripted } = await import("@cachalot/synthesis");
  const found = (await Promise.all(folders.map((folder) => findTasks(folder)))).flat();
  const tasks = await Promise.all(found.map(({ read }) => read()));
  if (!json) out.print(text`${bold(`agent            tasks  pass@1   pass@${attempts}`)}\n`);
  for (const row of measureScripted(tasks, attempts, seed)) {
    if (json) out.json(row);
    else {
      const [one, k] = [row.passAt1, row.passAtK].map((share) => percent(share).padStart(7));
      out.print(text`${row.agent.padEnd(15)}  ${String(row.tasks).padStart(5)}  ${one!}  ${k!}\n`);
    }
  }
}

const heading = () =>
  text`${bold("taskset            mode      level  tasks  pass@1  95 % interval   tokens  if solved  overlong  not judged")}\n`;

function line(row: PassRate) {
  const { taskset, mode, level, tasks, passAt1, interval, tokens, solvedTokens, overlong, notMeasured } = row;
  const range = interval.map((share) => (100 * share).toFixed(1)).join(" - ");
  const cells = [
    String(level).padStart(5),
    String(tasks).padStart(5),
    percent(passAt1).padStart(7),
    range.padStart(13),
  ];
  const rest = [
    tokens.toFixed(1).padStart(6),
    (solvedTokens?.toFixed(1) ?? "").padStart(9),
    String(overlong).padStart(8),
    String(notMeasured).padStart(10),
  ];
  return text`${taskset.padEnd(17)}  ${mode.padEnd(8)}  ${cells.join("  ")}  ${dim(rest.join("  "))}\n`;
}
