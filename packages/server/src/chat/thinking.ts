/** Whether a chat request asks the model to think. */

import type { ThinkingMode } from "@cachalot/chat";
import * as z from "zod";
import { badRequest } from "../api-error.js";

/** The spellings clients use: vLLM's and SGLang's template argument, DeepSeek's and OpenAI's field. */
export const thinkingFields = {
  chat_template_kwargs: z
    .looseObject({ thinking: z.boolean().nullish(), enable_thinking: z.boolean().nullish() })
    .nullish(),
  thinking: z.looseObject({ type: z.enum(["enabled", "disabled"]) }).nullish(),
  reasoning_effort: z.enum(["none", "minimal", "low", "medium", "high", "xhigh"]).nullish(),
};

const thinkingSchema = z.looseObject(thinkingFields);

/**
 * The mode the request asks for. `reasoning_effort` only turns thinking off ("none") or on: the model knows no degrees.
 * @throws ApiError 400 when two fields contradict each other.
 */
export function thinkingMode(fields: z.infer<typeof thinkingSchema>, fallback: ThinkingMode): ThinkingMode {
  const { chat_template_kwargs: kwargs, thinking, reasoning_effort: effort } = fields;
  const asked = [
    kwargs?.thinking,
    kwargs?.enable_thinking,
    thinking ? thinking.type === "enabled" : undefined,
    effort == null ? undefined : effort !== "none",
  ].filter((value) => typeof value === "boolean");
  if (asked.includes(true) && asked.includes(false)) {
    throw badRequest("Thinking is asked for and ruled out in the same request; set it in one place", "thinking");
  }
  if (asked.length === 0) return fallback;
  return asked[0] ? "thinking" : "chat";
}
