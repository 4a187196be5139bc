import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { ModelError } from "../errors.js";
import { publishedConfig } from "../testing/published-config.js";
import { bytesOfToken } from "./byte-alphabet.js";
import { loadTokenizer } from "./index.js";

const BOS = "<｜begin▁of▁sentence｜>";
const EOS = "<｜end▁of▁sentence｜>";
const WORDS = String.raw`(?i:'s|'t)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`;

/** Characters of the byte alphabet, by byte. */
const alphabet: string[] = [];
for (let code = 0; code < 0x200; code++) {
  const bytes = bytesOfToken(String.fromCharCode(code));
  if (bytes) alphabet[bytes[0]!] = String.fromCharCode(code);
}
const merges = ["t h", "th e", "Ġ the", "a n", "an d", "Ġ and", "Ġ a", "e r", "Ã ©", "o o", "oo oo", "a a"];

interface TokenizerJson {
  version: string;
  added_tokens: Record<string, unknown>[];
  normalizer: unknown;
  pre_tokenizer: unknown;
  post_processor: unknown;
  decoder: unknown;
  model: { type: string; vocab: Record<string, unknown>; merges: unknown[] };
}

/** A small byte-level BPE tokenizer: special tokens at 0 and 1, `<think>` (not special) at 2, bytes, merges. */
function tokenizerJson(): TokenizerJson {
  const tokens = [...alphabet, ...merges.map((merge) => merge.replace(" ", ""))];
  const added = (id: number, content: string, special: boolean) => ({
    id,
    content,
    special,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
  });
  return {
    version: "1.0",
    added_tokens: [added(0, BOS, true), added(1, EOS, true), added(2, "<think>", false)],
    normalizer: null,
    pre_tokenizer: {
      type: "Sequence",
      pretokenizers: [
        { type: "Split", pattern: { Regex: WORDS }, behavior: "Isolated", invert: false },
        { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: false },
      ],
    },
    post_processor: null,
    decoder: { type: "ByteLevel" },
    model: { type: "BPE", vocab: Object.fromEntries(tokens.map((token, i) => [token, i + 3])), merges: [...merges] },
  };
}

const config = { bos_token: BOS, eos_token: { content: EOS } };
const dir = mkdtempSync(join(tmpdir(), "tokenizer-test-"));
afterAll(() => rmSync(dir, { recursive: true }));

function write(name: string, files: Record<string, unknown>): string {
  const at = join(dir, name);
  mkdirSync(at, { recursive: true });
  for (const [file, content] of Object.entries(files))
    writeFileSync(join(at, file), typeof content === "string" ? content : JSON.stringify(content));
  return at;
}

const tokenizer = await loadTokenizer(
  write("good", { "tokenizer.json": tokenizerJson(), "tokenizer_config.json": config }),
);

/** BPE as defined: merge the pair of lowest rank, leftmost first, until none is left. */
function naiveEncode(text: string): number[] {
  return (text.match(new RegExp(WORDS.replace("(?i:'s|'t)", "'[sSſtT]"), "gu")) ?? []).flatMap((word) => {
    const parts = [...Buffer.from(word)].map((byte) => alphabet[byte]!);
    for (;;) {
      let best = merges.length;
      for (let i = 0; i + 1 < parts.length; i++) {
        const rank = merges.indexOf(`${parts[i]} ${parts[i + 1]}`);
        if (rank >= 0 && rank < best) best = rank;
      }
      if (best === merges.length) break;
      for (let i = 0; i + 1 < parts.length; i++)
        if (`${parts[i]} ${parts[i + 1]}` === merges[best]) parts.splice(i, 2, parts[i]! + parts[i + 1]!);
    }
    return parts.map((part) => tokenizer.tokenToId(part)!);
  });
}

const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc
    .array(fc.constantFrom("the ", " and", "a", "aa", "oo", " ", "\n", "é", "12", "'s", "\uFEFF", "鯨", "🐳"))
    .map((x) => x.join("")),
);

test("ids, special tokens and sizes", () => {
  expect(tokenizer.vocabSize).toBe(3 + 256 + merges.length);
  expect([tokenizer.bosTokenId, tokenizer.eosTokenId]).toEqual([0, 1]);
  expect(tokenizer.tokenToId(BOS)).toBe(0);
  expect(tokenizer.tokenToId("Ġthe")).toBe(3 + 256 + 2);
  expect(tokenizer.tokenToId("absent")).toBeUndefined();
  expect(tokenizer.tokenToId("constructor")).toBeUndefined();
});

