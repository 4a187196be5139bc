import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { parquetWriteBuffer } from "hyparquet-writer";
import { Tokenizer } from "tokenizers";
import { afterAll, beforeEach, expect, test } from "vitest";
import { tinyDataRecipe, tinySource } from "../testing/tiny-source.js";
import { tokenizerJson } from "../tokenizer/tokenizer-json.js";
import { parseDataRecipe } from "./data-recipe.js";
import { type Dataset, openDataset } from "./dataset.js";
import { prepareData } from "./prepare.js";
import { textPieces } from "./rows/text-pieces.js";
import { readTokenFile, TokenFileBuilder, writeTokenFile } from "./token-file.js";

const root = await mkdtemp(join(tmpdir(), "cachalot-own-data-"));
afterAll(() => rm(root, { recursive: true }));
let dir: string;
let count = 0;
beforeEach(async () => {
  dir = join(root, String(count++));
  await mkdir(dir);
});

const embedded = fileURLToPath(new URL("../../../../models/embedded", import.meta.url));

async function write(name: string, content: string | Uint8Array | readonly unknown[]): Promise<void> {
  const text = Array.isArray(content) ? content.map((row) => `${JSON.stringify(row)}\n`).join("") : content;
  await writeFile(join(dir, name), text as string | Uint8Array);
}

/** Prepares parts with the embedded model's tokenizer. */
async function prepare(parts: readonly unknown[], more: object = {}): Promise<Dataset> {
  const recipe = parseDataRecipe({ tokenizer: embedded, heldOut: 0.1, ...more, parts }, dir);
  await prepareData(recipe, join(dir, "out"));
  return openDataset(join(dir, "out"));
}

/** Documents of a part as text, what is learnt of them in brackets. */
async function shown(part: string, split: "train" | "heldout" = "train"): Promise<string[]> {
  const tokenizer = Tokenizer.fromFile(join(embedded, "tokenizer.json"));
  const { tokens, mask, offsets } = await readTokenFile(join(dir, "out"), `${part}.${split}`);
  const documents: string[] = [];
  for (let i = 0; i + 1 < offsets.length; i++) {
    let text = "";
    for (let start = offsets[i]!; start < offsets[i + 1]!; ) {
      let end = start + 1;
      while (end < offsets[i + 1]! && mask[end] === mask[start]) end++;
      const stretch = await tokenizer.decode([...tokens.subarray(start, end)], false);
      text += mask[start] === 1 ? `[${stretch}]` : stretch;
      start = end;
    }
    documents.push(text);
  }
  return documents;
}

