import { ASSISTANT, BOS, EOS, encodeMessages, THINK_END, THINK_START, USER } from "@cachalot/chat";
import type { Tokenizer } from "tokenizers";
import { hashText } from "./conversations/draw.js";
import { type ConversationKind, type ConversationSources, makeConversation } from "./conversations/index.js";
import type { DataRecipe } from "./data-recipe.js";
import { assistantMask } from "./loss-mask.js";
import type { SplitCounts } from "./manifest.js";
import { TokenFileBuilder } from "./token-file.js";

type Report = (done: number, total: number) => void;

/** Number of the recipe's first conversation of each kind. */
export const firstSeed = ({ seed }: DataRecipe) => seed * 1_000_000;

/** What a builder holds. */
export const counts = ({ count, tokens, learnt }: TokenFileBuilder): SplitCounts => ({
  documents: count,
  tokens,
  learnt,
});

/** Encodes each text as a document, BOS first and EOS last; a hash of the text decides which are held out. */
export async function encodeTexts(texts: readonly string[], tokenizer: Tokenizer, recipe: DataRecipe, report: Report) {
  const train = new TokenFileBuilder();
  const heldout = new TokenFileBuilder();
  for (let at = 0; at < texts.length; at += 256) {
    report(at, texts.length);
    const documents = texts.slice(at, at + 256);
    const encodings = await tokenizer.encodeBatch(
      documents.map((text) => BOS + text + EOS),
      { addSpecialTokens: false },
    );
    encodings.forEach((encoding, i) => {
      const isHeldOut = hashText(documents[i]!) / 2 ** 32 < recipe.heldOut;
      (isHeldOut ? heldout : train).add(encoding.getIds());
    });
  }
  report(texts.length, texts.length);
  return { train, heldout };
}

/** Generates and encodes conversations until each kind has its share of the tokens. */
export async function encodeConversations(
  tokenizer: Tokenizer,
  recipe: DataRecipe,
  sources: ConversationSources,
  report: Report,
) {
  const id = (token: string) => tokenizer.tokenToId(token)!;
  const ids = {
    eos: id(EOS),
    user: id(USER),
    assistant: id(ASSISTANT),
    thinkStart: id(THINK_START),
    thinkEnd: id(THINK_END),
  };
  const kinds = Object.entries(recipe.chat.kinds) as [ConversationKind, number][];
  const shares = kinds.reduce((sum, [, share]) => sum + share, 0);
  const train = new TokenFileBuilder();
  const heldout = new TokenFileBuilder();
  const byKind: Record<string, SplitCounts> = {};
  for (const [kind, share] of kinds) {
    for (const [out, part] of [
      [train, 1 - recipe.heldOut],
      [heldout, recipe.heldOut],
    ] as const) {
      const before = counts(out);
      const end = before.tokens + (recipe.chat.tokens * part * share) / shares;
      for (let seed = firstSeed(recipe); out.tokens < end; seed += 128) {
        report(train.tokens + heldout.tokens, recipe.chat.tokens);
        const prompts = Array.from({ length: 128 }, (_, i) => {
          const made = makeConversation(kind, { seed: seed + i, heldOut: out === heldout, sources });
          return encodeMessages(made.messages, { thinkingMode: made.thinkingMode });
        });
        for (const encoding of await tokenizer.encodeBatch(prompts, { addSpecialTokens: false })) {
          if (out.tokens >= end) break;
          const tokens = encoding.getIds();
          out.add(tokens, assistantMask(tokens, ids));
        }
      }
      if (out === train) {
        const after = counts(out);
        byKind[kind] = {
          documents: after.documents - before.documents,
          tokens: after.tokens - before.tokens,
          learnt: after.learnt - before.learnt,
        };
      }
    }
  }
  report(recipe.chat.tokens, recipe.chat.tokens);
  return { train, heldout, kinds: byKind };
}
