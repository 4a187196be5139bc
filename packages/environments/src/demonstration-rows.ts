/** Material for supervised fine-tuning: demonstrations as rows of OpenAI messages, each one judged before it is given out. */

import type { ChatMessage, ThinkingMode, ToolDefinition } from "@cachalot/chat";
import { playDemonstration } from "./demonstration.js";
import { EnvironmentError } from "./errors.js";
import type { Split } from "./task.js";
import type { Style, Taskset } from "./taskset.js";

/** A line of the file. What trains reads `messages` (with `reasoning_content`) and `tools`; the rest says where it is from. */
export interface DemonstrationRow {
  messages: ChatMessage[];
  tools?: ToolDefinition[];
  taskset: string;
  key: string;
  level: number;
  mode: ThinkingMode;
  /** In chat mode, which shows no thinking, there is one style. */
  style: Style;
  split: Split;
}

export interface DemonstrationRequest {
  tasksets: readonly Taskset[];
  /** Rows in all; fewer where the levels have no more different problems. */
  count: number;
  /** Those a taskset has not are left out for it. */
  levels: readonly number[];
  modes: readonly ThinkingMode[];
  styles: readonly Style[];
  split: Split;
  /** Of the first task of each kind; it goes up by one. */
  seed: number;
  /** A kind of row has no more different problems. */
  onExhausted?(kind: { taskset: string; level: number; mode: ThinkingMode; style: Style; rows: number }): void;
}

/** Draws in a row that bring only known problems before a kind counts as exhausted. */
const DRAWS = 300;

/** Rows of one taskset, level, mode and style. */
interface Kind {
  taskset: Taskset;
  level: number;
  mode: ThinkingMode;
  style: Style;
  keys: Set<string>;
  seed: number;
}

/**
 * Demonstrations of every taskset, level, mode and style in turn, no problem twice in the same mode and style. The same request
 * gives the same rows.
 *
 * @throws EnvironmentError `invalid_task` where nothing fits the request, and for a demonstration that does not solve its task
 */
export async function* demonstrationRows(request: DemonstrationRequest): AsyncGenerator<DemonstrationRow> {
  let open = kindsOf(request);
  let rows = 0;
  while (open.length > 0) {
    const exhausted = new Set<Kind>();
    for (const kind of open) {
      if (rows === request.count) return;
      const row = await nextRow(kind, request.split);
      if (row) {
        rows++;
        yield row;
        continue;
      }
      exhausted.add(kind);
      const { taskset, level, mode, style, keys } = kind;
      request.onExhausted?.({ taskset: taskset.name, level, mode, style, rows: keys.size });
    }
    open = open.filter((kind) => !exhausted.has(kind));
  }
}

function kindsOf({ tasksets, levels, modes, styles, seed }: DemonstrationRequest): Kind[] {
  const kinds = levels.flatMap((level) =>
    tasksets
      .filter((taskset) => level < taskset.levels)
      .flatMap((taskset) =>
        modes
          .filter((mode) => taskset.modes.includes(mode))
          .flatMap((mode) =>
            (mode === "chat" ? styles.slice(0, 1) : styles).map(
              (style): Kind => ({ taskset, level, mode, style, keys: new Set(), seed }),
            ),
          ),
      ),
  );
  if (kinds.length > 0) return kinds;
  const names = tasksets.map(({ name, levels, modes }) => `${name} (levels 0 to ${levels - 1}, ${modes.join(", ")})`);
  throw new EnvironmentError(
    "invalid_task",
    `nothing to demonstrate in levels ${levels.join(", ")} and modes ${modes.join(", ")}; there are ${names.join(", ") || "no tasksets"}`,
  );
}

async function nextRow(kind: Kind, split: Split): Promise<DemonstrationRow | undefined> {
  const { taskset, level, mode, style, keys } = kind;
  for (let draws = 0; draws < DRAWS; draws++) {
    const task = await taskset.draw({ split, level, mode, seed: kind.seed++ });
    if (keys.has(task.key)) continue;
    keys.add(task.key);
    const { messages, tools, outcome, error } = await playDemonstration(taskset, task, style);
    if (outcome !== "solved")
      throw new EnvironmentError(
        "invalid_task",
        `${taskset.name} demonstrates ${JSON.stringify(task.key)} wrongly (${outcome}${error ? `: ${error}` : ""}); run its conformance suite`,
      );
    return {
      messages,
      ...(tools.length > 0 ? { tools } : {}),
      ...{ taskset: taskset.name, key: task.key, level, mode, style, split },
    };
  }
  return undefined;
}
