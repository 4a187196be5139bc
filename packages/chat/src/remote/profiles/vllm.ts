import type { EndpointProfile } from "../endpoint-profile.js";
import { V4_EFFORTS } from "./efforts.js";

/** `vllm serve`, docs.vllm.ai "Reasoning Outputs": `reasoning_content` was renamed to `reasoning` in 2025. */
export const vllm: EndpointProfile = {
  name: "vllm",
  reasoningIn: ["reasoning", "reasoning_content"],
  reasoningOut: ["reasoning", "reasoning_content"],
  retention: "v3.2-paper",
  thinking: {
    on: { chat_template_kwargs: { thinking: true, enable_thinking: true } },
    off: { chat_template_kwargs: { thinking: false, enable_thinking: false } },
  },
  effort: { in: "chat_template_kwargs", names: V4_EFFORTS },
  forcesCalls: "always",
  limitsCalls: true,
  developerRole: true,
  labels: ["user"],
  refused: [],
  refusedThinking: [],
  ignoredThinking: [],
  asksForUsage: true,
  responseFormat: "json_schema",
  relabelsAfterToolResults: false,
  raw: {
    addsBos: false,
    fields: {
      add_special_tokens: false,
      skip_special_tokens: false,
      spaces_between_special_tokens: false,
      max_tokens: null,
    },
    continuousUsage: true,
    recording: "return_token_ids",
  },
};
