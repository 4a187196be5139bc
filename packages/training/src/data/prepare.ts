import { createHash } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { ASSISTANT, BOS, EOS, encodeMessages, THINK_END, THINK_START, USER } from "@cachalot/chat";
import { Tokenizer } from "tokenizers";
import { PAD } from "../tokenizer/special-tokens.js";
import { trainTokenizer } from "../tokenizer/train.js";
import { hashText } from "./conversations/draw.js";
import { type ConversationKind, type ConversationSources, makeConversation } from "./conversations/index.js";
import { type DebianPackage, fetchDebianPackage } from "./corpora/debian-package.js";
import { corpora } from "./corpora/index.js";
import { commonDefinitions } from "./corpora/wordnet.js";
import type { DataRecipe } from "./data-recipe.js";
import { assistantMask } from "./loss-mask.js";
import { TokenFileBuilder, writeTokenFile, writeWhole } from "./token-file.js";

/** Counted up when the same recipe would make other data. */
const FORMAT = 1;

export interface SplitCounts {
  documents: number;
  tokens: number;
  /** Tokens with loss. */
  learnt: number;
}

export interface DataManifest {
  /** Hash of the recipe and the generators' version. */
  key: string;
  seed: number;
  tokenizer: { vocabSize: number; bos: number; eos: number; pad: number };
  /** `split`: documents may go on in the next row; `cut`: they stay whole. */
  parts: Record<string, { policy: "split" | "cut"; train: SplitCounts; heldout: SplitCounts }>;
  /** Conversations by kind, training split. */
  kinds: Record<string, SplitCounts>;
  /** Where the text comes from. */
  sources: {
    name: string;
    package: string;
    version: string;
    sha256: string;
    bytes: number;
    licence: string;
    source: string;
    documents: number;
    characters: number;
  }[];
  charactersPerToken: number;
}

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
 * `tokenizer.json`, `{text,chat}.{train,heldout}.{bin,mask.bin,documents.bin}` and `manifest.json` into `outDir`.
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

  await mkdir(outDir, { recursive: true });
  const { texts, sources, definitions } = await loadTexts(recipe, cacheDir, onProgress);
  const conversationSources = { tools: recipe.chat.tools, definitions };

  onProgress({ stage: "tokenizer", done: 0, total: 1 });
  const files = await trainTokenizer(tokenizerText(texts, recipe, conversationSources), recipe.tokenizer);
  for (const [name, json] of Object.entries(files)) {
    await writeWhole(join(outDir, name), `${JSON.stringify(json, null, 2)}\n`);
  }
  const tokenizer = Tokenizer.fromString(JSON.stringify(files["tokenizer.json"]));
  onProgress({ stage: "tokenizer", done: 1, total: 1 });

  const text = await encodeTexts(texts, tokenizer, recipe, onProgress);
  const chat = await encodeConversations(tokenizer, recipe, conversationSources, onProgress);
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

const counts = ({ count, tokens, learnt }: TokenFileBuilder): SplitCounts => ({ documents: count, tokens, learnt });

async function loadTexts(recipe: DataRecipe, cacheDir: string, onProgress: (p: PrepareProgress) => void) {
  const wanted = corpora.filter(({ name }) => recipe.text.corpora[name] !== undefined);
  const texts: string[] = [];
  const sources: DataManifest["sources"] = [];
  for (const [i, corpus] of wanted.entries()) {
    onProgress({ stage: "packages", done: i, total: wanted.length });
    const unpacked = await fetchDebianPackage(corpus.package, cacheDir);
    const limit = recipe.text.corpora[corpus.name]!.characters;
    const documents = takeCharacters(await corpus.documents(unpacked.root), limit);
    texts.push(...documents);
    sources.push({ ...describe(corpus, unpacked), ...measure(documents) });
  }
  const dictionary = await fetchDebianPackage("wordnet-base", cacheDir);
  const definitions = await commonDefinitions(dictionary.root, recipe.chat.words);
  onProgress({ stage: "packages", done: wanted.length, total: wanted.length });
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
      const { messages, thinkingMode } = makeConversation(kind, { seed: recipe.seed + i, heldOut: false, sources });
      conversations.push(encodeMessages(messages, { thinkingMode }).replace(special, "\n"));
    }
  }
  return [...texts, ...conversations];
}

async function encodeTexts(
  texts: readonly string[],
  tokenizer: Tokenizer,
  recipe: DataRecipe,
  onProgress: (p: PrepareProgress) => void,
) {
  const train = new TokenFileBuilder();
  const heldout = new TokenFileBuilder();
  for (let at = 0; at < texts.length; at += 256) {
    onProgress({ stage: "text", done: at, total: texts.length });
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
  onProgress({ stage: "text", done: texts.length, total: texts.length });
  return { train, heldout };
}

async function encodeConversations(
  tokenizer: Tokenizer,
  recipe: DataRecipe,
  sources: ConversationSources,
  onProgress: (p: PrepareProgress) => void,
) {
  const id = (token: string) => tokenizer.tokenToId(token)!;
  const ids = {
    eos: id(EOS),
    user: id(USER),
    assistant: id(ASSISTANT),
    thinkStart: id(THINK_START),
    thinkEnd: id(THINK_END),
  };
  const kinds = Object.entries(recipe.chat.kinds) as [ConversationKind, number][];
  const shares = kinds.reduce((sum, [, share]) => sum + share, 0);
  const train = new TokenFileBuilder();
  const heldout = new TokenFileBuilder();
  const byKind: Record<string, SplitCounts> = {};
  for (const [kind, share] of kinds) {
    for (const [out, part] of [
      [train, 1 - recipe.heldOut],
      [heldout, recipe.heldOut],
    ] as const) {
      const before = counts(out);
      const end = before.tokens + (recipe.chat.tokens * part * share) / shares;
      for (let seed = recipe.seed * 1_000_000; out.tokens < end; seed += 128) {
        onProgress({ stage: "chat", done: train.tokens + heldout.tokens, total: recipe.chat.tokens });
        const prompts = Array.from({ length: 128 }, (_, i) => {
          const made = makeConversation(kind, { seed: seed + i, heldOut: out === heldout, sources });
          return encodeMessages(made.messages, { thinkingMode: made.thinkingMode });
        });
        for (const encoding of await tokenizer.encodeBatch(prompts, { addSpecialTokens: false })) {
          if (out.tokens >= end) break;
          const tokens = encoding.getIds();
          out.add(tokens, assistantMask(tokens, ids));
        }
      }
      if (out === train) {
        const after = counts(out);
        byKind[kind] = {
          documents: after.documents - before.documents,
          tokens: after.tokens - before.tokens,
          learnt: after.learnt - before.learnt,
        };
      }
    }
  }
  onProgress({ stage: "chat", done: recipe.chat.tokens, total: recipe.chat.tokens });
  return { train, heldout, kinds: byKind };
}
