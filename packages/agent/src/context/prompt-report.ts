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

export interface PromptReport {
  promptTokens: number;
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
  readonly #tokenizer: TextTokenizer;
  #seen: { text: string; ids: number[] } = { text: "", ids: [] };

  constructor(tokenizer: TextTokenizer) {
    this.#tokenizer = createPromptTokenizer(tokenizer);
  }

  /** Tokens of a request's prompt. */
  count(request: GenerateRequest): number {
    return this.#tokenizer.encode(textOf(chatPromptParts(request))).length;
  }

  /** What is new in a prompt, before it is answered. */
  report(request: GenerateRequest): PromptReport {
    const parts = chatPromptParts(request);
    const text = textOf(parts);
    const ids = this.#tokenizer.encode(text);
    const reusedTokens = commonPrefix(ids, this.#seen.ids);
    const report: PromptReport = { promptTokens: ids.length, reusedTokens };
    if (reusedTokens < this.#seen.ids.length) {
      const at = commonPrefix(text, this.#seen.text);
      const { message: index } = partAt(parts, at);
      report.diverges = { index, role: request.messages[index]?.role ?? "system" };
    }
    this.#seen = { text, ids };
    return report;
  }

  /** Adds the answer to the prompt reported last. */
  answered(request: GenerateRequest, message: AssistantMessage): void {
    const text = this.#seen.text + chatCompletion(request, message);
    this.#seen = { text, ids: this.#tokenizer.encode(text) };
  }
}
