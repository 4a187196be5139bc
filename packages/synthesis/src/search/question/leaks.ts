/** Leaks: names of the answer, and of pages on the way to it, in the words of a question. */

import type { GraphEntity } from "../graph/entity-graph.js";

/** Lower-case names of an entity that a question must not say. */
export function names({ id, title, aliases }: Pick<GraphEntity, "id" | "title" | "aliases">): string[] {
  return [...new Set([id, title, ...aliases].map((name) => name.toLowerCase().trim()))].filter(
    (name) => name.length >= 2,
  );
}

/** The first of the names that the question says as a word of its own. */
export function leakIn(question: string, entity: Pick<GraphEntity, "id" | "title" | "aliases">): string | undefined {
  const text = ` ${question
    .toLowerCase()
    .replace(/[^\p{L}\p{N}.+-]+/gu, " ")
    .replace(/[.,](?= |$)/g, "")} `;
  return names(entity).find((name) => text.includes(` ${name.replace(/[^\p{L}\p{N}.+-]+/gu, " ").trim()} `));
}
