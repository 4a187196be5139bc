/** Token boundaries of a prompt, by the message each token belongs to. */

import { type PromptPart, SPECIAL_TOKENS } from "@cachalot/chat";
import type { TextTokenizer } from "@cachalot/server";
import type { EncodedToken } from "../../wire/encoding.js";

const SPECIAL: ReadonlySet<string> = new Set(SPECIAL_TOKENS);
const AROUND_SPECIAL = new RegExp(`(${SPECIAL_TOKENS.map((token) => token.replace(/[|\\]/g, "\\$&")).join("|")})`);

/** One list a part. A token that spans two parts belongs to the first: the whole prompt is encoded, as the model reads it. */
export function tokensOf(parts: readonly PromptPart[], tokenizer: TextTokenizer | undefined): EncodedToken[][] {
  if (!tokenizer) return parts.map(({ text }) => piecesOf(text));
  const ends: number[] = [];
  for (const { text } of parts) ends.push((ends.at(-1) ?? 0) + Buffer.byteLength(text));
  const tokens: EncodedToken[][] = parts.map(() => []);
  let part = 0;
  let at = 0;
  for (const id of tokenizer.encode(parts.map(({ text }) => text).join(""))) {
    while (part < parts.length - 1 && at >= ends[part]!) part++;
    const bytes = tokenizer.tokenBytes(id);
    tokens[part]!.push(shown(id, bytes));
    at += bytes.length;
  }
  return tokens;
}

function shown(id: number, bytes: Uint8Array): EncodedToken {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return { id, text, ...(SPECIAL.has(text) ? { isSpecial: true } : {}) };
  } catch {
    return { id, text: "\uFFFD", hex: Buffer.from(bytes).toString("hex") };
  }
}

/** Without a tokenizer: the special tokens, and the text between them. */
function piecesOf(text: string): EncodedToken[] {
  return text
    .split(AROUND_SPECIAL)
    .filter((piece) => piece !== "")
    .map((piece) => ({ text: piece, ...(SPECIAL.has(piece) ? { isSpecial: true } : {}) }));
}
