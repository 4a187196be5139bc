import type { GeneratedTokens, TokenLogprob, Usage } from "@cachalot/chat";
import type { CausalLanguageModel, EngineTokenizer, SequenceCache } from "../language-model.js";
import type { ObservedToken } from "../observation.js";
import type { EndReason, GenerateCommand } from "../protocol.js";
import { Scheduler, type SchedulerOptions } from "../scheduler.js";
import { Sequence } from "../sequence.js";
import { byteTokenizer } from "./tiny-model.js";

export const CONTEXT = 400;

/** A scheduler, what it told of each sequence, and a short way to give it work. */
export function setUpScheduler<Cache extends SequenceCache>(
  model: CausalLanguageModel<Cache>,
  options: Partial<SchedulerOptions> = {},
  tokenizer: EngineTokenizer = byteTokenizer,
) {
  const texts = new Map<number, string>();
  const logprobs = new Map<number, TokenLogprob[]>();
  const ended = new Map<number, unknown>();
  const generated = new Map<number, GeneratedTokens | undefined>();
  const observed = new Map<number, ObservedToken[]>();
  const log: string[] = [];
  const all = { contextLength: CONTEXT, maxSequences: 4, prefillChunk: 8, ...options };
  const scheduler = new Scheduler<Cache>(
    model,
    {
      update: (id, update) => {
        log.push(`${id}`);
        texts.set(id, (texts.get(id) ?? "") + update.text);
        logprobs.set(id, [...(logprobs.get(id) ?? []), ...update.logprobs]);
        observed.set(id, [...(observed.get(id) ?? []), ...(update.observed ?? [])]);
      },
      done: (id, reason: EndReason, usage: Usage, tokens) => {
        ended.set(id, { reason, ...usage });
        generated.set(id, tokens);
      },
      failed: (id, error) => ended.set(id, error),
    },
    all,
  );
  const submit = (id: number, prompt: string, options: Partial<GenerateCommand> = {}): void => {
    const command: GenerateCommand = {
      type: "generate",
      id,
      prompt,
      temperature: 1,
      topP: 0.95,
      topK: 0,
      seed: id,
      stop: [],
      maxTokens: 20,
      topLogprobs: undefined,
      countReasoning: false,
      ...options,
    };
    scheduler.submit(new Sequence(command, tokenizer.encode(prompt), tokenizer, all.contextLength));
  };
  const runToEnd = async (): Promise<void> => {
    for (let steps = 0; !scheduler.isIdle; steps++) {
      if (steps > 100_000) throw new Error("does not end");
      await scheduler.step();
    }
  };
  return { scheduler, texts, logprobs, ended, generated, observed, log, submit, runToEnd };
}
