/** What of each prompt a prefix cache can hold: everything up to the first token the model has not seen in that place. */

import {
  type AssistantMessage,
  type ChatMessage,
  chatCompletion,
  chatPromptParts,
  type GenerateRequest,
  type PromptPart,
} from "@cachalot/chat";
import { createPromptTokenizer, type TextTokenizer } from "./prompt-tokens.js";
import { estimateTokens } from "./token-estimate.js";

export interface PromptReport {
  promptTokens: number;
  /** The count is an estimate: the model's tokenizer is not here. */
  estimated?: true;
  /** Tokens at its start that the previous prompt and its answer had in the same places. */
  reusedTokens: number;
  /** The first message in which the prompt leaves them. Absent when it only goes on. `index` -1: the tools. */
  diverges?: { index: number; role: ChatMessage["role"] };
}

const textOf = (parts: readonly PromptPart[]): string => parts.map(({ text }) => text).join("");

function commonPrefix(a: ArrayLike<unknown>, b: ArrayLike<unknown>): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}

/** The part that has the character at `offset`; the last one past the end. */
function partAt(parts: readonly PromptPart[], offset: number): PromptPart {
  let end = 0;
  for (const part of parts) {
    end += part.text.length;
    if (end > offset) return part;
  }
  return parts.at(-1)!;
}

/** Follows the prompts of one conversation. */
export class PromptHistory {
  readonly #tokenizer: TextTokenizer | undefined;
  #seen: { text: string; ids: number[] } = { text: "", ids: [] };
  /** Tokens of the prompt reported last, without correction. */
  #last = 0;
  /** The host's tokens for each of ours. */
  #correction = 1;

  /** @param tokenizer the model's own; without it counts are estimates */
  constructor(tokenizer: TextTokenizer | undefined) {
    this.#tokenizer = tokenizer && createPromptTokenizer(tokenizer);
  }

  /** Tokens of a request's prompt. */
  count(request: GenerateRequest): number {
    return this.countText(textOf(chatPromptParts(request)));
  }

  countText(text: string): number {
    return this.#corrected(this.#tokensOf(text));
  }

  /** What is new in a prompt, before it is answered. */
  report(request: GenerateRequest): PromptReport {
    const parts = chatPromptParts(request);
    const text = textOf(parts);
    const common = commonPrefix(text, this.#seen.text);
    const ids = this.#tokenizer?.encode(text) ?? [];
    const tokens = this.#tokenizer ? ids.length : estimateTokens(text);
    const report: PromptReport = this.#tokenizer
      ? {
          promptTokens: this.#corrected(ids.length),
          reusedTokens: this.#corrected(commonPrefix(ids, this.#seen.ids)),
        }
      : {
          promptTokens: this.countText(text),
          estimated: true,
          reusedTokens: this.countText(text.slice(0, common)),
        };
    const left = this.#tokenizer
      ? commonPrefix(ids, this.#seen.ids) < this.#seen.ids.length
      : common < this.#seen.text.length;
    if (left) {
      const { message: index } = partAt(parts, common);
      report.diverges = { index, role: request.messages[index]?.role ?? "system" };
    }
    this.#seen = { text, ids };
    this.#last = tokens;
    return report;
  }

  /**
   * Adds the answer to the prompt reported last.
   * @param promptTokens what the model says the prompt had; 0 when it does not say
   */
  answered(request: GenerateRequest, message: AssistantMessage, promptTokens: number): void {
    if (!this.#tokenizer && promptTokens > 0 && this.#last > 0) this.#correction = promptTokens / this.#last;
    const text = this.#seen.text + chatCompletion(request, message);
    this.#seen = { text, ids: this.#tokenizer?.encode(text) ?? [] };
  }

  /** The model refused the prompt reported last: it has `window` tokens at least. */
  refused(window: number): void {
    if (this.#last > 0) this.#correction = Math.max(this.#correction, (1.02 * window) / this.#last);
  }

  #corrected(tokens: number): number {
    return Math.ceil(tokens * this.#correction);
  }

  #tokensOf(text: string): number {
    return this.#tokenizer ? this.#tokenizer.encode(text).length : estimateTokens(text);
  }
}
