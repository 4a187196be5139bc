import { byteAlphabet } from "@cachalot/model";
import { Tokenizer as PureTokenizer } from "@huggingface/tokenizers";
import fc from "fast-check";
import { Tokenizer } from "tokenizers";
import { beforeAll, expect, test } from "vitest";
import { SPECIAL_TOKENS } from "./special-tokens.js";
import { type TokenizerFiles, trainTokenizer } from "./train.js";

const text =
  "the cat sat on the mat, and the dog sat by the cat.\nThere were 12 cats and 345 dogs; isn't that a lot?\n";
let files: TokenizerFiles;
let native: Tokenizer;
let pure: PureTokenizer;

beforeAll(async () => {
  files = await trainTokenizer([text, "un été à l'école"], { vocabSize: 300, modelMaxLength: 64 });
  native = Tokenizer.fromString(JSON.stringify(files["tokenizer.json"]));
  pure = new PureTokenizer(files["tokenizer.json"], files["tokenizer_config.json"]);
});

test("the vocabulary has exactly the asked size, special tokens first", () => {
  expect(native.getVocabSize(true)).toBe(300);
  expect(SPECIAL_TOKENS.map(({ content }) => native.tokenToId(content))).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(new Set(byteAlphabet()).size).toBe(256);
});

test("asking for more tokens than the text holds names the fix", async () => {
  await expect(trainTokenizer(["a b"], { vocabSize: 4096, modelMaxLength: 64 })).rejects.toThrow(/use more text/);
});

test("digits stay alone", async () => {
  const tokens = (await native.encode("345 dogs 345")).getTokens();
  expect(tokens.filter((token) => /\d/.test(token))).toEqual(["3", "4", "5", "3", "4", "5"]);
});

test("the native and the pure JavaScript tokenizer agree on any text, and decode to it", async () => {
  const piece = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.constantFrom(...SPECIAL_TOKENS.map(({ content }) => content), " ", "\n\n", "the cat", "'S", "12.5", "é"),
  );
  const samples = fc.sample(fc.array(piece, { maxLength: 8 }), { numRuns: 300, seed: 1 }).map((p) => p.join(""));
  for (const sample of samples) {
    const ids = (await native.encode(sample, null, { addSpecialTokens: false })).getIds();
    expect(pure.encode(sample, { add_special_tokens: false }).ids).toEqual(ids);
    expect(await native.decode(ids, false)).toBe(sample);
  }
});
