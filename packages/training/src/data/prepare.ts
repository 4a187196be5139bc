import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { BOS, EOS } from "@cachalot/chat";
import { isTemporary, writeAtomic } from "@cachalot/files";
import { configText } from "@cachalot/model";
import type { Tokenizer } from "tokenizers";
import { givenTokenizer, openTokenizer, tokenizerPath, vocabularySize } from "../tokenizer/given.js";
import { PAD } from "../tokenizer/special-tokens.js";
import { trainTokenizer } from "../tokenizer/train.js";
import { tokenId } from "./conversation-tokens.js";
import type { DataRecipe } from "./data-recipe.js";
import type { DataSource } from "./data-source.js";
import { loadSource } from "./load-source.js";
import type { DataManifest } from "./manifest.js";
import { counts, type PartContext, type PartMaterial, type Report } from "./parts/data-part.js";
import { type PartRecipe, partKindOf, partName } from "./parts/index.js";
import { isWide, TokenFileBuilder, writeTokenFile } from "./token-file.js";

/** Counted up when the same recipe would make other data. */
const FORMAT = 4;

export interface PrepareProgress {
  /** `material`, `tokenizer`, then each part by its name. */
  stage: string;
  done: number;
  total: number;
}

export interface PrepareOptions {
  onProgress?: (progress: PrepareProgress) => void;
  /** Where downloaded packages are kept; default `packages` beside `outDir`. */
  cacheDir?: string;
  /** The material of a module; default: it is imported, relative to the recipe. */
  loadSource?: (module: string, dir: string) => Promise<DataSource>;
}

interface NamedMaterial extends PartMaterial {
  name: string;
}

/**
 * Makes a dataset: trains the tokenizer or takes the one given, encodes the parts, and writes `tokenizer.json`,
 * `PART.{train,heldout}.{bin,mask.bin,documents.bin}`, `samples.jsonl` (held-out documents to look at) and `manifest.json` into `outDir`.
 * The same recipe and files give the same bytes. Data that is already there is not made again.
 *
 * @throws TrainingError `invalid_data` naming file and line of what cannot be learnt from, or when the text is too short for the
 * tokenizer; `missing_tool` without apt-get and dpkg-deb where a module's corpora need them.
 */
export async function prepareData(
  recipe: DataRecipe,
  outDir: string,
  {
    onProgress = () => {},
    cacheDir = join(outDir, "..", "packages"),
    loadSource: load = loadSource,
  }: PrepareOptions = {},
): Promise<DataManifest> {
  const contextOf = (part: PartRecipe): PartContext => ({
    name: partName(part),
    dir: recipe.dir,
    cacheDir,
    seed: recipe.seed,
    heldOut: recipe.heldOut,
    loadSource: (module) => load(module, recipe.dir),
  });
  const key = await keyOf(recipe, contextOf);
  const existing = await presentManifest(outDir);
  if (existing?.key === key) return existing;

  const report =
    (stage: string): Report =>
    (done, total) =>
      onProgress({ stage, done, total });
  const materials: NamedMaterial[] = [];
  for (const [i, part] of recipe.parts.entries()) {
    report("material")(i, recipe.parts.length);
    materials.push({ name: partName(part), ...(await partKindOf(part).load(part, contextOf(part))) });
  }
  report("material")(recipe.parts.length, recipe.parts.length);
  report("tokenizer")(0, 1);
  const files = await tokenizerFiles(recipe, materials);
  const tokenizer = openTokenizer(files["tokenizer.json"], "tokenizer.json");
  const manifest: DataManifest = {
    key,
    seed: recipe.seed,
    tokenizer: tokenizerFacts(tokenizer),
    parts: {},
    kinds: {},
    sources: materials.flatMap(({ origins }) => origins),
    charactersPerToken: 0,
  };
  report("tokenizer")(1, 1);
  await makeRoom(outDir);
  for (const [name, json] of Object.entries(files)) await writeAtomic(join(outDir, name), configText(json));
  await writeAtomic(join(outDir, "samples.jsonl"), jsonLines(materials.flatMap((material) => material.samples())));
  await encodeParts(materials, tokenizer, { outDir, manifest, report });
  await writeAtomic(join(outDir, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

async function encodeParts(
  materials: readonly NamedMaterial[],
  tokenizer: Tokenizer,
  { outDir, manifest, report }: { outDir: string; manifest: DataManifest; report: (stage: string) => Report },
): Promise<void> {
  const wide = isWide(manifest.tokenizer.vocabSize);
  const measured = { characters: 0, tokens: 0 };
  for (const { name, policy, origins, encode } of materials) {
    const { train, heldout, kinds } = await encode(tokenizer, () => new TokenFileBuilder(wide), report(name));
    await writeTokenFile(outDir, `${name}.train`, train.build());
    await writeTokenFile(outDir, `${name}.heldout`, heldout.build());
    manifest.parts[name] = { policy, train: counts(train), heldout: counts(heldout) };
    Object.assign(manifest.kinds, kinds);
    if (origins.length === 0) continue;
    measured.characters += origins.reduce((sum, { characters }) => sum + characters, 0);
    measured.tokens += train.tokens + heldout.tokens;
  }
  manifest.charactersPerToken = Number((measured.characters / Math.max(measured.tokens, 1)).toFixed(3));
}

/** Which data a recipe makes, of the files as they are: the module's name is where its material lies, not what it is. */
async function keyOf({ dir, ...recipe }: DataRecipe, contextOf: (part: PartRecipe) => PartContext): Promise<string> {
  const hash = createHash("sha256");
  const parts = recipe.parts.map((part) => ({ ...part, module: undefined }));
  hash.update(JSON.stringify([FORMAT, { ...recipe, description: undefined, parts }]));
  for (const part of recipe.parts)
    for (const file of (await partKindOf(part).files?.(part, contextOf(part))) ?? [])
      hash.update(await readFile(file).catch(() => ""));
  if ("from" in recipe.tokenizer)
    hash.update(await readFile(tokenizerPath(recipe.tokenizer.from, dir)).catch(() => ""));
  return hash.digest("hex").slice(0, 16);
}

async function presentManifest(outDir: string): Promise<DataManifest | undefined> {
  try {
    return JSON.parse(await readFile(join(outDir, "manifest.json"), "utf8")) as DataManifest;
  } catch {
    return undefined;
  }
}

function tokenizerFiles(
  { tokenizer, dir }: DataRecipe,
  materials: readonly NamedMaterial[],
): ReturnType<typeof givenTokenizer> {
  if ("from" in tokenizer) return givenTokenizer(tokenizerPath(tokenizer.from, dir));
  const learntFrom = materials.filter(({ name }) => tokenizer.parts?.includes(name) ?? true);
  return trainTokenizer(
    learntFrom.flatMap((material) => material.tokenizerText()),
    tokenizer,
  );
}

function tokenizerFacts(tokenizer: Tokenizer): DataManifest["tokenizer"] {
  const eos = tokenId(tokenizer, EOS);
  return {
    vocabSize: vocabularySize(tokenizer),
    bos: tokenId(tokenizer, BOS),
    eos,
    pad: tokenizer.tokenToId(PAD) ?? eos,
  };
}

/** Data that are being replaced are no data until the new manifest is there. */
async function makeRoom(outDir: string): Promise<void> {
  await mkdir(outDir, { recursive: true });
  await rm(join(outDir, "manifest.json"), { force: true });
  for (const name of await readdir(outDir))
    if (isTemporary(name)) await rm(join(outDir, name), { recursive: true, force: true });
}

const jsonLines = (values: readonly unknown[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join("");
