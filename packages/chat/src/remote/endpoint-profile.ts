/** What OpenAI-compatible hosts of V3.2 do differently, as data. */

import type { ReasoningEffort, SamplingOptions } from "../chat-model.js";
import type { RetentionPolicy } from "../prompt/retention.js";

type SamplingField = keyof SamplingOptions;

type EffortNames = Readonly<Record<ReasoningEffort, string>>;

/** DeepSeek-V4 thinks to three degrees; api-docs.deepseek.com maps the other names so. */
const V4_EFFORTS: EffortNames = {
  minimal: "low",
  low: "low",
  medium: "high",
  high: "high",
  xhigh: "max",
  max: "max",
  ultra: "max",
};

/** A host that may serve anything gets what the client said. */
const SAME_EFFORTS: EffortNames = {
  minimal: "minimal",
  low: "low",
  medium: "medium",
  high: "high",
  xhigh: "xhigh",
  max: "max",
  ultra: "ultra",
};

export interface EndpointProfile {
  readonly name: string;
  /** Fields of a response's message or delta that may carry the reasoning; the first that is there counts. */
  readonly reasoningIn: readonly string[];
  /** Fields of an assistant message in a request that carry its reasoning. */
  readonly reasoningOut: readonly string[];
  /** Which reasoning of the history is sent. */
  readonly retention: RetentionPolicy;
  /** What switches thinking on and off in a chat request's body. */
  readonly thinking: { readonly on: object; readonly off: object };
  /** Where the host reads how long to think, and what it calls each degree. Undefined: nowhere. */
  readonly effort?: { readonly in: "body" | "chat_template_kwargs"; readonly names: EffortNames } | undefined;
  /** Whether the host makes sure of `tool_choice` "required" or a named tool. Default "never": asking is an error. */
  readonly forcesCalls?: "always" | "without-thinking" | "never" | undefined;
  /** Whether the host takes `parallel_tool_calls: false`. Default false: asking is an error. */
  readonly limitsCalls?: boolean | undefined;
  /** Whether messages may have OpenAI's role "developer". Default false: they are sent as system messages. */
  readonly developerRole?: boolean | undefined;
  /** Labels of a request that the host reads; others are left out. Default none. */
  readonly labels?: readonly string[] | undefined;
  /** Sampling options the host does not know: asking for them is an error. */
  readonly refused: readonly SamplingField[];
  /** The same while the model thinks. */
  readonly refusedThinking: readonly SamplingField[];
  /** Sampling options that have no effect while the model thinks; left out. */
  readonly ignoredThinking: readonly SamplingField[];
  /** Whether usage comes only when `stream_options.include_usage` asks for it. */
  readonly asksForUsage: boolean;
  /** How a shape for the reply is asked for. `json_object` hosts get the schema in the system message. */
  readonly responseFormat: "json_schema" | "json_object";
  /** After tool results the host may deliver the whole answer as reasoning (sgl-project/sglang#17551). */
  readonly relabelsAfterToolResults: boolean;
  /** Raw completions. Undefined where the host has no such route for chat models. */
  readonly raw:
    | {
        /** The host puts the begin-of-sentence token before every prompt, so ours is left out. */
        readonly addsBos: boolean;
        /**
         * Sent with every raw request: special tokens must come back as text, and `max_tokens`, which this API sets to
         * 16 where it is missing, is null (all that fits) or as much as most hosts allow.
         */
        readonly fields: object;
        /** The host can report usage with every chunk, so that a resumed stream is counted exactly. */
        readonly continuousUsage: boolean;
      }
    | undefined;
}

/** `vllm serve`, docs.vllm.ai "Reasoning Outputs": `reasoning_content` was renamed to `reasoning` in 2025. */
const vllm: EndpointProfile = {
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
  },
};

/** SGLang, docs.sglang.io "Reasoning Parser": `thinking`, not `enable_thinking`, switches DeepSeek-V3 models. */
const sglang: EndpointProfile = {
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
  raw: { addsBos: true, fields: { skip_special_tokens: false, max_tokens: null }, continuousUsage: false },
};

/** DeepSeek's own API, api-docs.deepseek.com "Thinking Mode". */
const deepseek: EndpointProfile = {
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

/** Any other host: OpenAI's own fields only, besides `reasoning_content` in the history. */
const generic: EndpointProfile = {
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

export type EndpointProfileName = "vllm" | "sglang" | "deepseek" | "generic";

export const ENDPOINT_PROFILES: Readonly<Record<EndpointProfileName, EndpointProfile>> = {
  vllm,
  sglang,
  deepseek,
  generic,
};
