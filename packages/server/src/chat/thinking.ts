/** Whether a chat request asks the model to think, and for how long. */

import { REASONING_EFFORTS, type ReasoningEffort, type RepairEvent, type ThinkingMode } from "@cachalot/chat";
import * as z from "zod";
import { badRequest } from "../api-error.js";

const effort = z.enum(["none", ...REASONING_EFFORTS]).nullish();

/** The spellings clients use: vLLM's and SGLang's template argument, DeepSeek's, OpenAI's and DashScope's field. */
export const thinkingFields = {
  chat_template_kwargs: z
    .strictObject(
      { thinking: z.boolean().nullish(), enable_thinking: z.boolean().nullish(), reasoning_effort: effort },
      { error: onlyKnown("thinking, enable_thinking and reasoning_effort") },
    )
    .nullish(),
  thinking: z.strictObject({ type: z.enum(["enabled", "disabled"]) }, { error: onlyKnown("type") }).nullish(),
  enable_thinking: z.boolean().nullish(),
  reasoning_effort: effort,
};

/** What a template argument does that is not known here, nobody can say. */
function onlyKnown(known: string) {
  return ({ code, keys }: { code?: string | undefined; keys?: unknown }): string | undefined => {
    if (code !== "unrecognized_keys" || !Array.isArray(keys)) return undefined;
    return `${keys.map((key) => JSON.stringify(key).slice(0, 100)).join(", ")} is not supported, only ${known}`;
  };
}

const thinkingSchema = z.looseObject(thinkingFields);

export interface Thinking {
  thinkingMode: ThinkingMode;
  reasoningEffort?: ReasoningEffort;
  repairs: RepairEvent[];
}

/**
 * What the request asks for. Thinking that is switched off wins over an effort, which many clients always send.
 * @throws ApiError 400 when two switches contradict each other.
 */
export function thinkingOf(fields: z.infer<typeof thinkingSchema>, fallback: ThinkingMode): Thinking {
  const { chat_template_kwargs: kwargs, thinking, enable_thinking } = fields;
  const asked = fields.reasoning_effort ?? kwargs?.reasoning_effort ?? undefined;
  const switches = [
    kwargs?.thinking,
    kwargs?.enable_thinking,
    enable_thinking,
    thinking ? thinking.type === "enabled" : undefined,
    asked === "none" ? false : undefined,
  ].filter((value) => typeof value === "boolean");
  if (switches.includes(true) && switches.includes(false)) {
    throw badRequest("Thinking is asked for and ruled out in the same request; set it in one place", "thinking");
  }
  const degree = asked === "none" ? undefined : asked;
  if (switches.includes(false)) {
    if (degree === undefined) return { thinkingMode: "chat", repairs: [] };
    const description = `left out reasoning_effort ${degree}: thinking is switched off`;
    return { thinkingMode: "chat", repairs: [{ type: "repair", kind: "dropped-field", description }] };
  }
  if (degree !== undefined) return { thinkingMode: "thinking", reasoningEffort: degree, repairs: [] };
  return { thinkingMode: switches.includes(true) ? "thinking" : fallback, repairs: [] };
}
