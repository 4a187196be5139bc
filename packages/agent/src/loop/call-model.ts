import {
  AsyncQueue,
  ChatError,
  type ChatEvent,
  type ChatModel,
  collectMessage,
  type GenerateRequest,
  type Usage,
} from "@cachalot/chat";
import type { AgentEvent, CallPurpose } from "./events.js";
import { receivedMessage } from "./history-message.js";
import type { Journal } from "./journal.js";
import { addUsage, NO_USAGE } from "./limits.js";
import type { ModelStep } from "./model-step.js";

export type CompleteStep = ModelStep & { replayed: boolean };

/** The prompt was longer than the model takes, in its words. */
export interface RefusedPrompt {
  refused: string;
}

/** Calls a run's model, each time as one step of its journal, and adds up what that costs. */
export class ModelCaller {
  #spent = { steps: 0, usage: NO_USAGE, cost: 0 };

  constructor(
    private readonly model: ChatModel,
    private readonly journal: Journal,
    private readonly price: ((usage: Usage) => number) | undefined,
    private readonly addReplayed: (durationMs: number) => void,
  ) {}

  /** Of all calls so far. */
  get spent(): { steps: number; usage: Usage; cost: number } {
    return this.#spent;
  }

  /** Passes on the events of a message as it comes, none when the call is known; then the message as an event. */
  async *call(
    step: number,
    purpose: CallPurpose,
    request: GenerateRequest,
  ): AsyncGenerator<AgentEvent, CompleteStep | RefusedPrompt, undefined> {
    const name = purpose === "step" ? `model-${step}` : `${purpose}-${step}`;
    const events = callModel(this.model, request, this.journal, name);
    for (;;) {
      const { done, value } = await events.next();
      if (!done) {
        // A summary is shown when it is there: its pieces are no part of the answer.
        if (purpose === "step") yield value;
        continue;
      }
      if ("refused" in value) return value;
      const { steps, usage, cost } = this.#spent;
      this.#spent = {
        steps: steps + 1,
        usage: addUsage(usage, value.usage),
        cost: cost + (this.price?.(value.usage) ?? 0),
      };
      if (value.replayed) this.addReplayed(value.durationMs);
      yield { type: "message", step, purpose, ...value };
      return value;
    }
  }
}

async function* callModel(
  model: ChatModel,
  request: GenerateRequest,
  journal: Journal,
  name: string,
): AsyncGenerator<ChatEvent, CompleteStep | RefusedPrompt, undefined> {
  const left = new AbortController();
  const signal = request.signal ? AbortSignal.any([request.signal, left.signal]) : left.signal;
  const live = new AsyncQueue<ChatEvent>();
  const step = journal.step(name, async (): Promise<ModelStep | RefusedPrompt> => {
    try {
      return await generate(model, { ...request, signal }, (event) => live.push(event));
    } catch (error) {
      // A step with a value, not one that failed: the run goes on from it, with a shorter prompt or to its end.
      if (error instanceof ChatError && error.code === "context_length_exceeded") return { refused: error.message };
      throw error;
    }
  });
  step.then(
    () => live.end(),
    () => live.end(),
  );
  try {
    yield* live;
    const { value, replayed } = await step;
    return "refused" in value ? value : { ...value, replayed };
  } finally {
    left.abort();
  }
}

async function generate(
  model: ChatModel,
  request: GenerateRequest,
  show: (event: ChatEvent) => void,
): Promise<ModelStep> {
  const startedAt = Date.now();
  const begun = performance.now();
  async function* passedOn(): AsyncGenerator<ChatEvent, void, undefined> {
    for await (const event of model.generate(request)) {
      show(event);
      yield event;
    }
  }
  const { message, finishReason, usage, logprobs } = await collectMessage(passedOn());
  const tokens = logprobs.map(({ id, token, logprob }) => ({ ...(id === undefined ? {} : { id }), token, logprob }));
  const durationMs = performance.now() - begun;
  return {
    ...{ message: receivedMessage(message), finishReason, usage, startedAt, durationMs },
    ...(tokens.length > 0 ? { tokens } : {}),
  };
}
