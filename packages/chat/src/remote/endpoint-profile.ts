/** What OpenAI-compatible hosts of V3.2 do differently, as data. */

import type { ReasoningEffort, SamplingOptions } from "../chat-model.js";
import type { RetentionPolicy } from "../prompt/retention.js";
import type { TokenRecording } from "./recorded-tokens.js";

type SamplingField = keyof SamplingOptions;

/** What a host calls each degree of thinking. */
export type EffortNames = Readonly<Record<ReasoningEffort, string>>;

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
        /** How the host tells token ids and their log-probabilities. Undefined: not at all. */
        readonly recording?: TokenRecording | undefined;
      }
    | undefined;
}
