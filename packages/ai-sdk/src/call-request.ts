import { InvalidArgumentError, type LanguageModelV3CallOptions, type SharedV3Warning } from "@ai-sdk/provider";
import { type GenerateRequest, REASONING_EFFORTS, type ReasoningEffort, type SamplingOptions } from "@cachalot/chat";
import { callTools } from "./call-tools.js";
import { chatMessages } from "./chat-messages.js";

/** `providerOptions.cachalot` of a call. */
export interface CachalotOptions {
  /** Whether the model thinks before it answers. Default true. */
  thinking?: boolean;
  /** How long it thinks, where the host's model knows degrees: "low", "high", "max" and the names clients give them. */
  reasoningEffort?: ReasoningEffort;
}

export interface CallRequest {
  request: GenerateRequest;
  /** What the call asked for and does not get. */
  warnings: SharedV3Warning[];
}

/**
 * A call of the SDK as a request to a ChatModel, without its signal.
 *
 * @throws UnsupportedFunctionalityError for files; InvalidArgumentError for provider options of the wrong type
 */
export function callRequest(options: LanguageModelV3CallOptions): CallRequest {
  const { tools, toolChoice, warnings } = callTools(options);
  const format = responseFormat(options.responseFormat);
  const request: GenerateRequest = {
    messages: chatMessages(options.prompt),
    ...(tools.length === 0 ? {} : { tools }),
    ...(tools.length === 0 || toolChoice === undefined ? {} : { toolChoice }),
    ...(format === undefined ? {} : { responseFormat: format }),
    ...thinkingOf(options),
    ...sampling(options),
  };
  return { request, warnings: [...warnings, ...ignoredSettings(options)] };
}

function sampling(options: LanguageModelV3CallOptions): SamplingOptions {
  const { temperature, topP, topK, seed, stopSequences, maxOutputTokens } = options;
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(topK === undefined ? {} : { topK }),
    ...(seed === undefined ? {} : { seed }),
    ...(stopSequences?.length ? { stop: stopSequences } : {}),
    ...(maxOutputTokens === undefined ? {} : { maxTokens: maxOutputTokens }),
  };
}

function responseFormat(format: LanguageModelV3CallOptions["responseFormat"]): Record<string, unknown> | undefined {
  if (format?.type !== "json") return undefined;
  const { $schema: _, ...schema } = format.schema ?? { type: "object" };
  return {
    ...schema,
    ...(format.name === undefined ? {} : { title: format.name }),
    ...(format.description === undefined ? {} : { description: format.description }),
  };
}

function thinkingOf({
  providerOptions,
}: LanguageModelV3CallOptions): Pick<GenerateRequest, "thinkingMode" | "reasoningEffort"> {
  const options: { thinking?: unknown; reasoningEffort?: unknown } = providerOptions?.cachalot ?? {};
  const { thinking = true, reasoningEffort: effort, ...others } = options;
  const unknown = Object.keys(others)[0];
  if (unknown !== undefined) throw invalidOption(unknown, "is not known; the options are: thinking, reasoningEffort");
  if (typeof thinking !== "boolean") throw invalidOption("thinking", "must be true or false");
  if (effort === undefined || !thinking) return { thinkingMode: thinking ? "thinking" : "chat" };
  const known = REASONING_EFFORTS.find((name) => name === effort);
  if (known === undefined) throw invalidOption("reasoningEffort", `must be one of ${REASONING_EFFORTS.join(", ")}`);
  return { thinkingMode: "thinking", reasoningEffort: known };
}

const invalidOption = (name: string, problem: string): InvalidArgumentError =>
  new InvalidArgumentError({ argument: "providerOptions", message: `providerOptions.cachalot.${name} ${problem}` });

function ignoredSettings(options: LanguageModelV3CallOptions): SharedV3Warning[] {
  // The SDK itself adds a user-agent to every call.
  const headers = Object.keys(options.headers ?? {}).filter((name) => name.toLowerCase() !== "user-agent");
  return [
    ...(options.presencePenalty ? ["presencePenalty"] : []),
    ...(options.frequencyPenalty ? ["frequencyPenalty"] : []),
    ...(headers.length > 0 ? ["headers"] : []),
  ].map((feature) => ({ type: "unsupported", feature, details: "it was ignored" }));
}
