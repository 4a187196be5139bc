import type { DataManifest } from "../manifest.js";
import { type PartContext, type PartMaterial, withoutSpecialTokens } from "../parts/data-part.js";
import { type Document, encodeDocuments } from "./document.js";
import { splitDocuments } from "./split-documents.js";

/** Held-out documents in samples.jsonl. */
const SAMPLES = 20;

/** Documents as the material of a part, some of them held out. */
export function documentMaterial(
  documents: readonly Document[],
  origins: DataManifest["sources"],
  { name, heldOut }: Pick<PartContext, "name" | "heldOut">,
): PartMaterial {
  const split = splitDocuments(documents, heldOut, name);
  return {
    // Rows of several forms stay whole, as conversations must.
    policy: documents.every(({ splits }) => splits) ? "split" : "cut",
    origins,
    tokenizerText: () => documents.map(({ pieces }) => withoutSpecialTokens(pieces.map(({ text }) => text).join(""))),
    samples: () => split.heldout.slice(0, SAMPLES).map(({ pieces }) => ({ part: name, pieces })),
    async encode(tokenizer, builder, report) {
      const [train, heldout] = [builder(), builder()];
      await encodeDocuments(split.train, tokenizer, train, (done) => report(done, documents.length));
      await encodeDocuments(split.heldout, tokenizer, heldout, (done) =>
        report(split.train.length + done, documents.length),
      );
      report(documents.length, documents.length);
      return { train, heldout };
    },
  };
}
