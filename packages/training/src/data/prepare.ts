import { createHash } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeMessages } from "@cachalot/chat";
import { configText } from "@cachalot/model";
import { Tokenizer } from "tokenizers";
import { PAD } from "../tokenizer/special-tokens.js";
import { trainTokenizer } from "../tokenizer/train.js";
import { hashText } from "./conversations/draw.js";
import { type ConversationKind, type ConversationSources, makeConversation } from "./conversations/index.js";
import { type DebianPackage, fetchDebianPackage } from "./corpora/debian-package.js";
import { corpora } from "./corpora/index.js";
import { commonDefinitions } from "./corpora/wordnet.js";
import type { DataRecipe } from "./data-recipe.js";
import { counts, encodeConversations, encodeTexts, firstSeed } from "./encode-documents.js";
import type { DataManifest } from "./manifest.js";
import { writeTokenFile, writeWhole } from "./token-file.js";

/** Counted up when the same recipe would make other data. */
const FORMAT = 3;
/** Held-out conversations of each kind in samples.jsonl. */
const SAMPLES = 20;

export interface PrepareProgress {
  stage: "packages" | "tokenizer" | "text" | "chat";
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
  outDir: string,
  { onProgress = () => {}, cacheDir = join(outDir, "..", "packages") }: PrepareOptions = {},
): Promise<DataManifest> {
  const key = createHash("sha256")
    .update(JSON.stringify([FORMAT, recipe]))
    .digest("hex")
    .slice(0, 16);
  const present = await readFile(join(outDir, "manifest.json"), "utf8").catch(() => "{}");
  const existing = JSON.parse(present) as DataManifest;
  if (existing.key === key) return existing;

  const report = (stage: PrepareProgress["stage"]) => (done: number, total: number) =>
    onProgress({ stage, done, total });
  await mkdir(outDir, { recursive: true });
  const { texts, sources, definitions } = await loadTexts(recipe, cacheDir, report("packages"));
  const conversationSources = { tools: recipe.chat.tools, definitions };

  onProgress({ stage: "tokenizer", done: 0, total: 1 });
  const files = await trainTokenizer(tokenizerText(texts, recipe, conversationSources), recipe.tokenizer);
  for (const [name, json] of Object.entries(files)) {
    await writeWhole(join(outDir, name), configText(json));
  }
  const tokenizer = Tokenizer.fromString(JSON.stringify(files["tokenizer.json"]));
  onProgress({ stage: "tokenizer", done: 1, total: 1 });

  await writeWhole(join(outDir, "samples.jsonl"), samples(recipe, conversationSources));
  const text = await encodeTexts(texts, tokenizer, recipe, report("text"));
  const chat = await encodeConversations(tokenizer, recipe, conversationSources, report("chat"));
  const parts: DataManifest["parts"] = {};
  for (const [part, { train, heldout }, policy] of [
    ["text", text, "split"],
    ["chat", chat, "cut"],
  ] as const) {
    await writeTokenFile(outDir, `${part}.train`, train.build());
    await writeTokenFile(outDir, `${part}.heldout`, heldout.build());
    parts[part] = { policy, train: counts(train), heldout: counts(heldout) };
  }
  const characters = texts.reduce((sum, document) => sum + document.length, 0);
  const manifest: DataManifest = {
    key,
    seed: recipe.seed,
    tokenizer: { vocabSize: recipe.tokenizer.vocabSize, bos: 0, eos: 1, pad: tokenizer.tokenToId(PAD)! },
    parts,
    kinds: chat.kinds,
    sources,
    charactersPerToken: Number((characters / (text.train.tokens + text.heldout.tokens)).toFixed(3)),
  };
  await writeWhole(join(outDir, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

async function loadTexts(recipe: DataRecipe, cacheDir: string, report: (done: number, total: number) => void) {
  const wanted = corpora.filter(({ name }) => recipe.text.corpora[name] !== undefined);
  const texts: string[] = [];
  const sources: DataManifest["sources"] = [];
  for (const [i, corpus] of wanted.entries()) {
    report(i, wanted.length);
    const unpacked = await fetchDebianPackage(corpus.package, cacheDir);
    const limit = recipe.text.corpora[corpus.name]!.characters;
    const documents = takeCharacters(await corpus.documents(unpacked.root), limit);
    texts.push(...documents);
    sources.push({ ...describe(corpus, unpacked), ...measure(documents) });
  }
  const dictionary = await fetchDebianPackage("wordnet-base", cacheDir);
  const definitions = await commonDefinitions(dictionary.root, recipe.chat.words);
  report(wanted.length, wanted.length);
  return { texts, sources, definitions };
}

function describe(corpus: (typeof corpora)[number], { version, sha256, bytes }: DebianPackage) {
  const { name, licence, source } = corpus;
  return { name, package: corpus.package, version, sha256, bytes, licence, source };
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

/** All text, and conversations at about their share of the training tokens, without the special tokens. */
function tokenizerText(texts: readonly string[], recipe: DataRecipe, sources: ConversationSources): string[] {
  const special = /<｜[^｜]*｜>|<\/?think>|｜DSML｜/g;
  const conversations: string[] = [];
  for (const kind of Object.keys(recipe.chat.kinds) as ConversationKind[]) {
    for (let i = 0; i < 1000; i++) {
      const { messages, thinkingMode } = makeConversation(kind, {
        seed: firstSeed(recipe) + i,
        heldOut: false,
        sources,
      });
      conversations.push(encodeMessages(messages, { thinkingMode }).replace(special, "\n"));
    }
  }
  return [...texts, ...conversations];
}

function samples(recipe: DataRecipe, sources: ConversationSources): string {
  const lines: string[] = [];
  for (const kind of Object.keys(recipe.chat.kinds) as ConversationKind[]) {
    for (let i = 0; i < SAMPLES; i++) {
      const conversation = makeConversation(kind, { seed: firstSeed(recipe) + i, heldOut: true, sources });
      lines.push(`${JSON.stringify(conversation)}\n`);
    }
  }
  return lines.join("");
}
