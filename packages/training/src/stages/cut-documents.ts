/** Documents that a row's length truncates: what a run says of them before its first step. */

import type { Dataset } from "../data/index.js";

/** Where more than this share of a part's documents lose their end, whoever trains wants to know. */
const MOST_CUT = 0.02;

/**
 * A model whose rows end before its documents do never sees how they end, and learns no position behind: there it falls apart, while
 * its held-out loss, over rows of the same length, looks well.
 */
export function tellOfCutDocuments(dataset: Dataset, part: string, seq: number, note: (text: string) => void): void {
  const { cut, documents, longest } = dataset.cut(part, seq);
  if (cut <= MOST_CUT * documents) return;
  const share = ((100 * cut) / documents).toFixed(0);
  note(
    `${share} % of the documents of "${part}" are longer than a row of ${seq} tokens and lose their end; make seq larger (the longest has ${longest})`,
  );
}
