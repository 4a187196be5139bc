import type { LanguageModelV3StreamPart, SharedV3Warning } from "@ai-sdk/provider";
import { ChatError, type ChatModel, type GenerateRequest } from "@cachalot/chat";
import { apiError } from "./api-error.js";
import { StreamParts } from "./stream-parts.js";

export interface MessageStreamOptions {
  request: GenerateRequest;
  warnings: SharedV3Warning[];
  abortSignal: AbortSignal | undefined;
}

/**
 * One message as the SDK's stream. Cancelling the stream frees the model; aborting makes the stream fail with the signal's
 * reason; what else goes wrong on the way is an `error` part.
 *
 * @throws APICallError or ChatError for what goes wrong before the first event, so that the SDK can try again
 */
export async function messageStream(
  model: ChatModel,
  { request, warnings, abortSignal }: MessageStreamOptions,
): Promise<ReadableStream<LanguageModelV3StreamPart>> {
  const cancelled = new AbortController();
  const signal = AbortSignal.any(abortSignal === undefined ? [cancelled.signal] : [cancelled.signal, abortSignal]);
  const events = model.generate({ ...request, signal })[Symbol.asyncIterator]();
  const first = await events.next().catch((error: unknown) => {
    abortSignal?.throwIfAborted();
    throw apiError(error, model.id, request);
  });

  async function* parts(): AsyncGenerator<LanguageModelV3StreamPart, void, undefined> {
    yield { type: "stream-start", warnings };
    yield { type: "response-metadata", modelId: model.id };
    const message = new StreamParts();
    try {
      for (let next = first; !next.done; next = await events.next()) {
        const event = next.value;
        if (event.type === "finish" && event.reason === "aborted") abortSignal?.throwIfAborted();
        yield* message.push(event);
        if (event.type === "finish") return;
      }
      throw new ChatError("upstream", "The stream ended without a finish event; send the request again");
    } catch (error) {
      abortSignal?.throwIfAborted();
      yield* message.fail(apiError(error, model.id, request));
    } finally {
      await events.return?.();
    }
  }

  const source = parts();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await source.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      cancelled.abort();
      await source.return();
      // A generator that has not come to its try block leaves the model running.
      await events.return?.();
    },
  });
}
