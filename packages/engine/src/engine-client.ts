/** The client's side of the protocol: one stream of steps per generation. */

import { AsyncQueue, ChatError, type GeneratedTokens, type TokenLogprob, type Usage } from "@cachalot/chat";
import type { EngineDescription } from "./engine-description.js";
import { EngineError } from "./errors.js";
import type { ObservedModel, ObservedToken } from "./observation.js";
import type {
  Command,
  EndReason,
  EngineMemory,
  GenerateCommand,
  Port,
  PromptToken,
  WorkerMessage,
  WorkerMessages,
} from "./protocol.js";

/** What a generation yields; `done` comes last. */
export type GenerationStep =
  /** First, of a generation that is observed. */
  | { type: "prompt"; tokens: PromptToken[]; model: ObservedModel | undefined }
  | { type: "update"; text: string; logprobs: TokenLogprob[]; observed?: ObservedToken[] | undefined }
  | { type: "done"; reason: EndReason; usage: Usage; generated?: GeneratedTokens | undefined };

export type GenerationOptions = Omit<GenerateCommand, "type" | "id">;

export interface ClientLimits {
  maxSequences: number;
  /** Generations that may wait beyond those. */
  maxQueue: number;
}

const NO_USAGE: Usage = { promptTokens: 0, completionTokens: 0, reasoningTokens: 0, cachedTokens: 0 };

/** What a client knows of its engine. */
export interface EngineStats {
  /** Sequences generating now. */
  active: number;
  /** Generations waiting for a slot. */
  queued: number;
  /** Most of both together; more are refused. */
  limit: number;
  /** False while the worker starts again after a crash: generations are refused. */
  available: boolean;
  /** When to come back then, in milliseconds. */
  retryAfterMs: number;
  /** How often the worker was started again. */
  restarts: number;
  /** As the worker last told. */
  memory: EngineMemory | undefined;
}

/** When a full queue may have room again. */
const RETRY_MS = 1000;

const unavailable = (message: string, retryAfterMs: number): ChatError =>
  new ChatError("unavailable", message, undefined, { status: 503, retryAfterMs, retryable: true });

type Answer = Extract<WorkerMessage, { type: "weights" | "description" }>;

export class EngineClient {
  readonly #pending = new Map<number, AsyncQueue<GenerationStep>>();
  /** Asked beside generations. */
  readonly #questions = new Map<number, { resolve: (answer: Answer) => void; reject: (error: Error) => void }>();
  #nextId = 0;
  #port: Port | undefined;
  #isReady = false;
  #starts = 0;
  #memory: EngineMemory | undefined;
  #stopped: EngineError | undefined;
  #retryAfterMs = 0;
  /** Whether the worker has generated anything since it was attached. */
  hasGenerated = false;

  constructor(private readonly limits: ClientLimits) {}

