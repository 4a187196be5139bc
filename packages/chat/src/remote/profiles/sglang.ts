import type { EndpointProfile } from "../endpoint-profile.js";
import { V4_EFFORTS } from "./efforts.js";

/** SGLang, docs.sglang.io "Reasoning Parser": `thinking`, not `enable_thinking`, switches DeepSeek-V3 models. */
export const sglang: EndpointProfile = {
  name: "sglang",
  reasoningIn: ["reasoning_content"],
  reasoningOut: ["reasoning_content"],
  retention: "v3.2-paper",
  thinking: {
    on: { chat_template_kwargs: { thinking: true }, separate_reasoning: true },
    off: { chat_template_kwargs: { thinking: false } },
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
  relabelsAfterToolResults: true,
  // Its tokenizer adds the token to every text (sgl-project/sglang#8291).
  raw: {
    addsBos: true,
    fields: { skip_special_tokens: false, max_tokens: null },
    continuousUsage: false,
    recording: "sglang-generate",
  },
};
