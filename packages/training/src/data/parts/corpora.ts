import { BOS, EOS } from "@cachalot/chat";
import { hashText } from "@cachalot/tensor";
import * as z from "zod";
import { TrainingError } from "../../errors.js";
import type { Corpus } from "../data-source.js";
import type { DataManifest } from "../manifest.js";
import { definePart } from "./data-part.js";
import { partFields } from "./part-fields.js";

/** Corpora of a module: each text a document, BOS first and EOS last; a hash of the text decides which are held out. */
export const corporaPart = definePart({
  kind: "corpora",
  schema: z.strictObject({
    ...partFields,
    kind: z.literal("corpora"),
    /** The module with the material, a `DataSource` named `source`: a package, or a path relative to the recipe. */
    module: z.string(),
    /** At most this many characters of each corpus, whole documents. */
    corpora: z.record(z.string(), z.strictObject({ characters: z.number().positive() })),
  }),
  async load({ module, corpora }, { name: part, cacheDir, heldOut, loadSource }) {
    const source = await loadSource(module);
    for (const name of Object.keys(corpora)) requireNamed(name, source.corpora, `${part}.corpora`);
    const texts: string[] = [];
    const origins: DataManifest["sources"] = [];
    for (const { name, licence, source: url, load } of source.corpora) {
      const wanted = corpora[name];
      if (!wanted) continue;
      const { documents, origin } = await load(cacheDir);
      const taken = takeCharacters(documents, wanted.characters);
      for (const text of taken) texts.push(text);
      origins.push({ name, ...origin, licence, source: url, ...measure(taken) });
    }
    return {
      policy: "split",
      origins,
      tokenizerText: () => texts,
      samples: () => [],
      async encode(tokenizer, builder, report) {
        const [train, heldout] = [builder(), builder()];
        for (let at = 0; at < texts.length; at += 256) {
          report(at, texts.length);
          const documents = texts.slice(at, at + 256);
          const encodings = await tokenizer.encodeBatch(
            documents.map((text) => BOS + text + EOS),
            { addSpecialTokens: false },
          );
          encodings.forEach((encoding, i) => {
            const isHeldOut = hashText(documents[i]!) / 2 ** 32 < heldOut;
            (isHeldOut ? heldout : train).add(encoding.getIds());
          });
        }
        report(texts.length, texts.length);
        return { train, heldout };
      },
    };
  },
});

/** @throws TrainingError `invalid_recipe` where a module has nothing of that name. */
export function requireNamed(name: string, known: readonly Pick<Corpus, "name">[], where: string): void {
  if (known.some((one) => one.name === name)) return;
  const names = known.map((one) => one.name).join(", ");
  throw new TrainingError(
    "invalid_recipe",
    `the data recipe's ${where}: the module has no "${name}"; it has ${names || "none"}`,
  );
}

const measure = (documents: readonly string[]) => ({
  documents: documents.length,
  characters: documents.reduce((sum, document) => sum + document.length, 0),
});

/** Whole documents from every part of the corpus, about `limit` characters. */
function takeCharacters(documents: readonly string[], limit: number): string[] {
  const share = limit / measure(documents).characters;
  return share >= 1 ? [...documents] : documents.filter((document) => hashText(`take ${document}`) / 2 ** 32 < share);
}
