/** A model on this machine as a ChatModel and a CompletionModel. */

import {
  ChatError,
  type ChatEvent,
  type ChatModel,
  type CompletionEvent,
  type CompletionModel,
  type CompletionRequest,
  callOptions,
  chatPrompt,
  createStreamParser,
  createThinkingOnlyModel,
  EOS,
  type GenerateRequest,
  messageFinish,
  type RecordOptions,
  refuseForcedCalls,
  type SamplingOptions,
} from "@cachalot/chat";
import type { EngineClient, EngineStats, GenerationOptions, GenerationStep } from "./engine-client.js";
import type { EngineDescription } from "./engine-description.js";
import type { ObserveOptions } from "./observation.js";

/** Every field of a sampling request, with the authors' defaults. */
function samplingDefaults(
  options: SamplingOptions & { record?: RecordOptions },
): Omit<GenerationOptions, "prompt" | "countReasoning"> {
  return {
    temperature: options.temperature ?? 1,
    topP: options.topP ?? 0.95,
    topK: options.topK ?? 0,
    seed: options.seed ?? crypto.getRandomValues(new Uint32Array(1))[0]!,
    stop: options.stop ?? [],
    maxTokens: options.maxTokens ?? Number.MAX_SAFE_INTEGER,
    topLogprobs: options.topLogprobs,
    record: options.record,
  };
}

/** The worker knows prompts only; a chat client knows messages. */
function aboutMessages(error: unknown): unknown {
  return error instanceof ChatError && error.param === "prompt"
    ? new ChatError(error.code, error.message, "messages")
    : error;
}

export class LocalEngine implements ChatModel, CompletionModel {
  readonly #chat: Pick<ChatModel, "generate">;

  /** @param thinkingOnly it was trained to think before every answer and without tools, as V3.2-Speciale was */
  constructor(
    readonly id: string,
    readonly contextLength: number,
    private readonly client: EngineClient,
    private readonly worker: { close(): Promise<void>; loadWeights(dir: string): Promise<number> },
    readonly thinkingOnly = false,
  ) {
    const chat = { id, contextLength, generate: (request: GenerateRequest) => this.#answer(request) };
    this.#chat = thinkingOnly ? createThinkingOnlyModel(chat) : chat;
  }

  /** Generations running and waiting, and how the worker is. */
  stats(): EngineStats {
    return this.client.stats;
  }

  /**
   * Goes on with the weights of another checkpoint directory of the same architecture. Prefixes that were read with the old
   * ones are forgotten; running generations go on with the new ones. Resolves to the version that `generated` events tell.
   * @throws EngineError `load_failed`; the old weights stay.
   */
  loadWeights(dir: string): Promise<number> {
    return this.worker.loadWeights(dir);
  }

  /**
   * What the engine is doing: sequences, blocks, the prefix tree. Read between two steps.
   * @throws ChatError `unavailable` while the worker starts again.
   */
  describe(): Promise<EngineDescription> {
    return this.client.describe();
  }

  /**
   * Generates, and tells of every token what its forward pass chose and read: the prompt's tokens first, then one observation
   * beside each log-probability.
   */
  observe(request: CompletionRequest & { observe?: ObserveOptions }): AsyncGenerator<GenerationStep, void, undefined> {
    const { prompt, signal, observe = {} } = request;
    const sampling = samplingDefaults({ ...request, topLogprobs: request.topLogprobs ?? 0 });
    return this.client.generate({ prompt, countReasoning: false, ...sampling, observe }, signal);
  }

  /** Ends the worker; pending generations fail with EngineError `closed`. */
  close(): Promise<void> {
    return this.worker.close();
  }

  async *generate(request: GenerateRequest): AsyncGenerator<ChatEvent, void, undefined> {
    yield* this.#chat.generate(request);
  }

  async *#answer(request: GenerateRequest): AsyncGenerator<ChatEvent, void, undefined> {
    refuseForcedCalls(request);
    const thinkingMode = request.thinkingMode ?? "thinking";
    const parser = createStreamParser({ thinkingMode, lenient: true, ...callOptions(request) });
    const steps = this.client.generate(
      { prompt: chatPrompt(request), countReasoning: thinkingMode === "thinking", ...samplingDefaults(request) },
      request.signal,
    );
    try {
      for await (const step of steps) {
        if (step.type === "prompt") continue;
        if (step.type === "update") {
          yield* parser.push(step.text);
          if (step.logprobs.length > 0) yield { type: "logprobs", tokens: step.logprobs };
          continue;
        }
        const { reason, usage, generated } = step;
        if (reason === "end-token") yield* parser.push(EOS);
        const cut = reason === "end-token" ? undefined : reason === "stop" ? "stop" : "length";
        const end = parser.end({ cut });
        yield* end.events;
        if (generated) yield { type: "generated", tokens: generated };
        yield { type: "usage", usage };
        yield { type: "finish", reason: messageFinish(reason === "end-token" ? "stop" : reason, end) };
      }
    } catch (error) {
      throw aboutMessages(error);
    }
  }

  async *complete(request: CompletionRequest): AsyncGenerator<CompletionEvent, void, undefined> {
    const { prompt, signal } = request;
    const options = { prompt, countReasoning: false, ...samplingDefaults(request) };
    for await (const step of this.client.generate(options, signal)) {
      if (step.type === "prompt") continue;
      if (step.type === "update") {
        if (step.text !== "") yield { type: "text", delta: step.text };
        if (step.logprobs.length > 0) yield { type: "logprobs", tokens: step.logprobs };
        continue;
      }
      if (step.generated) yield { type: "generated", tokens: step.generated };
      yield { type: "usage", usage: step.usage };
      yield { type: "finish", reason: step.reason === "end-token" ? "stop" : step.reason };
    }
  }
}