  get stats(): EngineStats {
    const { maxSequences, maxQueue } = this.limits;
    const active = Math.min(this.#pending.size, maxSequences);
    return {
      active,
      queued: this.#pending.size - active,
      limit: maxSequences + maxQueue,
      available: this.#isReady,
      retryAfterMs: this.#isReady ? RETRY_MS : this.#retryAfterMs,
      restarts: Math.max(0, this.#starts - 1),
      memory: this.#memory,
    };
  }

  /** Generations go to the worker behind `port` as soon as it says it is ready. */
  attach(port: Port): void {
    this.#port = port;
    this.hasGenerated = false;
    port.on("message", (message: WorkerMessage | WorkerMessages) => {
      if (port !== this.#port) return;
      if (message.type === "messages") for (const one of message.messages) this.#receive(one);
      else this.#receive(message);
    });
  }

  /**
   * The worker is gone. Every pending generation fails, and later ones are refused until another is attached.
   * @param reason why, such as "was killed by SIGSEGV"
   * @param retryAfterMs when trying again is worth it
   */
  detach(reason: string, retryAfterMs: number): void {
    this.#port = undefined;
    this.#isReady = false;
    this.#memory = undefined;
    this.#retryAfterMs = retryAfterMs;
    this.#fail(unavailable(`The engine ${reason} while it answered; send the request again`, retryAfterMs));
  }

  /** Every pending and later generation fails with `error`, for good. */
  stop(error: EngineError): void {
    this.#stopped ??= error;
    this.#fail(error);
  }

  #fail(error: Error): void {
    for (const queue of this.#pending.values()) queue.fail(error);
    this.#pending.clear();
    for (const { reject } of this.#questions.values()) reject(error);
    this.#questions.clear();
  }

  /**
   * Replaces the weights by those of a checkpoint directory of the same architecture, between two steps; resolves to their
   * version.
   * @throws EngineError `load_failed`; the old weights stay. ChatError `unavailable` while the worker starts again.
   */
  async loadWeights(dir: string): Promise<number> {
    const answer = await this.#ask((id) => ({ type: "load-weights", id, dir }), "load the weights later");
    return (answer as Extract<Answer, { type: "weights" }>).version;
  }

  /**
   * What the engine is doing, read between two steps.
   * @throws ChatError `unavailable` while the worker starts again.
   */
  async describe(): Promise<EngineDescription> {
    const answer = await this.#ask((id) => ({ type: "describe", id }), "ask again later");
    return (answer as Extract<Answer, { type: "description" }>).engine;
  }

  async #ask(question: (id: number) => Command, advice: string): Promise<Answer> {
    if (this.#stopped) throw this.#stopped;
    if (!this.#isReady) throw unavailable(`The engine is being started; ${advice}`, this.#retryAfterMs);
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#questions.set(id, { resolve, reject });
      this.#send(question(id));
    });
  }

  /**
   * Streams one generation. Aborting `signal`, or leaving the stream early, frees its slot.
   * @throws ChatError for a refused request, a full queue (`overloaded`), or a worker that died or is being started again
   * (`unavailable`); EngineError when the generation broke or the engine is closed.
   */
  async *generate(options: GenerationOptions, signal?: AbortSignal): AsyncGenerator<GenerationStep, void, undefined> {
    if (this.#stopped) throw this.#stopped;
    if (signal?.aborted) {
      yield { type: "done", reason: "aborted", usage: NO_USAGE };
      return;
    }
    if (!this.#isReady)
      throw unavailable("The engine is being started; send the request again later", this.#retryAfterMs);
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
    if (!this.#stopped) this.#port?.postMessage(command);
  }

  #receive(message: WorkerMessage): void {
    if (message.type === "ready") {
      this.#isReady = true;
      this.#starts++;
    }
    if (message.type === "memory") this.#memory = message.memory;
    if (!("id" in message)) return;
    if (this.#receiveAnswer(message)) return;
    this.hasGenerated ||= message.type !== "error";
    const queue = this.#pending.get(message.id);
    if (!queue || message.type === "weights" || message.type === "description") return;
    if (message.type === "prompt") {
      queue.push({ type: "prompt", tokens: message.tokens, model: message.model });
      return;
    }
    if (message.type === "update") {
      const { text, logprobs, observed } = message;
      queue.push({ type: "update", text, logprobs, ...(observed ? { observed } : {}) });
      return;
    }
    this.#pending.delete(message.id);
    if (message.type === "done") {
      const { reason, usage, generated } = message;
      queue.push({ type: "done", reason, usage, generated });
      queue.end();
    } else if (message.refused) queue.fail(new ChatError(message.refused, message.message, "prompt"));
    else queue.fail(new EngineError("generation_failed", `The generation failed: ${message.message}`));
  }

  /** Whether the message answers a question. */
  #receiveAnswer(message: Extract<WorkerMessage, { id: number }>): boolean {
    const question = this.#questions.get(message.id);
    if (!question) return false;
    this.#questions.delete(message.id);
    if (message.type === "weights" || message.type === "description") question.resolve(message);
    else if (message.type === "error") question.reject(new EngineError("load_failed", message.message));
    return true;
  }
}
