/** A policy that says what a script has, in tokens of a small vocabulary, with a full record of each. */

import { type CompletionModel, EOS, type GeneratedTokens, SPECIAL_TOKENS } from "@cachalot/chat";
import type { RolloutPolicy } from "./policy.js";

const PIECES = [...SPECIAL_TOKENS];
const PATTERN = new RegExp(`(${SPECIAL_TOKENS.join("|")})`);
const PAIRS = 0x20000;

/** A token for each special token, for each code unit, and for each pair of letters "ab", "cd", ...: text may divide in two ways. */
export const pairTokenizer = {
  eosTokenId: PIECES.indexOf(EOS),
  encode(text: string): number[] {
    return text.split(PATTERN).flatMap((part) => {
      if (PIECES.includes(part)) return [PIECES.indexOf(part)];
      const ids: number[] = [];
      for (let i = 0; i < part.length; i++) {
        const code = part.charCodeAt(i);
        const isPair = code % 2 === 1 && code >= 97 && code < 122 && part.charCodeAt(i + 1) === code + 1;
        ids.push(isPair ? PAIRS + code : 100 + code);
        if (isPair) i++;
      }
      return ids;
    });
  },
  decode(ids: readonly number[]): string {
    return ids
      .map((id) =>
        id < PIECES.length
          ? PIECES[id]!
          : id >= PAIRS
            ? String.fromCharCode(id - PAIRS, id - PAIRS + 1)
            : String.fromCharCode(id - 100),
      )
      .join("");
  },
};

/** Every character by itself: what a policy may sample though nobody would encode it so. */
export const oneByOne = (text: string): number[] =>
  text
    .split(PATTERN)
    .flatMap((part) =>
      PIECES.includes(part) ? [PIECES.indexOf(part)] : [...part].flatMap((letter) => 100 + letter.charCodeAt(0)),
    );

export interface ScriptedPolicy extends RolloutPolicy {
  /** Ids of every prompt it was given. */
  prompts: number[][];
}

export interface Script {
  /** What is said to a prompt, without the end token. */
  says: (prompt: string, turn: number) => string | Promise<string>;
  contextLength?: number;
  encode?: (text: string) => number[];
  /** What the prefix cache had: records begin there. */
  start?: (prompt: readonly number[]) => number;
}

/** The expert of a token at its position, which tells the reading it was recorded in. */
export const expertOf = (id: number, position: number): number => (7 * id + position) % 251;

export function scriptedPolicy({
  says,
  contextLength = 4096,
  encode = pairTokenizer.encode,
  start,
}: Script): ScriptedPolicy {
  const prompts: number[][] = [];
  const model: CompletionModel = {
    id: "scripted",
    contextLength,
    async *complete({ prompt, maxTokens = 1e9, record, signal }) {
      const promptIds = [...(prompt as readonly number[])];
      prompts.push(promptIds);
      const whole = [
        ...encode(await says(pairTokenizer.decode(promptIds), prompts.length - 1)),
        pairTokenizer.eosTokenId,
      ];
      if (signal?.aborted) {
        yield { type: "finish", reason: "aborted" };
        return;
      }
      const ids = whole.slice(0, maxTokens);
      if (record)
        yield { type: "generated", tokens: recordOf(promptIds, ids, start?.(promptIds) ?? 0, prompts.length) };
      yield { type: "finish", reason: ids.length < whole.length ? "length" : "stop" };
    },
  };
  return { model, tokenizer: pairTokenizer, prompts };
}

function recordOf(promptIds: number[], ids: number[], start: number, call: number): GeneratedTokens {
  const read = [...promptIds, ...ids].slice(start, -1);
  return {
    ...{ promptIds, ids },
    logprobs: ids.map((id) => -1 / (1 + id)),
    rawLogprobs: ids.map((id) => -2 / (1 + id)),
    versions: ids.map(() => call),
    kept: { ids: Int32Array.from(ids.flatMap((id) => [id, id + 1])), counts: Int32Array.from(ids.map(() => 2)) },
    experts: {
      data: Uint8Array.from(read.map((id, i) => expertOf(id, start + i))),
      shape: [read.length, 1, 1],
      start,
    },
    selection: { data: Int32Array.from(read.flatMap((_, i) => [start + i, -1])), shape: [read.length, 1, 2], start },
  };
}
