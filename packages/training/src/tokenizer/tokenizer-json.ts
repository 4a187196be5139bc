import { byteAlphabet } from "@cachalot/model";
import { SPECIAL_TOKENS } from "./special-tokens.js";

/** Qwen2's pre-tokenizer: words with their space, and every digit alone, so that numbers are copied digit by digit. */
const SPLIT_PATTERN =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

export type Merge = readonly [left: string, right: string];

/** Number of tokens before the first merge: special tokens and bytes. */
export const BASE_VOCABULARY = SPECIAL_TOKENS.length + 256;

/**
 * A Hugging Face `tokenizer.json`: byte-level BPE with DeepSeek-V3.2's special tokens at ids 0.., then the 256 bytes,
 * then one token per merge in rank order.
 */
export function tokenizerJson(merges: readonly Merge[]): Record<string, unknown> {
  const vocab: Record<string, number> = {};
  let id = 0;
  for (const { content } of SPECIAL_TOKENS) vocab[content] = id++;
  for (const character of byteAlphabet()) vocab[character] = id++;
  for (const [left, right] of merges) vocab[left + right] ??= id++;
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: SPECIAL_TOKENS.map(({ content, control }, index) => ({
      id: index,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: control,
    })),
    normalizer: null,
    pre_tokenizer: {
      type: "Sequence",
      pretokenizers: [
        { type: "Split", pattern: { Regex: SPLIT_PATTERN }, behavior: "Isolated", invert: false },
        { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: false },
      ],
    },
    post_processor: null,
    decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab,
      merges,
    },
  };
}
