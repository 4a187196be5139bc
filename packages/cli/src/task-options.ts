import type { ThinkingMode } from "@cachalot/chat";
import { InvalidArgumentError, Option } from "commander";

/** Whether a model thinks before it answers. */
export const MODES: readonly ThinkingMode[] = ["thinking", "chat"];

export const modesOption = (): Option => listOption("--modes <list>", "of thinking and chat", MODES);

/** Words of a list, with commas between them. */
export function listOption<T extends string>(flags: string, description: string, known: readonly T[]): Option {
  const parse = (value: string): T[] => {
    const words = value.split(",").map((word) => word.trim()) as T[];
    const unknown = words.find((word) => !known.includes(word));
    if (unknown !== undefined) throw new InvalidArgumentError(`${unknown || "nothing"} is none of ${known.join(", ")}`);
    return [...new Set(words)];
  };
  return new Option(flags, description).argParser(parse).default([...known], known.join(","));
}

export function splitOption(): Option {
  return new Option("--split <side>", "held-out tasks are for measuring")
    .choices(["train", "heldout"])
    .default("train");
}

/** Levels of tasks: `0-2,4` as 0, 1, 2, 4. */
export function levelsOption(): Option {
  return new Option("--levels <list>", "such as 0-2 or 0,3").argParser(levelList).default([0, 1, 2], "0-2");
}

function levelList(value: string): number[] {
  const levels = value.split(",").flatMap((part) => {
    const [, low, high = low] = /^\s*(\d{1,3})(?:-(\d{1,3}))?\s*$/.exec(part) ?? [];
    if (low === undefined || Number(high) < Number(low))
      throw new InvalidArgumentError("must be levels such as 0-2 or 0,3");
    return Array.from({ length: Number(high) - Number(low) + 1 }, (_, i) => Number(low) + i);
  });
  return [...new Set(levels)];
}
