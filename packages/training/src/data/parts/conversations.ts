import { encodeMessages } from "@cachalot/chat";
import * as z from "zod";
import { TrainingError } from "../../errors.js";
import { conversationTokens } from "../conversation-tokens.js";
import type { Conversation, ConversationKind } from "../data-source.js";
import { assistantMask } from "../loss-mask.js";
import { requireNamed } from "./corpora.js";
import { counts, definePart, type EncodedPart, withoutSpecialTokens } from "./data-part.js";
import { partFields } from "./part-fields.js";

/** Conversations of each kind that the tokenizer sees: about their share of the training tokens. */
const TOKENIZER_CONVERSATIONS = 1000;
/** Conversations made and encoded at once. */
const BATCH = 128;
/** Held-out conversations of each kind in samples.jsonl. */
const SAMPLES = 20;

const ownFields = {
  ...partFields,
  kind: z.literal("conversations"),
  /** The module with the material, a `DataSource` named `source`: a package, or a path relative to the recipe. */
  module: z.string(),
  tokens: z.number().int().positive(),
  /** Share of the tokens by kind. */
  kinds: z.record(z.string(), z.number().positive()),
};

/** Conversations that a module generates; the assistant's tokens are learnt. Further fields are the module's own. */
export const conversationsPart = definePart({
  kind: "conversations",
  schema: z.looseObject(ownFields),
  async load({ module, tokens, kinds, ...rest }, { name: part, cacheDir, seed, heldOut, loadSource }) {
    const source = await loadSource(module);
    for (const name of Object.keys(kinds)) requireNamed(name, source.conversations, `${part}.kinds`);
    const { name: _, kind: __, ...options } = rest;
    const checked = z.strictObject(source.options).safeParse(options);
    if (!checked.success) {
      const issue = checked.error.issues[0]!;
      const field = [part, ...issue.path].join(".");
      throw new TrainingError(
        "invalid_recipe",
        `the data recipe's ${field}: ${issue.message}; the module ${module} wants it so`,
      );
    }
    const material = await source.prepare({ ...checked.data, tokens, kinds } as never, cacheDir);
    const shares = Object.entries(kinds);
    const make = (kind: string, request: ConversationRequest) =>
      conversationsOf(source.conversations.find(({ name }) => name === kind)!, material, { seed, ...request });
    return {
      policy: "cut",
      origins: [],
      tokenizerText: () =>
        shares.flatMap(([kind]) =>
          make(kind, { heldOut: false, count: TOKENIZER_CONVERSATIONS }).map((one) =>
            withoutSpecialTokens(promptOf(one)),
          ),
        ),
      samples: () => shares.flatMap(([kind]) => make(kind, { heldOut: true, count: SAMPLES })),
      async encode(tokenizer, builder, report) {
        const ids = conversationTokens(tokenizer);
        const all = shares.reduce((sum, [, share]) => sum + share, 0);
        const out: Required<EncodedPart> = { train: builder(), heldout: builder(), kinds: {} };
        for (const [kind, share] of shares)
          for (const [split, portion] of [
            ["train", 1 - heldOut],
            ["heldout", heldOut],
          ] as const) {
            const before = counts(out[split]);
            const end = before.tokens + (tokens * portion * share) / all;
            for (let first = 0; out[split].tokens < end; first += BATCH) {
              report(out.train.tokens + out.heldout.tokens, tokens);
              const prompts = make(kind, { heldOut: split === "heldout", count: BATCH, first }).map(promptOf);
              for (const encoding of await tokenizer.encodeBatch(prompts, { addSpecialTokens: false })) {
                if (out[split].tokens >= end) break;
                const encoded = encoding.getIds();
                out[split].add(encoded, assistantMask(encoded, ids));
              }
            }
            if (split === "heldout") continue;
            const { documents, tokens: made, learnt } = counts(out.train);
            out.kinds[kind] = {
              documents: documents - before.documents,
              tokens: made - before.tokens,
              learnt: learnt - before.learnt,
            };
          }
        report(tokens, tokens);
        return out;
      },
    };
  },
});

interface ConversationRequest {
  heldOut: boolean;
  count: number;
  first?: number;
}

/** `count` conversations of one kind, the recipe's own from number `first` on. */
function conversationsOf(
  maker: ConversationKind<unknown>,
  material: unknown,
  { seed, heldOut, count, first = 0 }: ConversationRequest & { seed: number },
): Conversation[] {
  const start = seed * 1_000_000 + first;
  return Array.from({ length: count }, (_, i) => maker.make({ seed: start + i, heldOut, material }));
}

function promptOf({ messages, thinkingMode }: Conversation): string {
  return encodeMessages(messages, { thinkingMode });
}
