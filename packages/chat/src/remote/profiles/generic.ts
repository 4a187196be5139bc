import type { EndpointProfile } from "../endpoint-profile.js";
import { SAME_EFFORTS } from "./efforts.js";

/** Any other host: OpenAI's own fields only, besides `reasoning_content` in the history. */
export const generic: EndpointProfile = {
  name: "generic",
  reasoningIn: ["reasoning_content", "reasoning"],
  reasoningOut: ["reasoning_content"],
  retention: "v3.2-api",
  thinking: { on: { reasoning_effort: "high" }, off: { reasoning_effort: "none" } },
  effort: { in: "body", names: SAME_EFFORTS },
  forcesCalls: "always",
  limitsCalls: true,
  developerRole: true,
  labels: ["user", "metadata", "safety_identifier", "prompt_cache_key", "prompt_cache_retention"],
  refused: ["topK"],
  refusedThinking: [],
  ignoredThinking: [],
  asksForUsage: true,
  responseFormat: "json_schema",
  relabelsAfterToolResults: false,
  raw: { addsBos: false, fields: { max_tokens: 8192 }, continuousUsage: false },
};
