import * as z from "zod";
import type { Corpus } from "../corpus/corpus.js";
import { AgentError } from "../errors.js";
import { type Tool, tool } from "./tool.js";

const id = z.string().describe("A document's id, from search");

/** `searchTools` in an environment: a page that is not there is told the policy, which may go on. */
export function forgivingSearchTools(corpus: Corpus): Tool[] {
  return searchTools(corpus).map((tool) => ({
    ...tool,
    async execute(args, context) {
      try {
        return await tool.execute(args, context);
      } catch (error) {
        if (error instanceof AgentError && error.code === "corpus") return `Error: ${error.message}`;
        throw error;
      }
    },
  }));
}

/** `search`, `open` and `find` over a corpus. Their calls may run at the same time. */
export function searchTools(corpus: Corpus): Tool[] {
  return [
    tool({
      name: "search",
      description: "Searches the documents. Returns ids, titles and the best part of each, the best document first.",
      inputSchema: z.object({
        query: z.string().min(1).describe("Words to look for"),
        limit: z.number().int().min(1).max(50).default(10),
      }),
      concurrent: true,
      async execute({ query, limit }) {
        const hits = await corpus.search(query, { limit });
        if (hits.length === 0) return "No document has any of these words.";
        return hits.map(({ id, title, snippet }, i) => `${i + 1}. [${id}] ${title}\n   ${snippet}`).join("\n");
      },
    }),
    tool({
      name: "open",
      description: "Opens a page of a document.",
      inputSchema: z.object({ id, page: z.number().int().min(1).default(1) }),
      concurrent: true,
      async execute(input) {
        const { title, page, pages, text } = await corpus.open(input.id, input.page);
        return `[${input.id}] ${title}, page ${page} of ${pages}\n\n${text}`;
      },
    }),
    tool({
      name: "find",
      description: "Finds a phrase in a document, upper and lower case alike, with what stands around it and its page.",
      inputSchema: z.object({ id, pattern: z.string().min(1).describe("The phrase, as it stands in the text") }),
      concurrent: true,
      async execute(input) {
        const passages = await corpus.find(input.id, input.pattern);
        if (passages.length === 0) return `${input.id} does not have ${JSON.stringify(input.pattern)}.`;
        return passages.map(({ page, text }) => `page ${page}: ${text}`).join("\n---\n");
      },
    }),
  ];
}
