/** The client's side of the protocol: one stream of steps per generation. */

import { AsyncQueue, ChatError, type TokenLogprob, type Usage } from "@cachalot/chat";
import { EngineError } from "./errors.js";
import type { Command, EndReason, GenerateCommand, Port, WorkerMessage, WorkerMessages } from "./protocol.js";

/** What a generation yields; `done` comes last. */
export type GenerationStep =
  | { type: "update"; text: string; logprobs: TokenLogprob[] }
  | { type: "done"; reason: EndReason; usage: Usage };

export type GenerationOptions = Omit<GenerateCommand, "type" | "id">;

export interface ClientLimits {
  maxSequences: number;
  /** Generations that may wait beyond those. */
  maxQueue: number;
}

const NO_USAGE: Usage = { promptTokens: 0, completionTokens: 0, reasoningTokens: 0, cachedTokens: 0 };

export class EngineClient {
  readonly #pending = new Map<number, AsyncQueue<GenerationStep>>();
  #nextId = 0;
  #stopped: EngineError | undefined;

  constructor(
    private readonly port: Port,
    private readonly limits: ClientLimits,
  ) {
    port.on("message", (message: WorkerMessage | WorkerMessages) => {
      if (message.type === "messages") for (const one of message.messages) this.#receive(one);
      else this.#receive(message);
    });
  }

  get stats(): { active: number; queued: number } {
    const active = Math.min(this.#pending.size, this.limits.maxSequences);
    return { active, queued: this.#pending.size - active };
  }

  /** Every pending and later generation fails with `error`. */
  stop(error: EngineError): void {
    this.#stopped ??= error;
    for (const queue of this.#pending.values()) queue.fail(error);
    this.#pending.clear();
  }

  /**
   * Streams one generation. Aborting `signal`, or leaving the stream early, frees its slot.
   * @throws ChatError for a refused request or a full queue; EngineError when the generation or the worker broke.
   */
  async *generate(options: GenerationOptions, signal?: AbortSignal): AsyncGenerator<GenerationStep, void, undefined> {
    if (this.#stopped) throw this.#stopped;
    if (signal?.aborted) {
      yield { type: "done", reason: "aborted", usage: NO_USAGE };
      return;
    }
    const { maxSequences, maxQueue } = this.limits;
    if (this.#pending.size >= maxSequences + maxQueue) {
      throw new ChatError(
        "overloaded",
        `${maxSequences} generations run and ${maxQueue} wait already; try again later, or raise maxQueue`,
      );
    }
    const id = this.#nextId++;
    const queue = new AsyncQueue<GenerationStep>();
    this.#pending.set(id, queue);
    const cancel = (): void => this.#send({ type: "cancel", id });
    signal?.addEventListener("abort", cancel, { once: true });
    try {
      this.#send({ type: "generate", id, ...options });
      yield* queue;
    } finally {
      signal?.removeEventListener("abort", cancel);
      if (this.#pending.delete(id)) cancel();
    }
  }

  #send(command: Command): void {
    if (!this.#stopped) this.port.postMessage(command);
  }

  #receive(message: WorkerMessage): void {
    if (message.type === "ready" || message.type === "load-failed") return;
    const queue = this.#pending.get(message.id);
    if (!queue) return;
    if (message.type === "update") {
      queue.push({ type: "update", text: message.text, logprobs: message.logprobs });
      return;
    }
    this.#pending.delete(message.id);
    if (message.type === "done") {
      queue.push({ type: "done", reason: message.reason, usage: message.usage });
      queue.end();
    } else if (message.refused) queue.fail(new ChatError(message.refused, message.message, "prompt"));
    else queue.fail(new EngineError("generation_failed", `The generation failed: ${message.message}`));
  }
}
