import {
  type AssistantMessage,
  AsyncQueue,
  type ChatEvent,
  type ChatModel,
  collectMessage,
  type FinishReason,
  type GenerateRequest,
  type Usage,
} from "@cachalot/chat";
import type { Journal } from "./journal.js";

/** One generated token, as a run keeps it. */
export interface TokenRecord {
  id?: number;
  token: string;
  logprob: number;
}

/** A finished model call. */
export interface ModelStep {
  message: AssistantMessage;
  finishReason: FinishReason;
  usage: Usage;
  /** Milliseconds since 1970. */
  startedAt: number;
  durationMs: number;
  /** Every token of the answer, when the request asked for log-probabilities. */
  tokens?: TokenRecord[];
}

/** Calls a model as one step of a journal, and passes on its events: none when the step was known. */
export async function* callModel(
  model: ChatModel,
  request: GenerateRequest,
  journal: Journal,
  name: string,
): AsyncGenerator<ChatEvent, ModelStep & { replayed: boolean }, undefined> {
  const left = new AbortController();
  const signal = request.signal ? AbortSignal.any([request.signal, left.signal]) : left.signal;
  const live = new AsyncQueue<ChatEvent>();
  const step = journal.step(name, async (): Promise<ModelStep> => {
    const startedAt = Date.now();
    const begun = performance.now();
    async function* passedOn(): AsyncGenerator<ChatEvent, void, undefined> {
      for await (const event of model.generate({ ...request, signal })) {
        live.push(event);
        yield event;
      }
    }
    const { message, finishReason, usage, logprobs } = await collectMessage(passedOn());
    const tokens = logprobs.map(({ id, token, logprob }) => ({ ...(id === undefined ? {} : { id }), token, logprob }));
    const durationMs = performance.now() - begun;
    return { message, finishReason, usage, startedAt, durationMs, ...(tokens.length > 0 ? { tokens } : {}) };
  });
  step.then(
    () => live.end(),
    () => live.end(),
  );
  try {
    yield* live;
    const { value, replayed } = await step;
    return { ...value, replayed };
  } finally {
    left.abort();
  }
}
