/** Models that know the gold, say nothing, or are wrong: what a benchmark and its grader are tested with. */

import { type AssistantMessage, type ChatModel, createScriptedModel } from "@cachalot/chat";
import type { Benchmark, Item } from "../benchmark.js";
import { EvalsError } from "../errors.js";

export type ModelFor = (benchmark: Benchmark, item: Item) => ChatModel;

const SCRIPTS: Readonly<Record<string, (benchmark: Benchmark, item: Item) => readonly AssistantMessage[]>> = {
  oracle: (benchmark, item) => benchmark.oracle(item),
  empty: () => [{ role: "assistant", content: "" }],
  wrong: (benchmark, item) => benchmark.wrong(item),
};

/** `scripted:oracle` and its like. @returns undefined for other names. @throws EvalsError `invalid_options` for a script that is not there */
export function scriptedModel(name: string): ModelFor | undefined {
  const [, script] = /^scripted:(.*)$/.exec(name) ?? [];
  if (script === undefined) return undefined;
  const says = SCRIPTS[script];
  if (!says)
    throw new EvalsError(
      "invalid_options",
      `there is no model ${name}; there are ${Object.keys(SCRIPTS)
        .map((known) => `scripted:${known}`)
        .join(", ")}`,
    );
  return (benchmark, item) =>
    createScriptedModel({
      id: name,
      contextLength: 1 << 24,
      turns: says(benchmark, item).map(({ content, reasoning_content, tool_calls }) => ({
        content: content ?? "",
        ...(reasoning_content ? { reasoning: reasoning_content } : {}),
        toolCalls: (tool_calls ?? []).map(({ id, function: { name, arguments: args } }) => ({
          name,
          arguments: args,
          ...(id ? { id } : {}),
        })),
      })),
    });
}
