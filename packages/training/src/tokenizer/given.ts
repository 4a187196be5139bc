import { existsSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { BOS, EOS } from "@cachalot/chat";
import { Tokenizer } from "tokenizers";
import { TrainingError } from "../errors.js";
import { PAD } from "./special-tokens.js";
import type { TokenizerFiles } from "./train.js";

/** The tokenizer.json that a path means: the file, or that of a folder. */
export function tokenizerPath(path: string, dir: string): string {
  const full = resolve(dir, path);
  return existsSync(full) && statSync(full).isDirectory() ? join(full, "tokenizer.json") : full;
}

/**
 * A given tokenizer.json with the files beside it; those that are missing are made.
 * @throws TrainingError `invalid_data` where it cannot be used.
 */
export async function givenTokenizer(path: string): Promise<TokenizerFiles> {
  const json = await readJson(path);
  if (!json)
    throw new TrainingError(
      "invalid_data",
      `cannot read ${path} as a tokenizer.json; give the path of one, or a vocabSize to train one`,
    );
  const tokenizer = openTokenizer(json, path);
  const beside = (name: string) => readJson(join(dirname(path), name));
  const id = (token: string) => tokenizer.tokenToId(token);
  const pad = id(PAD) === null ? EOS : PAD;
  return {
    "tokenizer.json": json,
    "tokenizer_config.json": (await beside("tokenizer_config.json")) ?? {
      add_bos_token: false,
      add_eos_token: false,
      bos_token: BOS,
      eos_token: EOS,
      pad_token: pad,
      clean_up_tokenization_spaces: false,
      tokenizer_class: "PreTrainedTokenizerFast",
    },
    "generation_config.json": (await beside("generation_config.json")) ?? {
      do_sample: true,
      temperature: 1.0,
      top_p: 0.95,
      bos_token_id: id(BOS),
      eos_token_id: id(EOS),
      pad_token_id: id(pad),
    },
  };
}

/** @throws TrainingError `invalid_data` where the library cannot use it. */
export function openTokenizer(json: Record<string, unknown>, path: string): Tokenizer {
  try {
    return Tokenizer.fromString(JSON.stringify(json));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TrainingError(
      "invalid_data",
      `${path} cannot be used: ${reason}; take the tokenizer.json of a DeepSeek-V3.2 model`,
    );
  }
}

/** Ids run from 0 to one less. */
export function vocabularySize(tokenizer: Tokenizer): number {
  return Object.values(tokenizer.getVocab(true)).reduce((most, id) => Math.max(most, id), -1) + 1;
}

async function readJson(path: string): Promise<Record<string, unknown> | undefined> {
  try {
    const json = JSON.parse(await readFile(path, "utf8"));
    return typeof json === "object" && json !== null ? json : undefined;
  } catch {
    return undefined;
  }
}
