/** pass@1 of a model of the run on held-out tasks, row by row: a row that was measured is never measured again. */

import { appendFile, mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { ThinkingMode } from "@cachalot/chat";
import { startEngine } from "@cachalot/engine";
import { measurePolicy, type PassRate, tasksetNamed } from "@cachalot/environments";
import { loadTokenizer } from "@cachalot/model";

/** Answers sampled at the same time. */
const AT_ONCE = 32;

export interface MeasuredModel {
  /** Its checkpoint. */
  model: string;
  /** JSON lines, kept in the run's directory. */
  file: string;
  tasksets: readonly string[];
  modes: readonly ThinkingMode[];
  levels: readonly number[];
  /** Held-out tasks of each taskset, mode and level. */
  count: number;
  onTask: () => void;
  signal: AbortSignal;
}

type Row = Pick<PassRate, "taskset" | "mode" | "level">;

/** @throws the signal's reason where that aborts */
export async function measureModel({
  model,
  file,
  onTask,
  signal,
  count,
  ...wanted
}: MeasuredModel): Promise<PassRate[]> {
  const rows = rowsOf(wanted);
  const measured = await readRows(file);
  const isRow = (a: Row) => (b: Row) => a.taskset === b.taskset && a.mode === b.mode && a.level === b.level;
  const missing = rows.filter((row) => !measured.some(isRow(row)));
  for (let i = 0; i < (rows.length - missing.length) * count; i++) onTask();
  if (missing.length > 0) {
    const engine = await startEngine(model, { maxSequences: AT_ONCE, maxQueue: count });
    try {
      await mkdir(dirname(file), { recursive: true });
      const policy = { model: engine, tokenizer: await loadTokenizer(model) };
      for (const { taskset, mode, level } of missing) {
        const request = {
          policy,
          tasksets: [tasksetNamed(taskset)],
          modes: [mode],
          levels: [level],
          count,
          seed: 0,
          signal,
        };
        const sampling = { temperature: 1, topP: 0.95, topK: 0 };
        for await (const row of measurePolicy({ ...request, sampling, onProgress: onTask })) {
          signal.throwIfAborted();
          measured.push(row);
          await appendFile(file, `${JSON.stringify(row)}\n`);
        }
      }
    } finally {
      await engine.close();
    }
  }
  return measured.filter((row) => rows.some(isRow(row)));
}

function rowsOf({ tasksets, modes, levels }: Pick<MeasuredModel, "tasksets" | "modes" | "levels">): Row[] {
  return tasksets
    .map(tasksetNamed)
    .flatMap((taskset) =>
      levels
        .filter((level) => level < taskset.levels)
        .flatMap((level) =>
          modes.filter((mode) => taskset.modes.includes(mode)).map((mode) => ({ taskset: taskset.name, mode, level })),
        ),
    );
}

/** A torn last line of a killed process is left out. */
async function readRows(file: string): Promise<PassRate[]> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text.split("\n").flatMap((line) => {
    try {
      return [JSON.parse(line) as PassRate];
    } catch {
      return [];
    }
  });
}
