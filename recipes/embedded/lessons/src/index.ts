import type { ToolDefinition } from "@cachalot/chat";
import type { DataSource } from "@cachalot/training";
import * as z from "zod";
import { conversations, type Material } from "./conversations/index.js";
import { fetchDebianPackage } from "./corpora/debian-package.js";
import { corpora } from "./corpora/index.js";
import { commonDefinitions } from "./corpora/wordnet.js";

export { type CalculatorProblem, calculatorProblems } from "./conversations/calculator-problems.js";

/** Conversations of other kinds need no dictionary, which must be downloaded. */
const TAKE_DEFINITIONS = new Set(["mental", "repeat", "copy", "small-talk", "facts", "definitions"]);

interface Options {
  words: number;
  tools: readonly ToolDefinition[];
}

/** What the embedded model learns from: texts of Debian packages, tool calls, arithmetic, facts and small talk. */
export const source: DataSource<Options, Material> = {
  corpora,
  conversations,
  options: {
    /** How many common words the definitions cover. */
    words: z.number().int().positive(),
    /** Offered in `calculator` conversations. */
    tools: z.array(z.custom<ToolDefinition>((tool) => typeof tool === "object" && tool !== null)),
  },
  async prepare({ words, tools, kinds }, cacheDir) {
    if (Object.keys(kinds).every((kind) => !TAKE_DEFINITIONS.has(kind))) return { tools, definitions: [] };
    const dictionary = await fetchDebianPackage("wordnet-base", cacheDir);
    return { tools, definitions: await commonDefinitions(dictionary.root, words) };
  },
};
