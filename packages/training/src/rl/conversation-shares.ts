import type { Dataset } from "../data/dataset.js";

/**
 * Shares of rows, `share` together, in which every part shows as many conversations: rows hold tokens, and a conversation with tools
 * has ten times those of an answer, so that equal shares would show a tenth of them.
 */
export function conversationShares(
  dataset: Pick<Dataset, "size">,
  parts: readonly string[],
  share: number,
): Record<string, number> {
  const lengths = parts.map((part) => {
    const { tokens, documents } = dataset.size(part, "train");
    return tokens / documents;
  });
  const all = lengths.reduce((sum, length) => sum + length, 0);
  return Object.fromEntries(parts.map((part, i) => [part, (share * lengths[i]!) / all]));
}
