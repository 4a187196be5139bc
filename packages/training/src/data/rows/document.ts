import { BOS, EOS } from "@cachalot/chat";
import type { Tokenizer } from "tokenizers";
import { conversationTokens } from "../conversation-tokens.js";
import { assistantMask } from "../loss-mask.js";
import type { TokenFileBuilder } from "../token-file.js";

/** What of a stretch of text is learnt; `assistant`: what an assistant writes in it. */
export type Loss = "all" | "none" | "assistant";

/** Something to learn from, with its special tokens. Its pieces are tokenised one by one. */
export interface Document {
  /** What decides whether it is held out: documents with equal keys stay together. */
  key: string;
  /** May go on in the next row; otherwise it stays whole. */
  splits: boolean;
  pieces: readonly { text: string; loss: Loss }[];
}

/** Plain text: all of it is learnt. */
export function textDocument(text: string): Document {
  return { key: text, splits: true, pieces: [{ text: BOS + text + EOS, loss: "all" }] };
}

/** A prompt, which is read, and its completion, which is learnt. */
export function completionDocument(prompt: string, completion: string): Document {
  return {
    key: prompt,
    splits: false,
    pieces: [
      { text: BOS + prompt, loss: "none" },
      { text: completion + EOS, loss: "all" },
    ],
  };
}

/** Documents encoded at once. */
const BATCH = 256;

/** Tokenises documents into a builder. */
export async function encodeDocuments(
  documents: readonly Document[],
  tokenizer: Tokenizer,
  builder: TokenFileBuilder,
  report: (done: number) => void,
): Promise<void> {
  for (let at = 0; at < documents.length; at += BATCH) {
    report(at);
    const some = documents.slice(at, at + BATCH);
    const texts = some.flatMap(({ pieces }) => pieces.map(({ text }) => text));
    const encodings = await tokenizer.encodeBatch(texts, { addSpecialTokens: false });
    let next = 0;
    for (const { pieces } of some) {
      const ids = pieces.map(() => encodings[next++]!.getIds());
      builder.add(ids.flat(), lossMask(pieces, ids, tokenizer));
    }
  }
}

function lossMask(pieces: Document["pieces"], ids: readonly number[][], tokenizer: Tokenizer): Uint8Array {
  const all = ids.flat();
  const written = pieces.some(({ loss }) => loss === "assistant")
    ? assistantMask(all, conversationTokens(tokenizer))
    : new Uint8Array(all.length);
  let at = 0;
  pieces.forEach(({ loss }, i) => {
    const end = at + ids[i]!.length;
    if (loss !== "assistant") written.fill(loss === "all" ? 1 : 0, at, end);
    at = end;
  });
  // Nothing predicts the first token, BOS.
  written.fill(0, 0, 1);
  return written;
}
