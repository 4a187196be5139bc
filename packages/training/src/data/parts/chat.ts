import { ASSISTANT, EOS, encodeMessages, THINK_END, THINK_START, USER } from "@cachalot/chat";
import type { Tokenizer } from "tokenizers";
import type { DataRecipe } from "../data-recipe.js";
import type { Conversation } from "../data-source.js";
import { assistantMask, type ConversationTokens } from "../loss-mask.js";
import { TokenFileBuilder } from "../token-file.js";
import { counts, type DataPart, type EncodedPart, type LoadedMaterial } from "./data-part.js";

/** Conversations of each kind that the tokenizer sees: about their share of the training tokens. */
const TOKENIZER_CONVERSATIONS = 1000;
/** Conversations made and encoded at once. */
const BATCH = 128;

/** Generated conversations; the assistant's tokens are learnt. */
export const chatPart: DataPart = {
  name: "chat",
  policy: "cut",
  tokenizerText(material, recipe) {
    const special = /<｜[^｜]*｜>|<\/?think>|｜DSML｜/g;
    return kindsOf(recipe).flatMap(([kind]) =>
      conversationsOf(material, recipe, { kind, heldOut: false, count: TOKENIZER_CONVERSATIONS }).map((conversation) =>
        promptOf(conversation).replace(special, "\n"),
      ),
    );
  },
  async encode(material, recipe, tokenizer, report) {
    const ids = conversationTokens(tokenizer);
    const shares = kindsOf(recipe).reduce((sum, [, share]) => sum + share, 0);
    const out: Required<EncodedPart> = { train: new TokenFileBuilder(), heldout: new TokenFileBuilder(), kinds: {} };
    for (const [kind, share] of kindsOf(recipe))
      for (const [split, part] of [
        ["train", 1 - recipe.heldOut],
        ["heldout", recipe.heldOut],
      ] as const) {
        const before = counts(out[split]);
        const end = before.tokens + (recipe.chat.tokens * part * share) / shares;
        for (let first = 0; out[split].tokens < end; first += BATCH) {
          report(out.train.tokens + out.heldout.tokens, recipe.chat.tokens);
          const request = { kind, heldOut: split === "heldout", count: BATCH, first };
          const prompts = conversationsOf(material, recipe, request).map(promptOf);
          for (const encoding of await tokenizer.encodeBatch(prompts, { addSpecialTokens: false })) {
            if (out[split].tokens >= end) break;
            const tokens = encoding.getIds();
            out[split].add(tokens, assistantMask(tokens, ids));
          }
        }
        if (split === "heldout") continue;
        const { documents, tokens, learnt } = counts(out.train);
        out.kinds[kind] = {
          documents: documents - before.documents,
          tokens: tokens - before.tokens,
          learnt: learnt - before.learnt,
        };
      }
    report(recipe.chat.tokens, recipe.chat.tokens);
    return out;
  },
};

/** Kinds with their shares. */
function kindsOf(recipe: DataRecipe): [kind: string, share: number][] {
  return Object.entries(recipe.chat.kinds).map(([kind, share]) => [kind, share ?? 0]);
}

/** `count` conversations of one kind, the recipe's own from number `first` on. */
export function conversationsOf(
  { source, conversationMaterial: material }: LoadedMaterial,
  recipe: DataRecipe,
  { kind, heldOut, count, first = 0 }: { kind: string; heldOut: boolean; count: number; first?: number },
): Conversation[] {
  const maker = source.conversations.find(({ name }) => name === kind)!;
  const seed = recipe.seed * 1_000_000 + first;
  return Array.from({ length: count }, (_, i) => maker.make({ seed: seed + i, heldOut, material }));
}

function promptOf({ messages, thinkingMode }: Conversation): string {
  return encodeMessages(messages, { thinkingMode });
}

function conversationTokens(tokenizer: Tokenizer): ConversationTokens {
  const id = (token: string) => tokenizer.tokenToId(token)!;
  return {
    eos: id(EOS),
    user: id(USER),
    assistant: id(ASSISTANT),
    thinkStart: id(THINK_START),
    thinkEnd: id(THINK_END),
  };
}
