/** The engine loop, the worker's side of the protocol: commands in, messages out, a scheduler step in between. */

import { ChatError } from "@cachalot/chat";
import { describeEngine } from "./describe-engine.js";
import type { CausalLanguageModel, EngineTokenizer, SequenceCache } from "./language-model.js";
import { nextTurn } from "./next-turn.js";
import type { Command, GenerateCommand, LoadWeightsCommand, Port, WorkerMessage, WorkerMessages } from "./protocol.js";
import { Scheduler, type SchedulerOptions } from "./scheduler.js";
import { Sequence } from "./sequence.js";

/** Prompt tokens, checked. @throws ChatError */
function promptTokens(command: GenerateCommand, tokenizer: EngineTokenizer, contextLength: number): readonly number[] {
  const { prompt } = command;
  const tokens = typeof prompt === "string" ? tokenizer.encode(prompt) : prompt;
  if (tokens.length === 0) throw new ChatError("invalid_request", "The prompt is empty; send at least one token");
  const stranger = tokens.find((token) => !Number.isInteger(token) || token < 0 || token >= tokenizer.vocabSize);
  if (stranger !== undefined) {
    throw new ChatError(
      "invalid_request",
      `${stranger} is not a token id; the vocabulary has ids from 0 to ${tokenizer.vocabSize - 1}`,
    );
  }
  if (tokens.length >= contextLength) {
    throw new ChatError(
      "context_length_exceeded",
      `The prompt has ${tokens.length} tokens, but the context holds ${contextLength}, the answer included; ` +
        "send fewer or shorter messages",
    );
  }
  return tokens;
}

/** How often the worker tells of its memory while it is busy, in milliseconds. */
const MEMORY_INTERVAL_MS = 1000;

/**
 * Serves a loaded model until a `close` command. Commands are read between steps.
 * @param residentBytes memory of the worker's process, where it is not the client's
 */
export function runEngineLoop<Cache extends SequenceCache>(
  port: Port,
  model: CausalLanguageModel<Cache>,
  tokenizer: EngineTokenizer,
  options: SchedulerOptions,
  residentBytes?: () => number,
): void {
  let outbox: WorkerMessage[] = [];
  const post = (message: WorkerMessage): void => void outbox.push(message);
  const flush = (): void => {
    if (outbox.length === 0) return;
    const message: WorkerMessage | WorkerMessages =
      outbox.length === 1 ? outbox[0]! : { type: "messages", messages: outbox };
    outbox = [];
    port.postMessage(message);
  };
  const fail = (id: number, error: unknown): void => {
    const message = error instanceof Error ? error.message : String(error);
    post({ type: "error", id, message, refused: error instanceof ChatError ? error.code : undefined });
  };
  const scheduler = new Scheduler(
    model,
    {
      update: (id, { text, logprobs, observed }) =>
        post({ type: "update", id, text, logprobs, ...(observed ? { observed } : {}) }),
      done: (id, reason, usage, generated) => post({ type: "done", id, reason, usage, generated }),
      failed: fail,
    },
    options,
  );
  const loads: LoadWeightsCommand[] = [];
  const described: number[] = [];
  let running = false;
  let closed = false;
  let toldMemory = 0;
  const tellMemory = (): void => {
    toldMemory = performance.now();
    const { usedBytes, limitBytes } = model.blocks;
    const memory = { cacheUsed: usedBytes, cacheLimit: limitBytes };
    post({ type: "memory", memory: residentBytes ? { ...memory, resident: residentBytes() } : memory });
  };
  const run = async (): Promise<void> => {
    for (const command of loads.splice(0)) await loadWeights(command);
    if (!closed) await scheduler.step();
    if (closed) {
      shutDown();
      return;
    }
    describe();
    running = !scheduler.isIdle || loads.length > 0;
    if (!running || performance.now() - toldMemory > MEMORY_INTERVAL_MS) tellMemory();
    flush();
    // A macrotask, so that a cancel is read before the next step.
    if (running) nextTurn(run);
  };
  const loadWeights = async ({ id, dir }: LoadWeightsCommand): Promise<void> => {
    try {
      await model.load(dir);
      scheduler.weightsChanged();
      post({ type: "weights", id, version: scheduler.weightsVersion });
    } catch (error) {
      fail(id, error);
    }
  };
  /** Answers those who asked while a step was under way: a step computes nothing for them. */
  const describe = (): void => {
    if (described.length === 0) return;
    const engine = describeEngine(scheduler, model.blocks, tokenizer, options.maxSequences);
    for (const id of described.splice(0)) post({ type: "description", id, engine });
  };
  const shutDown = (): void => {
    scheduler.dispose();
    model.dispose();
    port.close();
  };
  port.on("message", (command: Command) => {
    if (closed) return;
    switch (command.type) {
      case "generate":
        try {
          const prompt = promptTokens(command, tokenizer, options.contextLength);
          if (command.observe) {
            const tokens = prompt.map((id) => ({ id, bytes: tokenizer.tokenBytes(id) }));
            post({ type: "prompt", id: command.id, tokens, model: model.observedModel });
          }
          scheduler.submit(new Sequence(command, prompt, tokenizer, options.contextLength));
        } catch (error) {
          fail(command.id, error);
        }
        break;
      case "cancel":
        scheduler.cancel(command.id);
        break;
      case "load-weights":
        loads.push(command);
        break;
      case "describe":
        described.push(command.id);
        if (!running) describe();
        break;
      case "close":
        closed = true;
        // A step under way ends first, and does it then.
        if (!running) shutDown();
        return;
    }
    flush();
    if (!running && (!scheduler.isIdle || loads.length > 0)) {
      running = true;
      nextTurn(run);
    }
  });
  post({ type: "ready", contextLength: options.contextLength });
  flush();
  tellMemory();
  flush();
}
