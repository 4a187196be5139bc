/** A directory of task folders as a taskset: for reinforcement learning, measuring, and demonstrations. */

import { basename, resolve } from "node:path";
import type { AssistantMessage } from "@cachalot/chat";
import { type Domain, type Reward, splitOf, type Task, type TaskRequest, type Taskset } from "@cachalot/environments";
import { type FoundTask, findTasks } from "../check/check-directory.js";
import { SynthesisError } from "../errors.js";
import type { TaskKind } from "../instance.js";
import type { TaskFolder } from "../task.js";
import { demonstration, spoilt } from "./demonstrate.js";
import { type FolderEnvironment, openFolder, toolsOf } from "./open-folder.js";

const DOMAINS: Readonly<Record<TaskKind, Domain>> = {
  code: "coding",
  search: "search",
  general: "agent",
  interpreter: "programming",
};

/** Sampled in all turns together, and tool calls: generous, as a folder does not say what it takes. */
const BUDGET = { tokens: 32_768, calls: 200 };

/** The verifier's reward, from a sandbox of its own; what cannot be measured is no 0. */
const verified: Reward<TaskFolder> = {
  name: "correct",
  weight: 1,
  async score({ environment, answer }) {
    const { reward } = await (environment as FolderEnvironment).verdict(answer?.content?.trim() ?? "");
    return reward ?? null;
  },
};

/**
 * Reads a directory's tasks. A task's level is its record's `difficulty.level`; its side of the split is a hash of its name.
 * @throws SynthesisError `invalid_task` for a directory without tasks, or with one that cannot be read
 */
export async function folderTaskset(directory: string): Promise<Taskset<TaskFolder>> {
  const name =
    basename(resolve(directory))
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^[^a-z]+|-+$/g, "") || "tasks";
  const tasks = await Promise.all((await findTasks(directory)).map(({ read }: FoundTask) => read()));
  const levelOf = levelsFor(name, tasks);
  const kinds = new Set(tasks.map(({ instance }) => instance?.kind ?? "code"));
  return {
    name,
    domain: DOMAINS[[...kinds][0]!],
    description: `${tasks.length} tasks of ${resolve(directory)}`,
    licence: [...new Set(tasks.map(({ instance }) => instance?.provenance.licence ?? "unknown"))].join(", "),
    levels: 1 + Math.max(...tasks.map(levelOf)),
    modes: ["thinking", "chat"],
    rubric: [verified],
    draw({ split, level, mode, seed }: TaskRequest): Task<TaskFolder> {
      const found = tasks.filter((task) => levelOf(task) === level && splitOf(name, task.name) === split);
      const task = found[seed % found.length]!;
      return {
        ...{ taskset: name, domain: DOMAINS[task.instance?.kind ?? "code"], key: task.name, level, mode, split },
        ...{
          messages: [{ role: "user", content: task.instruction }],
          tools: toolsOf(task),
          budget: BUDGET,
          data: task,
        },
      };
    },
    open: ({ data }) => openFolder(data),
    demonstrate: ({ data, mode }): readonly AssistantMessage[] => demonstration(data, mode),
    spoil: (messages) => spoilt(messages),
  };
}

/**
 * Levels of records where each has tasks on both sides of the split, else one level for all.
 * @throws SynthesisError `invalid_task` where a side has none at all
 */
function levelsFor(name: string, tasks: readonly TaskFolder[]): (task: TaskFolder) => number {
  const levelOf = ({ instance }: TaskFolder) => Math.trunc(instance?.difficulty.level ?? 0);
  const sides = (of: readonly TaskFolder[]) => new Set(of.map((task) => splitOf(name, task.name))).size;
  const levels = Array.from({ length: 1 + Math.max(...tasks.map(levelOf)) }, (_, level) =>
    tasks.filter((task) => levelOf(task) === level),
  );
  if (levels.every((of) => sides(of) === 2)) return levelOf;
  if (sides(tasks) === 2) return () => 0;
  throw new SynthesisError("invalid_task", `${tasks.length} tasks are too few to hold some out; make more`);
}
