import type { ThinkingMode } from "@cachalot/chat";
import type { Split, Style, Task, Taskset } from "@cachalot/environments";
import { Command, Option } from "commander";
import { wholeNumber } from "../options.js";
import { table } from "../table.js";
import { levelsOption, listOption, MODES, modesOption, splitOption } from "../task-options.js";
import { TASKSET_ARGUMENT, tasksetNamed, tasksetsNamed } from "../tasksets-named.js";
import { err, out } from "../terminal/output.js";
import { bold, dim, text, yellow } from "../terminal/styled-text.js";
import { writeRows } from "../write-rows.js";
import { checkCommand } from "./check-tasks.js";
import { exportCommand } from "./export-tasks.js";
import { measureCommand } from "./measure-tasks.js";
import { mineCommand, synthesiseCommand } from "./synthesise-tasks.js";

/** As `STYLES` of environments, which help must not wait for. */
const STYLES: readonly Style[] = ["terse", "stepwise", "checked"];

export function tasksCommand(): Command {
  return new Command("tasks")
    .summary("list, show, measure, make and check tasks to train on")
    .description(
      "Tasks that programs make and judge, in levels: for reinforcement learning, and demonstrations of them for supervised " +
        "fine-tuning. The same taskset, level and seed give the same task; held-out tasks never are training tasks.",
    )
    .addHelpText(
      "after",
      "\nExamples:\n  cachalot tasks list\n  cachalot tasks show sorting --level 2\n" +
        "  cachalot tasks demonstrate sorting arithmetic --count 2000 --levels 0-1 --out demonstrations.jsonl",
    )
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(demonstrateCommand())
    .addCommand(measureCommand())
    .addCommand(mineCommand())
    .addCommand(synthesiseCommand())
    .addCommand(checkCommand())
    .addCommand(exportCommand());
}

function listCommand(): Command {
  return new Command("list")
    .summary("list the tasksets")
    .description("Lists the tasksets there are: domain, levels, modes, and what is to be done.")
    .option("--json", "one JSON object a line")
    .addHelpText("after", "\nExample:\n  cachalot tasks list --json | jq -r .name")
    .action(async ({ json }: { json?: true }) => {
      const { TASKSETS } = await import("@cachalot/environments");
      if (json) {
        for (const { name, domain, description, licence, levels, modes, rubric } of TASKSETS)
          out.json({ name, domain, description, licence, levels, modes, rewards: weights(rubric) });
        return;
      }
      const [names, domains] = (["name", "domain"] as const).map((field) =>
        Math.max(...TASKSETS.map((taskset) => taskset[field].length)),
      );
      for (const { name, domain, levels, modes, description } of TASKSETS)
        out.print(
          text`${bold(name.padEnd(names!))}  ${domain.padEnd(domains!)}  ${dim(`levels 0-${levels - 1}, ${modes.join(" and ")}`)}  ${description}\n`,
        );
    });
}

const weights = (rubric: Taskset["rubric"]) => Object.fromEntries(rubric.map(({ name, weight }) => [name, weight]));

interface ShowFlags {
  level: number;
  mode: ThinkingMode;
  split: Split;
  seed: number;
  json?: true;
}

function showCommand(): Command {
  return new Command("show")
    .summary("show a task, and how it is solved")
    .description(
      "Draws a task and shows what a model is asked, what it may spend, and the demonstrations of every style.",
    )
    .argument("<taskset>", "its name, which cachalot tasks list tells, or a task folder, or a folder of them")
    .option("--level <number>", "difficulty, from 0", wholeNumber(0), 0)
    .addOption(new Option("--mode <mode>", "whether it thinks first").choices(MODES).default("thinking"))
    .addOption(splitOption())
    .option("--seed <number>", "another seed, another task", wholeNumber(0), 0)
    .option("--json", "the task as JSON, with its demonstrations")
    .addHelpText("after", "\nExample:\n  cachalot tasks show sudoku --level 3 --mode chat --seed 7")
    .action(async (name: string, { json, ...request }: ShowFlags) => {
      if (name.includes("/") && (await showFolder(name, json))) return;
      const taskset = await tasksetNamed(name);
      const task = await taskset.draw(request);
      const styles = request.mode === "chat" ? STYLES.slice(0, 1) : STYLES;
      const demonstrations = styles.map((style) => ({ style, messages: taskset.demonstrate(task, style) }));
      if (json) out.json({ ...task, demonstrations }, 2);
      else printTask(taskset, task, demonstrations);
    });
}

