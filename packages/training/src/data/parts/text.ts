import { BOS, EOS } from "@cachalot/chat";
import { hashText } from "@cachalot/tensor";
import { TokenFileBuilder } from "../token-file.js";
import type { DataPart } from "./data-part.js";

/** The corpora: each text a document, BOS first and EOS last; a hash of the text decides which are held out. */
export const textPart: DataPart = {
  name: "text",
  policy: "split",
  tokenizerText: ({ texts }) => [...texts],
  async encode({ texts }, recipe, tokenizer, report) {
    const train = new TokenFileBuilder();
    const heldout = new TokenFileBuilder();
    for (let at = 0; at < texts.length; at += 256) {
      report(at, texts.length);
      const documents = texts.slice(at, at + 256);
      const encodings = await tokenizer.encodeBatch(
        documents.map((text) => BOS + text + EOS),
        { addSpecialTokens: false },
      );
      encodings.forEach((encoding, i) => {
        const isHeldOut = hashText(documents[i]!) / 2 ** 32 < recipe.heldOut;
        (isHeldOut ? heldout : train).add(encoding.getIds());
      });
    }
    report(texts.length, texts.length);
    return { train, heldout };
  },
};
