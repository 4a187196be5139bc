import { Draw } from "@cachalot/tensor";
import * as z from "zod";
import type { DataSource } from "../data/data-source.js";

const WORDS =
  "the a whale dives deep and far to find small prey by sound in cold dark water under ice each long day".split(" ");

function sentence(draw: Draw): string {
  return `${Array.from({ length: draw.integer(4, 12) }, () => draw.one(WORDS)).join(" ")}.`;
}

/** A corpus of random sentences, and conversations that repeat one, named by the recipe's `speaker`. */
export const tinySource: DataSource<{ speaker: string }, { speaker: string }> = {
  corpora: [
    {
      name: "sentences",
      licence: "MIT",
      source: "https://example.org/",
      async load() {
        const draw = new Draw(1);
        const documents = Array.from({ length: 400 }, () =>
          Array.from({ length: 8 }, () => `${sentence(draw)} ${draw.integer(0, 9999)}`).join("\n"),
        );
        return { documents, origin: { package: "none", version: "1", sha256: "0", bytes: 0 } };
      },
    },
  ],
  conversations: [
    {
      name: "repeat",
      make({ seed, heldOut, material: { speaker } }) {
        const text = sentence(new Draw(2 * seed + Number(heldOut)));
        return {
          kind: "repeat",
          thinkingMode: "chat",
          messages: [
            { role: "system", content: `You are ${speaker}.` },
            { role: "user", content: `Repeat: ${text}` },
            { role: "assistant", content: text },
          ],
        };
      },
    },
  ],
  options: { speaker: z.string() },
  prepare: async ({ speaker }) => ({ speaker }),
};

/** A data recipe over it. */
export const tinyDataRecipe = {
  module: "./tiny-source.js",
  tokenizer: { vocabSize: 340, modelMaxLength: 512 },
  text: { corpora: { sentences: { characters: 60_000 } } },
  chat: { tokens: 4_000, kinds: { repeat: 1 }, speaker: "Ahab" },
  heldOut: 0.1,
};
