/** Models that know the gold, say nothing, or are wrong: what a benchmark and its grader are tested with. */

import { type AssistantMessage, type ChatModel, createScriptedModel, type FinishReason } from "@cachalot/chat";
import type { Benchmark, Item } from "../benchmark.js";
import { EvalsError } from "../errors.js";

const CONTEXT = 1 << 24;

export type ModelFor = (benchmark: Benchmark, item: Item) => ChatModel;

const SCRIPTS: Readonly<Record<string, (benchmark: Benchmark, item: Item) => readonly AssistantMessage[]>> = {
  oracle: (benchmark, item) => benchmark.oracle(item),
  empty: () => [{ role: "assistant", content: "" }],
  wrong: (benchmark, item) => benchmark.wrong(item),
};

/**
 * `scripted:oracle` and its like, and the benchmark's own.
 * @returns undefined for other names
 * @throws EvalsError `invalid_options` for a script that is not there
 */
export function scriptedModel(name: string, { scripts = {} }: Pick<Benchmark, "scripts"> = {}): ModelFor | undefined {
  const [, script] = /^scripted:(.*)$/.exec(name) ?? [];
  if (script === undefined) return undefined;
  const policy = scripts[script];
  if (policy) return () => createScriptedModel({ id: name, contextLength: CONTEXT, turns: policy });
  const says = SCRIPTS[script];
  if (!says)
    throw new EvalsError(
      "invalid_options",
      `there is no model ${name}; there are ${[...Object.keys(SCRIPTS), ...Object.keys(scripts)]
        .map((known) => `scripted:${known}`)
        .join(", ")}`,
    );
  return (benchmark, item) => modelSaying(name, says(benchmark, item));
}

/** A model that says these messages one after the other, and then the last one again and again. */
export function modelSaying(
  id: string,
  messages: readonly AssistantMessage[],
  lastFinishReason?: FinishReason,
): ChatModel {
  const last = messages.length - 1;
  return createScriptedModel({
    ...{ id, contextLength: CONTEXT },
    turns: (_, index) => {
      const { content, reasoning_content: reasoning, tool_calls = [] } = messages[Math.min(index, last)]!;
      return {
        content: content ?? "",
        ...(reasoning ? { reasoning } : {}),
        toolCalls: tool_calls.map(({ id: callId, function: { name, arguments: args } }) => ({
          ...{ name, arguments: args },
          ...(callId ? { id: callId } : {}),
        })),
        ...(lastFinishReason && index >= last ? { finishReason: lastFinishReason } : {}),
      };
    },
  });
}
