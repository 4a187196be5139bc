/**
 * The token ledger: what of a run a model read and what it wrote, as the token sequences one trains on. A prompt that goes
 * on from the sequence before is part of it; where context was discarded or reasoning dropped, another one forks off.
 */

import {
  type ChatMessage,
  chatCompletion,
  chatPrompt,
  EOS,
  type FinishReason,
  type GenerateRequest,
} from "@cachalot/chat";
import { createPromptTokenizer, type TextTokenizer } from "../context/prompt-tokens.js";
import { askForSummary } from "../context/trajectory.js";
import type { CallPurpose } from "../loop/events.js";
import type { TokenRecord } from "../loop/model-step.js";
import { appendRecord } from "./append-record.js";
import type { Trace } from "./trace-file.js";

/** A model call's place in a sequence: it read all before `from` and wrote `from` to `to`. */
export interface LedgerCall {
  step: number;
  purpose: CallPurpose;
  from: number;
  to: number;
  /**
   * Where the ids come from: `sampled` tokens as the model gave them, or its text `encoded` again, which may divide it
   * otherwise than it was written.
   */
  ids: "sampled" | "encoded";
}

export interface TokenSequence {
  ids: number[];
  /** 1 for what the model wrote, 0 for what it read. As long as `ids`. */
  lossMask: number[];
  /** Log-probabilities under the model (temperature 1) of what it wrote; null where not known. As long as `ids`. */
  logprobs: (number | null)[];
  calls: LedgerCall[];
  /** The sequence this one left, and the number of tokens it shares with it. */
  fork?: { sequence: number; at: number };
}

interface Open extends TokenSequence {
  /** What the ids stand for. */
  text: string;
}

/**
 * Makes the ledger of a run.
 *
 * @param tokenizer the model's own
 */
export function tokenLedger({ run, records }: Trace, tokenizer: TextTokenizer): TokenSequence[] {
  const prompts = createPromptTokenizer(tokenizer);
  const messages: ChatMessage[] = structuredClone(run.messages);
  const sequences: Open[] = [];
  let { tools } = run;
  const requestOf = (asked: ChatMessage[]): GenerateRequest => ({
    messages: asked,
    tools,
    thinkingMode: run.thinkingMode,
    ...(run.responseFormat ? { responseFormat: run.responseFormat } : {}),
  });

  for (const record of records) {
    if (record.type === "context") messages.splice(record.at, record.remove, ...record.insert);
    if (record.type === "tools") tools = record.tools;
    if (record.type === "model") {
      const { step, purpose, message, finishReason, tokens } = record;
      const request = requestOf(purpose === "summary" ? askForSummary(messages) : messages);
      const sequence = goOn(sequences, chatPrompt(request), prompts);
      const text = written(chatCompletion(request, message), finishReason);
      append(sequence, text, answerTokens(text, tokens, tokenizer), { step, purpose });
    }
    appendRecord(messages, record);
  }
  return sequences.map(({ text: _, ...sequence }) => sequence);
}

/** A message that was cut off has no end token. */
const written = (text: string, finishReason: FinishReason): string =>
  finishReason === "length" || finishReason === "aborted" ? text.slice(0, -EOS.length) : text;

/** The sequence whose last token is the prompt's: the last one, gone on with, or a new one. */
function goOn(sequences: Open[], prompt: string, tokenizer: TextTokenizer): Open {
  const last = sequences.at(-1);
  if (last !== undefined && prompt.startsWith(last.text)) {
    // An answer ends with its end token, and so no token spans what is before and after it.
    read(last, tokenizer.encode(prompt.slice(last.text.length)));
    last.text = prompt;
    return last;
  }
  const ids = tokenizer.encode(prompt);
  const next: Open = { ids: [], lossMask: [], logprobs: [], calls: [], text: prompt };
  read(next, ids);
  const [from] = sequences
    .map(({ ids: other }, sequence) => ({ sequence, at: commonPrefix(ids, other) }))
    .sort((a, b) => b.at - a.at);
  if (from !== undefined) next.fork = from;
  sequences.push(next);
  return next;
}

function commonPrefix(a: readonly number[], b: readonly number[]): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}

function read(sequence: TokenSequence, ids: readonly number[]): void {
  for (const id of ids) {
    sequence.ids.push(id);
    sequence.lossMask.push(0);
    sequence.logprobs.push(null);
  }
}

interface Answer {
  ids: number[];
  logprobs: (number | null)[];
  source: LedgerCall["ids"];
}

function answerTokens(text: string, tokens: readonly TokenRecord[] | undefined, tokenizer: TextTokenizer): Answer {
  if (tokens?.every(({ id }) => id !== undefined)) {
    return { ids: tokens.map(({ id }) => id!), logprobs: tokens.map(({ logprob }) => logprob), source: "sampled" };
  }
  const ids = tokenizer.encode(text);
  // Without ids the tokens can be matched by their number only, which is right when the text divides as it was written.
  const matched = tokens !== undefined && tokens.length === ids.length;
  return { ids, logprobs: ids.map((_, i) => (matched ? tokens[i]!.logprob : null)), source: "encoded" };
}

function append(sequence: Open, text: string, answer: Answer, call: { step: number; purpose: CallPurpose }): void {
  const from = sequence.ids.length;
  for (const [i, id] of answer.ids.entries()) {
    sequence.ids.push(id);
    sequence.lossMask.push(1);
    sequence.logprobs.push(answer.logprobs[i]!);
  }
  sequence.text += text;
  sequence.calls.push({ ...call, from, to: sequence.ids.length, ids: answer.source });
}
