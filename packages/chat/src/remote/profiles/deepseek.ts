import type { EndpointProfile } from "../endpoint-profile.js";
import { V4_EFFORTS } from "./efforts.js";

/** DeepSeek's own API, api-docs.deepseek.com "Thinking Mode". */
export const deepseek: EndpointProfile = {
  name: "deepseek",
  reasoningIn: ["reasoning_content"],
  reasoningOut: ["reasoning_content"],
  retention: "v4-api",
  thinking: { on: { thinking: { type: "enabled" } }, off: { thinking: { type: "disabled" } } },
  effort: { in: "body", names: V4_EFFORTS },
  // "Thinking mode does not support this tool_choice" (deepseek-ai/DeepSeek-V3#1376).
  forcesCalls: "without-thinking",
  labels: ["user"],
  refused: ["topK", "seed"],
  refusedThinking: ["topLogprobs"],
  ignoredThinking: ["temperature", "topP"],
  asksForUsage: true,
  responseFormat: "json_object",
  relabelsAfterToolResults: false,
  raw: undefined,
};