test("special tokens in the text are recognised and nothing is added", () => {
  expect(tokenizer.encode("")).toEqual([]);
  const ids = tokenizer.encode(`${BOS}the the<think>${EOS}`);
  expect(ids).toEqual([0, tokenizer.tokenToId("the"), tokenizer.tokenToId("Ġthe"), 2, 1]);
  expect(tokenizer.decode(ids)).toBe(`${BOS}the the<think>${EOS}`);
  expect(tokenizer.decode(ids, { skipSpecialTokens: true })).toBe("the the<think>");
});

test("encodes as byte-pair encoding is defined", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(tokenizer.encode(text)).toEqual(naiveEncode(text));
    }),
    { numRuns: 500 },
  );
});

test("decoding gives the text back, and token bytes are exactly its bytes", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(anyText, fc.constantFrom(BOS, EOS, "<think>", "<｜"))), (parts) => {
      const text = parts.join("");
      const ids = tokenizer.encode(text);
      expect(tokenizer.decode(ids)).toBe(text);
      expect(Buffer.concat(ids.map((id) => tokenizer.tokenBytes(id))).toString()).toBe(text);
    }),
    { numRuns: 500 },
  );
});

test("a leading byte order mark is text", () => {
  expect(tokenizer.decode(tokenizer.encode("\uFEFFa"))).toBe("\uFEFFa");
});

test("lone surrogates and partial characters become U+FFFD; ids nobody has become nothing", () => {
  expect(tokenizer.decode(tokenizer.encode("a\ud800b"))).toBe("a\ufffdb");
  const [first] = tokenizer.encode("鯨") as [number];
  expect(tokenizer.tokenBytes(first)).toEqual(Uint8Array.of(0xe9));
  expect(tokenizer.decode([first])).toBe("\ufffd");
  expect(tokenizer.decode([])).toBe("");
  for (const id of [-1, 1.5, 10 ** 9]) {
    expect(tokenizer.tokenBytes(id)).toEqual(new Uint8Array());
    expect(tokenizer.decode([id])).toBe("");
  }
});

test.each([
  ["prose", "The whale and the sea, 1851.\n".repeat(3600)],
  ["one long word", "a".repeat(100_000)],
  ["spaces", " ".repeat(100_000)],
  ["Chinese", "白鯨".repeat(50_000)],
  ["special tokens", `${EOS}<think>`.repeat(4000)],
])("100 KB of %s take well under 5 s", (_, text) => {
  const start = performance.now();
  expect(tokenizer.decode(tokenizer.encode(text)) === text).toBe(true);
  expect(performance.now() - start).toBeLessThan(5000);
});

/** A change that spoils the file, and what the message must name. */
const bad: [string, (json: TokenizerJson) => unknown, RegExp][] = [
  ["a list", () => [], /tokenizer\.json/],
  ["null", () => null, /tokenizer\.json/],
  ["not JSON", () => "{", /not JSON/],
  ["key twice", (json) => JSON.stringify(json).replace("{", '{"model":null,'), /"model" appears twice/],
  ["no model", ({ model: _, ...json }) => json, /model/],
  ["unigram", (json) => ({ ...json, model: { ...json.model, type: "Unigram" } }), /model\.type/],
  ["vocab a list", (json) => ({ ...json, model: { ...json.model, vocab: [] } }), /model\.vocab/],
  ["id a string", (json) => with_(json, () => (json.model.vocab.a = "7")), /vocab\.a/],
  ["id negative", (json) => with_(json, () => (json.model.vocab.a = -1)), /vocab\.a/],
  ["id broken", (json) => with_(json, () => (json.model.vocab.a = 0.5)), /vocab\.a/],
  ["id huge", (json) => with_(json, () => (json.model.vocab.a = 2 ** 31)), /vocab\.a/],
  ["id of two tokens", (json) => with_(json, () => (json.model.vocab.a = json.model.vocab.b)), /one to one/],
  ["byte without token", (json) => with_(json, () => delete json.model.vocab.a), /byte 97/],
  ["no merges", (json) => with_(json, () => delete (json.model as Partial<TokenizerJson["model"]>).merges), /merges/],
  ["merge a number", (json) => with_(json, () => json.model.merges.push(1)), /merges/],
  ["merge of three", (json) => with_(json, () => json.model.merges.push("a b c")), /not of two/],
  ["merge without result", (json) => with_(json, () => json.model.merges.push("x y")), /"xy"/],
  ["added token without content", (json) => with_(json, () => json.added_tokens.push({ id: 900 })), /added_tokens/],
  ["added token empty", (json) => with_(json, () => json.added_tokens.push({ id: 900, content: "" })), /added_tokens/],
  ["added id huge", (json) => with_(json, () => json.added_tokens.push({ id: 1e12, content: "x!" })), /added_tokens/],
  ["added id taken", (json) => with_(json, () => json.added_tokens.push({ id: 5, content: "<x>" })), /one to one/],
  ["token with two ids", (json) => with_(json, () => json.added_tokens.push({ id: 900, content: "a" })), /one to one/],
  ["no pre_tokenizer", (json) => ({ ...json, pre_tokenizer: null }), /pre_tokenizer/],
  ["whitespace pre_tokenizer", (json) => ({ ...json, pre_tokenizer: { type: "Whitespace" } }), /pre_tokenizer/],
  ["no decoder", (json) => ({ ...json, decoder: null }), /decoder/],
  ["unknown normalizer", (json) => ({ ...json, normalizer: { type: "Shout" } }), /Shout/],
  ["no beginning token", (json) => with_(json, () => json.added_tokens.shift()), /begin/],
];

