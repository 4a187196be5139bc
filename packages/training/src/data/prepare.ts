import { createHash } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeAtomic } from "@cachalot/files";
import { configText } from "@cachalot/model";
import { hashText } from "@cachalot/tensor";
import { Tokenizer } from "tokenizers";
import { PAD } from "../tokenizer/special-tokens.js";
import { trainTokenizer } from "../tokenizer/train.js";
import type { DataRecipe } from "./data-recipe.js";
import type { DataSource } from "./data-source.js";
import type { DataManifest } from "./manifest.js";
import { conversationsOf } from "./parts/chat.js";
import { counts, type LoadedMaterial, type Report } from "./parts/data-part.js";
import { dataParts } from "./parts/index.js";
import { writeTokenFile } from "./token-file.js";

/** Counted up when the same recipe would make other data. */
const FORMAT = 3;
/** Held-out conversations of each kind in samples.jsonl. */
const SAMPLES = 20;

export interface PrepareProgress {
  /** `packages`, `tokenizer`, then each part by its name. */
  stage: string;
  done: number;
  total: number;
}

export interface PrepareOptions {
  onProgress?: (progress: PrepareProgress) => void;
  /** Where downloaded packages are kept; default `packages` beside `outDir`. */
  cacheDir?: string;
}

/**
 * Makes a dataset: trains the tokenizer, encodes the corpora and the generated conversations, and writes
 * `tokenizer.json`, `{text,chat}.{train,heldout}.{bin,mask.bin,documents.bin}`, `samples.jsonl` (held-out conversations
 * to look at) and `manifest.json` into `outDir`.
 * The same recipe and package versions give the same bytes. Data that is already there is not made again.
 *
 * @throws TrainingError `missing_tool` without apt-get and dpkg-deb; `invalid_data` when the text is too short.
 */
export async function prepareData(
  recipe: DataRecipe,
  source: DataSource,
  outDir: string,
  { onProgress = () => {}, cacheDir = join(outDir, "..", "packages") }: PrepareOptions = {},
): Promise<DataManifest> {
  const key = keyOf(recipe);
  const present = await readFile(join(outDir, "manifest.json"), "utf8").catch(() => "{}");
  const existing = JSON.parse(present) as DataManifest;
  if (existing.key === key) return existing;

  const report =
    (stage: string): Report =>
    (done, total) =>
      onProgress({ stage, done, total });
  await mkdir(outDir, { recursive: true });
  const material = await loadMaterial(recipe, source, cacheDir, report("packages"));
  report("tokenizer")(0, 1);
  const tokenizer = await prepareTokenizer(recipe, material, outDir);
  report("tokenizer")(1, 1);
  await writeAtomic(join(outDir, "samples.jsonl"), samples(recipe, material));

  const manifest: DataManifest = {
    key,
    seed: recipe.seed,
    tokenizer: { vocabSize: recipe.tokenizer.vocabSize, bos: 0, eos: 1, pad: tokenizer.tokenToId(PAD)! },
    parts: {},
    kinds: {},
    sources: material.origins,
    charactersPerToken: 0,
  };
  for (const part of dataParts) {
    const { train, heldout, kinds } = await part.encode(material, recipe, tokenizer, report(part.name));
    await writeTokenFile(outDir, `${part.name}.train`, train.build());
    await writeTokenFile(outDir, `${part.name}.heldout`, heldout.build());
    manifest.parts[part.name] = { policy: part.policy, train: counts(train), heldout: counts(heldout) };
    Object.assign(manifest.kinds, kinds);
  }
  const { train, heldout } = manifest.parts.text!;
  const characters = measure(material.texts).characters;
  manifest.charactersPerToken = Number((characters / (train.tokens + heldout.tokens)).toFixed(3));
  await writeAtomic(join(outDir, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

/** Which data a recipe makes: the module's name is where its material lies, not what it is. */
function keyOf({ module, ...recipe }: DataRecipe): string {
  return createHash("sha256")
    .update(JSON.stringify([FORMAT, recipe]))
    .digest("hex")
    .slice(0, 16);
}

async function loadMaterial(
  recipe: DataRecipe,
  source: DataSource,
  cacheDir: string,
  report: Report,
): Promise<LoadedMaterial> {
  const wanted = source.corpora.filter(({ name }) => recipe.text.corpora[name] !== undefined);
  const texts: string[] = [];
  const origins: DataManifest["sources"] = [];
  for (const [i, { name, licence, source: url, load }] of wanted.entries()) {
    report(i, wanted.length);
    const { documents, origin } = await load(cacheDir);
    const taken = takeCharacters(documents, recipe.text.corpora[name]!.characters);
    texts.push(...taken);
    origins.push({ name, ...origin, licence, source: url, ...measure(taken) });
  }
  // The recipe's `chat` was checked with the source's own fields.
  const conversationMaterial = await source.prepare(recipe.chat as never, cacheDir);
  report(wanted.length, wanted.length);
  return { texts, origins, source, conversationMaterial };
}

async function prepareTokenizer(recipe: DataRecipe, material: LoadedMaterial, outDir: string): Promise<Tokenizer> {
  const text = dataParts.flatMap((part) => part.tokenizerText(material, recipe));
  const files = await trainTokenizer(text, recipe.tokenizer);
  for (const [name, json] of Object.entries(files)) await writeAtomic(join(outDir, name), configText(json));
  return Tokenizer.fromString(JSON.stringify(files["tokenizer.json"]));
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

/** Some held-out conversations of each kind, one JSON line each. */
function samples(recipe: DataRecipe, material: LoadedMaterial): string {
  return Object.keys(recipe.chat.kinds)
    .flatMap((kind) => conversationsOf(material, recipe, { kind, heldOut: true, count: SAMPLES }))
    .map((conversation) => `${JSON.stringify(conversation)}\n`)
    .join("");
}
