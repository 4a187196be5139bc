import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BOS, EOS } from "@cachalot/chat";
import { hashText } from "@cachalot/tensor";
import { Tokenizer } from "tokenizers";
import { TrainingError } from "../errors.js";
import { PAD } from "./special-tokens.js";
import { BASE_VOCABULARY, type Merge, tokenizerJson } from "./tokenizer-json.js";

/** The native trainer learns 30,000 tokens, never more. */
export const LARGEST_VOCABULARY = 30_000;

/** More characters teach a tokenizer nothing: of longer material it sees a share of the texts. */
const MOST_CHARACTERS = 2e8;

export interface TokenizerFiles {
  "tokenizer.json": Record<string, unknown>;
  "tokenizer_config.json": Record<string, unknown>;
  "generation_config.json": Record<string, unknown>;
}

/**
 * Trains a byte-level BPE tokenizer with exactly `vocabSize` tokens.
 *
 * BPE is greedy, so the first merges of a large vocabulary are the merges of a smaller one.
 *
 * @param texts training text; special tokens must not occur in it
 * @throws TrainingError `invalid_data` when the text is too short to learn that many tokens.
 */
export async function trainTokenizer(
  texts: readonly string[],
  { vocabSize, modelMaxLength }: { vocabSize: number; modelMaxLength: number },
): Promise<TokenizerFiles> {
  const merges = firstMerges(await learnMerges(texts), vocabSize - BASE_VOCABULARY);
  return {
    "tokenizer.json": tokenizerJson(merges),
    "tokenizer_config.json": {
      add_bos_token: false,
      add_eos_token: false,
      bos_token: BOS,
      eos_token: EOS,
      pad_token: PAD,
      clean_up_tokenization_spaces: false,
      model_max_length: modelMaxLength,
      tokenizer_class: "PreTrainedTokenizerFast",
    },
    "generation_config.json": {
      do_sample: true,
      temperature: 1.0,
      top_p: 0.95,
      bos_token_id: 0,
      eos_token_id: 1,
      pad_token_id: 2,
    },
  };
}

async function learnMerges(texts: readonly string[]): Promise<Merge[]> {
  const dir = await mkdtemp(join(tmpdir(), "cachalot-bpe-"));
  try {
    const text = join(dir, "text.txt");
    await writeFile(text, separated(sample(texts)));
    const tokenizer = Tokenizer.fromString(JSON.stringify(tokenizerJson([])));
    tokenizer.train([text]);
    const saved = join(dir, "tokenizer.json");
    tokenizer.save(saved);
    return (JSON.parse(await readFile(saved, "utf8")) as { model: { merges: Merge[] } }).model.merges;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** About `MOST_CHARACTERS` of the texts, the same ones each time. */
function sample(texts: readonly string[]): readonly string[] {
  const share = MOST_CHARACTERS / texts.reduce((sum, text) => sum + text.length, 0);
  return share >= 1 ? texts : texts.filter((text) => hashText(text) / 2 ** 32 < share);
}

function* separated(texts: readonly string[]): Generator<string> {
  for (const [i, text] of texts.entries()) yield i === 0 ? text : `\n${text}`;
}

/** The shortest beginning of `merges` that makes `count` distinct tokens: two merges may spell the same token. */
function firstMerges(merges: readonly Merge[], count: number): Merge[] {
  const tokens = new Set<string>();
  const first: Merge[] = [];
  for (const merge of merges) {
    if (tokens.size === count) return first;
    tokens.add(merge.join(""));
    first.push(merge);
  }
  if (tokens.size === count) return first;
  throw new TrainingError(
    "invalid_data",
    `the text yields only ${tokens.size} of ${count} merges; use more text, or a vocabSize of at most ${BASE_VOCABULARY + tokens.size}`,
  );
}