/** Shows one task folder; false where it is none. */
async function showFolder(path: string, json: true | undefined): Promise<boolean> {
  const { isTaskFolder, readTaskFolder } = await import("@cachalot/synthesis");
  if (!(await isTaskFolder(path))) return false;
  const { name, instance, instruction, config, environment, tests, solution } = await readTaskFolder(path);
  const files = { environment: [...environment.keys()], tests: [...tests.keys()], solution: [...solution.keys()] };
  if (json) out.json({ task: name, instance, config, files }, 2);
  else {
    const { kind = "unknown", pipeline = "somebody's", provenance, difficulty = {} } = instance ?? {};
    const measures = Object.entries(difficulty).map(([measure, value]) => `${measure} ${value}`);
    out.print(
      table([
        ["task", `${name}: ${kind}, ${pipeline}`],
        ["source", provenance ? `${provenance.source} (${provenance.licence})` : "unknown"],
        ["difficulty", measures.join(", ") || "not measured"],
        ...Object.entries(files).map(([folder, names]) => [folder, names.join(", ") || "none"] as const),
      ]),
    );
    out.print(text`\n${instruction}\n`);
  }
  return true;
}

type Demonstrations = { style: Style; messages: ReturnType<Taskset["demonstrate"]> }[];

function printTask(taskset: Taskset, task: Task, demonstrations: Demonstrations): void {
  const budget = `${task.budget.tokens} tokens${task.budget.calls > 0 ? `, ${task.budget.calls} calls` : ""}`;
  out.print(
    table([
      ["taskset", `${task.taskset}: ${taskset.description}`],
      ["level", `${task.level} of 0-${taskset.levels - 1}, ${task.mode} mode, ${task.split}`],
      ["budget", budget],
      ["tools", task.tools.map((tool) => tool.function.name).join(", ") || "none"],
    ]),
  );
  for (const { role, content } of task.messages) out.print(text`\n${bold(role)}\n${content ?? ""}\n`);
  for (const { style, messages } of demonstrations) {
    out.print(text`\n${bold(task.mode === "chat" ? "answer" : style)}\n`);
    for (const { reasoning_content, content, tool_calls = [] } of messages) {
      if (reasoning_content) out.print(text`${dim(reasoning_content)}\n`);
      for (const call of tool_calls) out.print(text`${call.function.name} ${call.function.arguments}\n`);
      if (content) out.print(text`${content}\n`);
    }
  }
}

interface DemonstrateFlags {
  count: number;
  levels: number[];
  modes: ThinkingMode[];
  styles: Style[];
  split: Split;
  seed: number;
  out?: string;
  json?: true;
}

function demonstrateCommand(): Command {
  return new Command("demonstrate")
    .summary("write demonstrations for supervised fine-tuning")
    .description(
      "Writes conversations that solve tasks, a JSON object a line: OpenAI messages with reasoning_content, and tools. Each was " +
        "judged; no problem comes twice in one mode and style.",
    )
    .argument("[tasksets...]", TASKSET_ARGUMENT)
    .option("-n, --count <rows>", "conversations in all", wholeNumber(1), 1000)
    .addOption(levelsOption())
    .addOption(modesOption())
    .addOption(listOption("--styles <list>", "how long the thinking is: of terse, stepwise and checked", STYLES))
    .addOption(splitOption())
    .option("--seed <number>", "of the first tasks", wholeNumber(0), 0)
    .option("-o, --out <file>", "where they go, such as demonstrations.jsonl (default: standard output)")
    .option("--json", "with --out: what was written, as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  cachalot tasks demonstrate --count 20000 --levels 0-1 --out demonstrations.jsonl\n" +
        "  cachalot tasks demonstrate countdown --modes thinking --styles terse,checked | head -1",
    )
    .action(async (names: string[], { out: file, json, ...request }: DemonstrateFlags) => {
      const { demonstrationRows } = await import("@cachalot/environments");
      const tasksets = await tasksetsNamed(names);
      const rows = demonstrationRows({
        ...{ ...request, tasksets },
        onExhausted: ({ taskset, level, mode, style, rows }) =>
          err.print(
            yellow(`${taskset} has ${rows} different tasks of level ${level}, ${mode}, ${style}: no more come\n`),
          ),
      });
      if (file === undefined) {
        for await (const row of rows) out.data(`${JSON.stringify(row)}\n`);
        return;
      }
      const written = await writeRows(file, rows, (done) => err.status(`${done} of ${request.count} conversations`));
      err.status("");
      if (json) out.json({ file, rows: written });
      else err.print(`${written} conversations in ${file}\n`);
    });
}