const refusal = (parts: readonly unknown[], more: object = {}) =>
  prepare(parts, more).then(
    () => "nothing",
    (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
  );

const sentences = (n: number) => Array.from({ length: n }, (_, i) => `Day ${i}: the keeper lit lamp number ${i * 7}.`);

test("text files become documents that are learnt whole, some held out", async () => {
  await write("a.txt", sentences(40).join("\n\n"));
  await write("b.md", `\uFEFF${sentences(3).join("\r\n")}`);
  const { manifest } = await prepare([{ kind: "text", files: ["*.txt", "*.md"] }]);
  expect(manifest.parts.text).toMatchObject({ policy: "split" });
  expect(manifest.sources.map(({ name }) => name.split("/").at(-1))).toEqual(["a.txt", "b.md"]);
  const [train, heldout] = [await shown("text"), await shown("text", "heldout")];
  expect(heldout.length).toBeGreaterThan(0);
  for (const document of [...train, ...heldout])
    expect(document).toMatch(/^<｜begin▁of▁sentence｜>\[Day [^\r\uFEFF]*\.<｜end▁of▁sentence｜>\]$/s);
});

test("a separator parts the documents of a file", async () => {
  await write("stories.txt", "One.<|endoftext|>\nTwo\n\ngoes on.<|endoftext|>Three.");
  await prepare([{ kind: "text", name: "stories", files: "stories.txt", separator: "<|endoftext|>" }]);
  const all = [...(await shown("stories")), ...(await shown("stories", "heldout"))].sort();
  expect(all).toHaveLength(3);
  expect(all.join()).toContain("[Two\n\ngoes on.");
});

test("pieces of a text are the text, and of about the length that was asked for", () => {
  const words = fc.array(fc.constantFrom("a", "whale", "deep. ", "\n", "\n\n", " "), { maxLength: 400 });
  fc.assert(
    fc.property(words, fc.integer({ min: 5, max: 60 }), (parts, length) => {
      const text = parts.join("");
      const pieces = textPieces(text, length);
      expect(pieces.join("").replace(/\s/g, "")).toBe(text.replace(/\s/g, ""));
      for (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(2 * length);
    }),
  );
});

test("rows are text, prompt and completion, or messages; only what a model should say is learnt", async () => {
  await write("rows.jsonl", [
    { text: "Plain words.", source: "other fields are left alone" },
    { prompt: "2 + 2 = ", completion: "4" },
    { prompt: "", completion: "Unasked." },
    {
      messages: [
        { role: "user", content: "Who?" },
        { role: "assistant", content: "Me." },
      ],
    },
    {
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: [{ type: "text", text: "Sum?" }] },
        {
          role: "assistant",
          content: null,
          reasoning_content: "Call it.",
          tool_calls: [{ id: "1", type: "function", function: { name: "add", arguments: '{"a": 1}' } }],
        },
        { role: "tool", tool_call_id: "1", content: "3" },
        { role: "assistant", content: "Three.", reasoning_content: "It said 3." },
      ],
      tools: [{ type: "function", function: { name: "add", parameters: { type: "object", properties: {} } } }],
    },
  ]);
  const { manifest } = await prepare([{ kind: "jsonl", name: "rows", files: "rows.jsonl" }], { heldOut: 0 });
  expect(manifest.parts.rows).toMatchObject({ policy: "cut", heldout: { documents: 0 } });
  const [text, sum, unasked, who, tools] = await shown("rows");
  const [B, E] = ["<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>"];
  expect(text).toBe(`${B}[Plain words.${E}]`);
  expect(sum).toBe(`${B}2 + 2 = [4${E}]`);
  expect(unasked).toBe(`${B}[Unasked.${E}]`);
  expect(who).toBe(`${B}<｜User｜>Who?<｜Assistant｜></think>[Me.${E}]`);
  expect(tools).toMatch(/^<｜begin▁of▁sentence｜>Be brief\.\n\n## Tools.*"add"/s);
  expect(tools!.match(/\[[^[\]]*\]/gs)!.slice(-2)).toEqual([
    expect.stringMatching(/^\[Call it\.<\/think>\n\n<｜DSML｜function_calls>.*name="add".*<｜end▁of▁sentence｜>\]$/s),
    `[It said 3.</think>Three.${E}]`,
  ]);
  expect(tools).toContain("<result>3</result>\n</function_results>\n\n<think>[It said 3.");
});

test("a conversation that reasons in several turns is learnt turn by turn, as its prompts will be", async () => {
  const turn = (i: number) => [
    { role: "user", content: `Q${i}` },
    { role: "assistant", content: `A${i}`, reasoning_content: `R${i}` },
  ];
  await write("rows.jsonl", [{ messages: [...turn(1), ...turn(2)] }]);
  await prepare([{ kind: "jsonl", files: "rows.jsonl" }], { heldOut: 0 });
  const [B, E] = ["<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>"];
  expect(await shown("jsonl")).toEqual([
    `${B}<｜User｜>Q1<｜Assistant｜><think>[R1</think>A1${E}]`,
    `${B}<｜User｜>Q1<｜Assistant｜></think>A1${E}<｜User｜>Q2<｜Assistant｜><think>[R2</think>A2${E}]`,
  ]);
});

test("a prompt and a completion may be messages: the prompt's answers are only read", async () => {
  await write("rows.jsonl", [
    {
      prompt: [
        { role: "user", content: "Q1" },
        { role: "assistant", content: "A1" },
        { role: "user", content: "Q2" },
      ],
      completion: [{ role: "assistant", content: "A2" }],
    },
  ]);
  await prepare([{ kind: "jsonl", files: "rows.jsonl" }], { heldOut: 0 });
  expect((await shown("jsonl"))[0]).toMatch(
    /<\/think>A1<｜end▁of▁sentence｜><｜User｜>Q2<｜Assistant｜><\/think>\[A2<｜end▁of▁sentence｜>\]$/,
  );
});

test("Parquet rows are rows, also nested ones and under other names", async () => {
  const messages = sentences(12).map((text) => [
    { role: "user", content: text },
    { role: "assistant", content: "Noted." },
  ]);
  const buffer = parquetWriteBuffer({
    columnData: [
      { name: "id", data: messages.map((_, i) => i), type: "INT32" },
      { name: "conversation", data: messages, type: "JSON" },
    ],
  });
  await write("chat.parquet", new Uint8Array(buffer));
  await prepare([{ kind: "parquet", files: "chat.parquet", columns: { messages: "conversation" } }]);
  const rows = [...(await shown("parquet")), ...(await shown("parquet", "heldout"))];
  expect(rows).toHaveLength(12);
  for (const row of rows) expect(row).toMatch(/<｜User｜>Day \d+: .*<\/think>\[Noted\.<｜end▁of▁sentence｜>\]$/);
  expect(await refusal([{ kind: "parquet", files: "chat.parquet" }])).toMatch(
    /invalid_data: 10 bad rows .*like these:\n.*chat\.parquet row 1: expected the fields .* found id, conversation; .*"columns"$/,
  );
  await write("cut.parquet", new Uint8Array(buffer).slice(0, 100));
  expect(await refusal([{ kind: "parquet", files: "cut.parquet" }])).toMatch(/cut\.parquet cannot be read as Parquet/);
});

test.each<[what: string, line: string, message: RegExp]>([
  ["no JSON", "{'text': 1}", /:2: expected a JSON object on the line .*mend the line/],
  ["a list that spans lines", "[", /:2: .*jq -c/],
  ["a number", "7", /:2: expected an object such as .* found 7/],
  ["none of the fields", '{"story": "x"}', /:2: expected the fields .* found story; rename them/],
  ["a text that is none", '{"text": 5}', /:2: text: expected a text, found a number/],
  ["an empty text", '{"text": " "}', /:2: text: expected a text, found an empty one; fill it, or remove the row/],
  ["no completion", '{"prompt": "a"}', /:2: completion: expected a text, found nothing/],
  ["an unknown role", '{"messages": [{"role": "bot", "content": "x"}]}', /:2: messages\[0\]\.role: expected a role/],
  [
    "content that is no text",
    '{"messages": [{"role": "user", "content": 3}]}',
    /:2: messages\[0\]\.content: expected a string/,
  ],
  [
    "no answer",
    '{"messages": [{"role": "user", "content": "x"}]}',
    /:2: messages: expected the assistant's answer at the end, found a message of role user/,
  ],
  ["no messages", '{"messages": []}', /:2: messages: expected the assistant's answer at the end, found no message/],
  [
    "a result that nobody asked for",
    '{"messages": [{"role":"user","content":"x"},{"role":"tool","content":"1"},{"role":"assistant","content":"y"}]}',
    /:2: messages\[1\].*must follow the assistant message that called/,
  ],
  [
    "arguments that are no JSON",
    '{"messages": [{"role":"user","content":"x"},{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":"{"}}]}]}',
    /:2: messages\[1\]\.tool_calls\[0\]\.function\.arguments/,
  ],
  [
    "tools without a name",
    '{"messages": [{"role":"user","content":"x"},{"role":"assistant","content":"y"}], "tools": [{"type":"function"}]}',
    /:2: tools\[0\]\.function/,
  ],
])("a row with %s is refused by file, line and field", async (_, line, message) => {
  await write("rows.jsonl", `{"text": "fine"}\n${line}\n{"text": "fine too"}\n`);
  const told = await refusal([{ kind: "jsonl", files: "rows.jsonl" }]);
  expect(told).toMatch(/^invalid_data: .*rows\.jsonl:/);
  expect(told).toMatch(message);
});

test("several bad rows are told of at once", async () => {
  await write("rows.jsonl", "1\n\n2\n3\n3\n");
  expect(await refusal([{ kind: "jsonl", files: "rows.jsonl" }])).toMatch(
    /4 bad rows.*like these:\n.*:1: .*\n.*:3: .*\n.*:4: [^\n]*$/,
  );
});

test("files that cannot be learnt from are refused by name", async () => {
  await write("latin.txt", Uint8Array.from([65, 10, 0xe9, 10]));
  await write("empty.txt", " \n");
  await write("one.txt", "Only this.");
  expect(await refusal([{ kind: "text", files: "latin.txt" }])).toMatch(/latin\.txt:2: expected UTF-8 text; convert/);
  expect(await refusal([{ kind: "text", files: "empty.txt" }])).toMatch(/empty\.txt: expected text, found none/);
  expect(await refusal([{ kind: "text", files: "none-*.txt" }])).toMatch(
    /no file fits "none-\*\.txt" in .*relative to/,
  );
  expect(await refusal([{ kind: "text", files: "one.txt" }])).toMatch(
    /part "text" has no two different documents.*add more/,
  );
  expect(await refusal([{ kind: "jsonl", files: "empty.txt" }])).toMatch(/empty\.txt: expected rows, found none/);
});

test("equal prompts stay on one side, and small data still hold something out", async () => {
  await write(
    "rows.jsonl",
    [0, 1, 2, 3, 4, 5].map((i) => ({ prompt: `Q${i % 3}`, completion: `A${i}` })),
  );
  await prepare([{ kind: "jsonl", files: "rows.jsonl" }], { heldOut: 0.02 });
  const prompts = (documents: string[]) => new Set(documents.map((document) => /Q\d/.exec(document)![0]));
  const [train, heldout] = [prompts(await shown("jsonl")), prompts(await shown("jsonl", "heldout"))];
  expect([train.size, heldout.size]).toEqual([2, 1]);
  expect([...heldout].some((prompt) => train.has(prompt))).toBe(false);
});

test("data are made again when a file changed, and old data stay when the new cannot be made", async () => {
  await write(
    "rows.jsonl",
    sentences(20).map((text) => ({ text })),
  );
  const parts = [{ kind: "jsonl", files: "rows.jsonl" }];
  const { manifest } = await prepare(parts);
  await write("rows.jsonl", "{");
  expect(await refusal(parts)).toMatch(/rows\.jsonl:1/);
  expect((await openDataset(join(dir, "out"))).manifest).toEqual(manifest);
  await write(
    "rows.jsonl",
    sentences(21).map((text) => ({ text })),
  );
  await writeFile(join(dir, "out", "text.train.bin.0123456789ab.tmp"), "half");
  expect((await prepare(parts)).manifest.parts.jsonl!.train.documents).toBeGreaterThan(
    manifest.parts.jsonl!.train.documents,
  );
  await expect(readFile(join(dir, "out", "text.train.bin.0123456789ab.tmp"))).rejects.toThrow();
});

test("a vocabulary past 65,535 has ids of 32 bits, which come back", async () => {
  // DeepSeek-V3.2's own has 129,280 ids: this one puts the special tokens where it has them.
  const json = tokenizerJson([]) as {
    added_tokens: { id: number; content: string }[];
    model: { vocab: Record<string, number> };
  };
  for (const token of json.added_tokens.slice(3)) {
    token.id += 128_795;
    json.model.vocab[token.content] = token.id;
  }
  await write("tokenizer.json", JSON.stringify(json));
  await write(
    "rows.jsonl",
    [0, 1, 2].map((i) => ({
      messages: [
        { role: "user", content: `Hi ${i}` },
        { role: "assistant", content: "Ho" },
      ],
    })),
  );
  const dataset = await prepare([{ kind: "jsonl", files: "rows.jsonl" }], {
    tokenizer: "tokenizer.json",
    heldOut: 0.3,
  });
  expect(dataset.manifest.tokenizer).toEqual({ vocabSize: 128_803, bos: 0, eos: 1, pad: 2 });
  expect(dataset.largestToken("jsonl")).toBe(128_801);
  const { inputs } = dataset.batch({ parts: { jsonl: 1 }, batch: 1, seq: 16, seed: 0, step: 0 });
  expect([...inputs]).toContain(128_798);
  for (const file of ["tokenizer_config.json", "generation_config.json"])
    expect(JSON.parse(await readFile(join(dir, "out", file), "utf8"))).toBeTypeOf("object");
  await writeFile(
    join(dir, "out", "jsonl.train.bin"),
    (await readFile(join(dir, "out", "jsonl.train.bin"))).subarray(2),
  );
  await expect(openDataset(join(dir, "out"))).rejects.toMatchObject({ code: "invalid_data" });
});

test("token files keep any ids, in 16 and in 32 bits", async () => {
  const documents = (max: number) =>
    fc.array(fc.array(fc.integer({ min: 0, max }), { minLength: 1, maxLength: 9 }), { maxLength: 9 });
  for (const wide of [false, true])
    await fc.assert(
      fc.asyncProperty(documents(wide ? 2 ** 22 : 65_535), async (all) => {
        const builder = new TokenFileBuilder(wide);
        for (const ids of all) builder.add(ids);
        await writeTokenFile(dir, "x", builder.build());
        expect([...(await readTokenFile(dir, "x", wide)).tokens]).toEqual(all.flat());
      }),
      { numRuns: 20 },
    );
});

test("an own vocabulary is trained on all parts, and a short text says how large it can be", async () => {
  await write("a.txt", sentences(60).join("\n\n"));
  const parts = [{ kind: "text", files: "a.txt" }];
  const { manifest } = await prepare(parts, { tokenizer: { vocabSize: 280, modelMaxLength: 128 } });
  expect(manifest.tokenizer.vocabSize).toBe(280);
  expect(await refusal(parts, { tokenizer: { vocabSize: 20_000, modelMaxLength: 128 } })).toMatch(
    /use more text, or a vocabSize of at most \d{3}$/,
  );
});

test("a tokenizer that cannot be used is refused", async () => {
  await write("a.txt", sentences(9).join("\n\n"));
  const parts = [{ kind: "text", files: "a.txt" }];
  await write("no.json", "{}");
  expect(await refusal(parts, { tokenizer: "none.json" })).toMatch(
    /cannot read .*none\.json as a tokenizer\.json; give/,
  );
  expect(await refusal(parts, { tokenizer: "no.json" })).toMatch(
    /no\.json cannot be used|tokenizer\.json cannot be used/,
  );
  const bare = tokenizerJson([]) as { added_tokens: unknown[] };
  await write(
    "bare.json",
    JSON.stringify({
      ...bare,
      added_tokens: [],
      model: { ...(bare as never as { model: object }).model, vocab: { a: 0 }, merges: [] },
    }),
  );
  expect(await refusal(parts, { tokenizer: "bare.json" })).toMatch(/has no token <｜.*take a DeepSeek-V3\.2 tokenizer/);
});

test("parts stand beside a module's, and the tokenizer learns from the parts that are named", async () => {
  await write(
    "tasks.jsonl",
    sentences(40).map((text) => ({ prompt: text, completion: "Zyx." })),
  );
  const made = async (out: string, recipe: object) => {
    await prepareData(parseDataRecipe({ ...tinyDataRecipe, ...recipe }, dir), join(dir, out), {
      loadSource: async () => tinySource,
    });
    return (file: string) => readFile(join(dir, out, file));
  };
  const parts = [{ kind: "jsonl", name: "tasks", files: "tasks.jsonl" }];
  const before = await made("before", {});
  const named = await made("named", { parts, tokenizer: { ...tinyDataRecipe.tokenizer, parts: ["text", "chat"] } });
  const given = await made("given", { parts, tokenizer: { from: "before" } });
  for (const after of [named, given])
    for (const file of ["tokenizer.json", ...["text", "chat"].flatMap((p) => [`${p}.train.bin`, `${p}.heldout.bin`])])
      expect(await after(file), file).toEqual(await before(file));
  expect(await named("tasks.train.bin")).toEqual(await given("tasks.train.bin"));
  expect(() =>
    parseDataRecipe({ ...tinyDataRecipe, tokenizer: { ...tinyDataRecipe.tokenizer, parts: ["news"] } }, dir),
  ).toThrow(/tokenizer\.parts: no part is named "news"; there are text, chat/);
});
