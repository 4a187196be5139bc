import type { LanguageModelV3 } from "@ai-sdk/provider";
import { type ChatModel, collectMessage } from "@cachalot/chat";
import { apiError } from "./api-error.js";
import { callRequest } from "./call-request.js";
import { generateResult } from "./generate-result.js";
import { messageStream } from "./message-stream.js";

/**
 * A `ChatModel` as a language model of the AI SDK, for `generateText`, `streamText` and all that takes a model. Reasoning
 * and the exact arguments of calls come back with the history, so that every step of a turn continues the same thought.
 *
 * Its calls throw APICallError for what a remote endpoint answered, UnsupportedFunctionalityError for files and for
 * demanded tool calls where the model cannot promise them, InvalidArgumentError for wrong `providerOptions.cachalot` (`CachalotOptions`), and ChatError for requests
 * the model cannot serve.
 */
export function createCachalot(model: ChatModel): LanguageModelV3 {
  return {
    specificationVersion: "v3",
    provider: "cachalot",
    modelId: model.id,
    supportedUrls: {},

    async doGenerate(options) {
      const { request, warnings } = callRequest(options);
      const { abortSignal } = options;
      const events = model.generate({ ...request, ...(abortSignal === undefined ? {} : { signal: abortSignal }) });
      const collected = await collectMessage(events).catch((error: unknown) => {
        abortSignal?.throwIfAborted();
        throw apiError(error, model.id, request);
      });
      if (collected.finishReason === "aborted") abortSignal?.throwIfAborted();
      return { ...generateResult(collected, model.id), warnings };
    },

    async doStream(options) {
      const { abortSignal } = options;
      return { stream: await messageStream(model, { ...callRequest(options), abortSignal }) };
    },
  };
}
