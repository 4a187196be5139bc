import { isDeepStrictEqual } from "node:util";
import { playDemonstration } from "../demonstration.js";
import { STYLES, type Taskset } from "../taskset.js";
import { nameOf, requests, SPLITS, tasks } from "./requests.js";

export async function sameRequestSameTask(taskset: Taskset): Promise<string[]> {
  const found: string[] = [];
  for (const request of requests(taskset, 3)) {
    const task = await taskset.draw(request);
    if (!isDeepStrictEqual(task, await taskset.draw(request)))
      found.push(`${nameOf(task)} is another one the next time`);
  }
  return found;
}

export async function tasksAreData(taskset: Taskset): Promise<string[]> {
  const found: string[] = [];
  for await (const task of tasks(taskset, 2))
    if (!isDeepStrictEqual(JSON.parse(JSON.stringify(task)), task))
      found.push(`${nameOf(task)} is not what its JSON says`);
  return found;
}

/** Over thousands of draws. */
export async function splitsNeverOverlap(taskset: Taskset): Promise<string[]> {
  const sides = new Map<string, string>();
  const found = new Set<string>();
  const [mode] = taskset.modes;
  const seeds = Math.ceil(1000 / taskset.levels);
  for (let level = 0; level < taskset.levels; level++)
    for (const split of SPLITS)
      for (let seed = 0; seed < seeds; seed++) {
        const { key, ...task } = await taskset.draw({ split, level, mode: mode!, seed });
        if (task.split !== split) found.add(`asked for ${split}, ${nameOf({ key, ...task })} came`);
        if ((sides.get(key) ?? split) !== split) found.add(`${JSON.stringify(key)} is on both sides`);
        sides.set(key, split);
      }
  return [...found];
}

/** What is read and the longest way to solve it, in characters. */
export async function levelsGrow(taskset: Taskset): Promise<string[]> {
  const lengths = await Promise.all(Array.from({ length: taskset.levels }, (_, level) => meanLength(taskset, level)));
  return lengths.flatMap((length, level) => {
    const before = lengths[level - 1] ?? 0;
    return length > before ? [] : [`level ${level} is ${length} characters long, the one before it ${before}`];
  });
}

async function meanLength(taskset: Taskset, level: number): Promise<number> {
  const seeds = 40;
  let sum = 0;
  for (let seed = 0; seed < seeds; seed++) {
    const task = await taskset.draw({ split: "train", level, mode: taskset.modes[0]!, seed });
    sum += JSON.stringify([task.messages, taskset.demonstrate(task, "checked")]).length;
  }
  return sum / seeds;
}

export async function demonstrationsSolve(taskset: Taskset): Promise<string[]> {
  const found: string[] = [];
  for await (const task of tasks(taskset, 3))
    for (const style of STYLES) {
      const { outcome, reward, error } = await playDemonstration(taskset, task, style);
      if (outcome !== "solved")
        found.push(`${nameOf(task)}, ${style}: ${outcome}, reward ${reward} ${error ?? ""}`.trim());
    }
  return found;
}
