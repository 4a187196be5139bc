import * as z from "zod";
import type { ModelConfig } from "../config/index.js";
import { ModelError } from "../errors.js";
import { readJson } from "../json/read-json.js";
import { hasFile, sourceOf } from "../source/open.js";
import { requireEmbedded } from "../tokenizer/index.js";
import { chatTemplate } from "./chat-template.js";
import type { GgufValue } from "./gguf-file.js";

/** llama.cpp's names of pre-tokenizers, by the regular expressions of tokenizer.json, joined by a newline. */
const PRE_TOKENIZERS: ReadonlyMap<string, string> = new Map([
  [
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
    "qwen2",
  ],
  [
    "\\p{N}{1,3}\n[一-龥぀-ゟ゠-ヿ]+\n[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
    "deepseek-v3",
  ],
]);

const NORMAL = 1;
const CONTROL = 3;
const USER_DEFINED = 4;
const UNUSED = 5;

const schema = z.looseObject({
  added_tokens: z.array(
    z.looseObject({ id: z.number().int().min(0), content: z.string(), special: z.boolean().optional() }),
  ),
  pre_tokenizer: z.unknown(),
  model: z.looseObject({
    vocab: z.record(z.string(), z.number().int().min(0)),
    merges: z.array(z.union([z.string(), z.tuple([z.string(), z.string()])])),
  }),
});

/**
 * The tokenizer of a checkpoint directory as GGUF key-value pairs; empty where the directory has none.
 * @throws ModelError `invalid_tokenizer` when llama.cpp has no name for its pre-tokenizer.
 */
export async function tokenizerMetadata(
  dir: string,
  { vocabSize, bosTokenId, eosTokenIds }: ModelConfig,
): Promise<Map<string, GgufValue>> {
  const metadata = new Map<string, GgufValue>();
  const source = sourceOf(dir);
  if (!(await hasFile(source, "tokenizer.json"))) return metadata;
  const { json, path } = await readJson(source, "tokenizer.json", "invalid_tokenizer");
  const parsed = schema.safeParse(json);
  if (!parsed.success)
    throw new ModelError("invalid_tokenizer", `${path}: ${parsed.error.issues[0]!.message}; check the file`);
  requireEmbedded(parsed.data, vocabSize, path);
  const { added_tokens: added, model, pre_tokenizer: preTokenizer } = parsed.data;
  const tokens = Array.from({ length: vocabSize }, (_, i) => `[PAD${i}]`);
  const types = new Array<number>(vocabSize).fill(UNUSED);
  for (const [token, id] of Object.entries(model.vocab)) [tokens[id], types[id]] = [token, NORMAL];
  for (const { id, content, special } of added) [tokens[id], types[id]] = [content, special ? CONTROL : USER_DEFINED];
  const merges = model.merges.map((merge) => (typeof merge === "string" ? merge : merge.join(" ")));
  metadata.set("tokenizer.ggml.model", { type: "string", value: "gpt2" });
  metadata.set("tokenizer.ggml.pre", { type: "string", value: preTokenizerName(preTokenizer, path) });
  metadata.set("tokenizer.ggml.tokens", { type: "strings", value: tokens });
  metadata.set("tokenizer.ggml.token_type", { type: "i32s", value: types });
  metadata.set("tokenizer.ggml.merges", { type: "strings", value: merges });
  // Without them llama.cpp takes other tokens for these.
  for (const [key, content, configured] of [
    ["bos", "<｜begin▁of▁sentence｜>", bosTokenId],
    ["eos", "<｜end▁of▁sentence｜>", eosTokenIds?.[0]],
    ["padding", "<｜▁pad▁｜>", undefined],
  ] as const) {
    const id = added.find((token) => token.content === content)?.id ?? model.vocab[content] ?? configured;
    if (id !== undefined) metadata.set(`tokenizer.ggml.${key}_token_id`, { type: "u32", value: id });
  }
  metadata.set("tokenizer.ggml.add_bos_token", { type: "bool", value: false });
  metadata.set("tokenizer.ggml.add_eos_token", { type: "bool", value: false });
  metadata.set("tokenizer.chat_template", { type: "string", value: await chatTemplate(dir) });
  return metadata;
}

function preTokenizerName(preTokenizer: unknown, path: string): string {
  const patterns: string[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    const regex = (node as { pattern?: { Regex?: unknown } }).pattern?.Regex;
    if (typeof regex === "string") patterns.push(regex);
    for (const child of (node as { pretokenizers?: unknown[] }).pretokenizers ?? []) visit(child);
  };
  visit(preTokenizer);
  const name = PRE_TOKENIZERS.get(patterns.join("\n"));
  if (name) return name;
  throw new ModelError(
    "invalid_tokenizer",
    `${path}: llama.cpp has no name for the pre-tokenizer ${JSON.stringify(patterns)}; known are ${[...PRE_TOKENIZERS.values()].join(", ")}`,
  );
}
