import { Tokenizer as LibraryTokenizer } from "@huggingface/tokenizers";
import * as z from "zod";
import { readConfig } from "../config/index.js";
import { ModelError } from "../errors.js";
import { readJson } from "../json/read-json.js";
import { hasFile, sourceOf } from "../source/open.js";
import type { CheckpointLocation, CheckpointSource } from "../source/source.js";
import { bytesOfToken } from "./byte-alphabet.js";
import { lossOfText } from "./loss-of-text.js";
import { requireEmbedded } from "./require-embedded.js";

/** Text to token ids and back, as the model's tokenizer.json says. */
export interface Tokenizer {
  /** Ids run from 0 to here. */
  readonly vocabSize: number;
  readonly bosTokenId: number;
  readonly eosTokenId: number;
  /** Any of them ends a sequence: the tokenizer's own, and those of config.json and generation_config.json beside it. */
  readonly endTokenIds: readonly number[];
  /** Special tokens written in the text are recognised; nothing is added. */
  encode(text: string): number[];
  /** `skipSpecialTokens` default false. Bytes that are no UTF-8 become U+FFFD. */
  decode(ids: readonly number[], options?: { skipSpecialTokens?: boolean }): string;
  /** The exact bytes of one token, for text that is streamed token by token. */
  tokenBytes(id: number): Uint8Array;
  tokenToId(token: string): number | undefined;
}

/** The published vocabulary has 129280; tables are as long as the largest id. */
const MAX_ID = 2 ** 22;

const addedToken = z.looseObject({
  id: z.number().int().min(0).max(MAX_ID),
  content: z.string().min(1),
  special: z.boolean().optional(),
});

const tokenizerSchema = z.looseObject({
  pre_tokenizer: z.unknown(),
  decoder: z.unknown(),
  added_tokens: z.array(addedToken).default([]),
  model: z.looseObject({
    type: z.literal("BPE"),
    vocab: z.record(z.string(), z.number().int().min(0).max(MAX_ID)),
    merges: z.array(z.union([z.string(), z.tuple([z.string(), z.string()])])),
  }),
});

const namedToken = z.union([z.string(), z.looseObject({ content: z.string() }).transform(({ content }) => content)]);
const tokenizerConfigSchema = z.looseObject({ bos_token: namedToken.nullish(), eos_token: namedToken.nullish() });

const BOS = "<｜begin▁of▁sentence｜>";
const EOS = "<｜end▁of▁sentence｜>";

/**
 * Reads tokenizer.json (and tokenizer_config.json where it exists) of a checkpoint. Where a config.json lies beside it, every id must have a
 * row in that model's embedding.
 * @throws ModelError `missing_file`, `invalid_tokenizer`, `invalid_config`.
 */
export async function loadTokenizer(location: CheckpointLocation): Promise<Tokenizer> {
  const source = sourceOf(location);
  const { json, path } = await readJson(source, "tokenizer.json", "invalid_tokenizer");
  const definition = checked(tokenizerSchema, json, path);
  const gap = lossOfText(definition);
  if (gap) throw new ModelError("invalid_tokenizer", `${path}: ${gap}; take the model's own tokenizer.json`);
  const config = await readTokenizerConfig(source);
  const bytes = tokenTable(definition, path);
  const model = (await hasFile(source, "config.json")) ? await readConfig(source) : undefined;
  if (model) requireEmbedded(definition, model.vocabSize, path);
  const special = new Set(definition.added_tokens.filter((token) => token.special).map(({ id }) => id));
  let library: LibraryTokenizer;
  try {
    library = new LibraryTokenizer(json as object, config);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ModelError("invalid_tokenizer", `${path} cannot be used: ${reason}; take the model's own tokenizer.json`);
  }
  const idOf = (token: string): number | undefined => library.token_to_id(token);
  const required = (token: string): number => {
    const id = idOf(token);
    if (id === undefined)
      throw new ModelError("invalid_tokenizer", `${path} has no token ${token}; take the model's own tokenizer.json`);
    return id;
  };
  const eosTokenId = required(config.eos_token ?? EOS);
  const endTokenIds = new Set([eosTokenId, ...(model?.eosTokenIds ?? []), ...(await generationEnds(source))]);
  const empty = new Uint8Array();
  const tokenBytes = (id: number) => bytes[id] ?? empty;
  return {
    vocabSize: bytes.length,
    bosTokenId: required(config.bos_token ?? BOS),
    eosTokenId,
    endTokenIds: [...endTokenIds],
    encode: (text) => (text === "" ? [] : library.encode(text, { add_special_tokens: false }).ids),
    decode: (ids, { skipSpecialTokens = false } = {}) =>
      // By default a leading byte order mark would vanish.
      new TextDecoder("utf-8", { ignoreBOM: true }).decode(
        concat(ids.filter((id) => !(skipSpecialTokens && special.has(id))).map(tokenBytes)),
      ),
    tokenBytes,
    tokenToId: idOf,
  };
}

async function readTokenizerConfig(source: CheckpointSource): Promise<z.infer<typeof tokenizerConfigSchema>> {
  if (!(await hasFile(source, "tokenizer_config.json"))) return {};
  const { json, path } = await readJson(source, "tokenizer_config.json", "invalid_tokenizer");
  return checked(tokenizerConfigSchema, json, path);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

const generationSchema = z.looseObject({
  eos_token_id: z.union([z.number().int().min(0), z.array(z.number().int().min(0))]).nullish(),
});

/** The end tokens of generation_config.json, where there is one. */
async function generationEnds(source: CheckpointSource): Promise<readonly number[]> {
  if (!(await hasFile(source, "generation_config.json"))) return [];
  const { json, path } = await readJson(source, "generation_config.json", "invalid_tokenizer");
  return [checked(generationSchema, json, path).eos_token_id ?? []].flat();
}

function checked<T>(schema: z.ZodType<T>, json: unknown, path: string): T {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  throw new ModelError(
    "invalid_tokenizer",
    `${path}: ${issue.path.join(".") || "(top level)"}: ${issue.message}; take the model's own tokenizer.json`,
  );
}

/** Bytes by token id; added tokens stand for their own text. */
function tokenTable(definition: z.infer<typeof tokenizerSchema>, path: string): Uint8Array[] {
  const bytes: Uint8Array[] = [];
  const encoder = new TextEncoder();
  const idOf = new Map<string, number>();
  const put = (id: number, token: string, value: Uint8Array) => {
    const known = idOf.get(token);
    if (known !== id && (known !== undefined || bytes[id]))
      throw new ModelError(
        "invalid_tokenizer",
        `${path}: token ${JSON.stringify(token.slice(0, 80))} and id ${id} are not one to one; take the model's own tokenizer.json`,
      );
    idOf.set(token, id);
    bytes[id] = value;
  };
  for (const [token, id] of Object.entries(definition.model.vocab))
    put(id, token, bytesOfToken(token) ?? encoder.encode(token));
  for (const { id, content } of definition.added_tokens) put(id, content, encoder.encode(content));
  return Array.from(bytes, (value) => value ?? new Uint8Array());
}