/** For changes in place. */
function with_(json: TokenizerJson, change: () => unknown): TokenizerJson {
  change();
  return json;
}

test.each(bad)("refuses a tokenizer.json: %s", async (name, spoil, message) => {
  const at = write(name.replaceAll(" ", "-"), {
    "tokenizer.json": spoil(tokenizerJson()),
    "tokenizer_config.json": config,
  });
  const error: unknown = await loadTokenizer(at).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ModelError);
  expect((error as ModelError).code).toBe("invalid_tokenizer");
  expect((error as ModelError).message).toContain(at);
  expect((error as ModelError).message).toMatch(message);
});

test("refuses a tokenizer_config.json that names no token", async () => {
  const at = write("other-config", {
    "tokenizer.json": tokenizerJson(),
    "tokenizer_config.json": { bos_token: "<s>" },
  });
  await expect(loadTokenizer(at)).rejects.toMatchObject({ name: "ModelError", code: "invalid_tokenizer" });
  const wrong = write("wrong-config", { "tokenizer.json": tokenizerJson(), "tokenizer_config.json": { bos_token: 4 } });
  await expect(loadTokenizer(wrong)).rejects.toMatchObject({ name: "ModelError", code: "invalid_tokenizer" });
});

test("a directory without tokenizer.json is missing_file", async () => {
  await expect(loadTokenizer(write("empty", {}))).rejects.toMatchObject({ name: "ModelError", code: "missing_file" });
});

/** A config.json of a model with so many tokens. */
const configOf = (vocabSize: number) => JSON.stringify({ ...publishedConfig, vocab_size: vocabSize });

test("beside a config.json, every token must have a row in the embedding", async () => {
  const json = tokenizerJson();
  const count = Object.keys(json.model.vocab).length + 3;
  json.added_tokens.push({ id: count + 7, content: "<|extra|>", special: true, normalized: false });
  const added = write("past-embedding", { "tokenizer.json": json, "tokenizer_config.json": config });
  for (const [vocabSize, refused] of [
    [count + 8, false],
    [count + 7, true],
    [count, true],
    [count - 1, true],
  ] as const) {
    writeFileSync(join(added, "config.json"), configOf(vocabSize));
    const loading = loadTokenizer(added);
    if (!refused) expect((await loading).vocabSize).toBe(count + 8);
    else
      await expect(loading).rejects.toMatchObject({
        name: "ModelError",
        code: "invalid_tokenizer",
        message: expect.stringMatching(`"<\\|extra\\|>" \\(${count + 7}\\).*${vocabSize} tokens`),
      });
  }
});

test("the end tokens of tokenizer, config and generation config all end a sequence", async () => {
  const files = { "tokenizer.json": tokenizerJson(), "tokenizer_config.json": config };
  expect((await loadTokenizer(write("ends-1", files))).endTokenIds).toEqual([1]);
  const listed = { ...publishedConfig, eos_token_id: [1, 7] };
  const both = { ...files, "config.json": listed, "generation_config.json": { eos_token_id: [7, 9], top_p: 0.9 } };
  expect((await loadTokenizer(write("ends-2", both))).endTokenIds).toEqual([1, 7, 9]);
  const bad = { ...files, "generation_config.json": { eos_token_id: "9" } };
  await expect(loadTokenizer(write("ends-3", bad))).rejects.toThrow(/generation_config\.json: eos_token_id/);
});
