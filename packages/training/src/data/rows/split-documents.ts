import { hashText } from "@cachalot/tensor";
import { TrainingError } from "../../errors.js";
import type { Document } from "./document.js";

/** Documents to train on, and those kept from training. */
export interface SplitDocuments {
  train: Document[];
  heldout: Document[];
}

/**
 * Holds out a share of the documents: a hash of each one's key decides, so that equal prompts stay on one side, and what is added
 * later moves nothing. Where so few documents leave a side empty, the ones with the lowest hashes are held out.
 * @throws TrainingError `invalid_data` where there are not two to part.
 */
export function splitDocuments(documents: readonly Document[], heldOut: number, part: string): SplitDocuments {
  if (heldOut === 0) return { train: [...documents], heldout: [] };
  const byHash = parted(documents, ({ key }) => hashText(key) / 2 ** 32 < heldOut);
  if (byHash.train.length > 0 && byHash.heldout.length > 0) return byHash;
  for (const nameOf of [({ key }: Document) => key, (document: Document) => JSON.stringify(document.pieces)]) {
    const names = [...new Set(documents.map(nameOf))].sort((a, b) => hashText(a) - hashText(b));
    if (names.length < 2) continue;
    const lowest = new Set(names.slice(0, Math.max(1, Math.floor(names.length * heldOut))));
    return parted(documents, (document) => lowest.has(nameOf(document)));
  }
  throw new TrainingError(
    "invalid_data",
    `part "${part}" has no two different documents, one to train on and one to hold out; add more to its files`,
  );
}

function parted(documents: readonly Document[], isHeldOut: (document: Document) => boolean): SplitDocuments {
  const split: SplitDocuments = { train: [], heldout: [] };
  for (const document of documents) split[isHeldOut(document) ? "heldout" : "train"].push(document);
  return split;
}
